// What IMAP4rev2 includes was used beside IMAP4rev1 although the server had not enabled it (RFC 9051 Appendix A).
import { describe, expect, it } from 'vitest'
import { uids } from 'imapkit'
import { rejection } from '../behaviour/tools.js'
import { scene } from '../script/client-tools.js'

const BOTH = 'S: * OK [CAPABILITY IMAP4rev1 IMAP4rev2] ready\n'
const LOGIN = 'C: <t> LOGIN a b\nS: <t> OK [CAPABILITY IMAP4rev1 IMAP4rev2] in\n'
const SELECT = 'C: <t> SELECT INBOX\nS: * 3 EXISTS\nS: <t> OK [READ-WRITE] in\n'
const ENABLE = 'C: <t> ENABLE IMAP4REV2\n'
const AUTH = { auth: { user: 'a', password: 'b' } }

describe('beside IMAP4rev1', () => {
  it('a refused ENABLE led to forms that the server does not know', async () => {
    const script = `${BOTH}${LOGIN}${ENABLE}S: <t> NO not here\n${SELECT}C: <t> UID SEARCH UNSEEN
      S: * SEARCH 2
      S: <t> OK done
      C: <t> LIST "" *
      S: <t> OK done`
    await using it = await scene(script, AUTH)
    const inbox = await it.client.select('INBOX')
    expect([...(await inbox.search({ seen: false }))]).toEqual([2])
    await it.client.list('*')
    expect(it.client.capabilities.has('IMAP4rev2')).toBe(true)
    expect(it.client.capabilities.has('MOVE')).toBe(false)
    expect(await rejection(it.client.status('INBOX', { deleted: true }))).toMatchObject({ name: 'CapabilityError' })
    await it.done
  })

  it('an ENABLED without IMAP4rev2 did as well', async () => {
    await using it = await scene(`${BOTH}${LOGIN}${ENABLE}S: * ENABLED\nS: <t> OK done`, AUTH)
    expect(it.client.capabilities.has('ESEARCH')).toBe(false)
    expect(it.client.capabilities.has('ENABLE')).toBe(true)
  })

  it('what is announced by name holds without ENABLE', async () => {
    const greeting = 'S: * PREAUTH [CAPABILITY IMAP4rev1 IMAP4rev2 MOVE] ready\n'
    const script = `${greeting}${ENABLE}S: <t> BAD what\n${SELECT}C: <t> UID MOVE 1 X\nS: <t> OK done`
    await using it = await scene(script)
    const inbox = await it.client.select('INBOX')
    await inbox.move(uids(1), 'X')
    await it.done
  })

  it('all of it holds once it is enabled', async () => {
    const script = `${BOTH}${LOGIN}${ENABLE}S: * ENABLED IMAP4rev2\nS: <t> OK done\n${SELECT}C: <t> UID SEARCH RETURN (ALL) UNSEEN
      S: * ESEARCH (TAG "<t>") UID ALL 2
      S: <t> OK done
      C: <t> STATUS INBOX (DELETED)
      S: * STATUS INBOX (DELETED 1)
      S: <t> OK done`
    await using it = await scene(script, AUTH)
    const inbox = await it.client.select('INBOX')
    expect([...(await inbox.search({ seen: false }))]).toEqual([2])
    expect(await it.client.status('INBOX', { deleted: true })).toEqual({ deleted: 1 })
    await it.done
  })
})

it('a server that announces IMAP4rev2 alone has all of it', async () => {
  await using it = await scene(`S: * PREAUTH [CAPABILITY IMAP4rev2] ready\n${ENABLE}S: <t> NO no need`)
  expect(it.client.capabilities.has('MOVE')).toBe(true)
})
