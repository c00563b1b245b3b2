import { describe, expect, it } from 'vitest'
import { CapabilityError, type ImapClient } from 'imapkit'
import { specialUses, type UseFinder } from '../../src/client/special-uses.js'
import { xlist } from '../../src/extensions/xlist.js'
import { protocol } from '../../src/protocol.js'
import { rejection } from '../behaviour/tools.js'
import { scene } from './client-tools.js'

/** What the search needs, from a client. */
const finderOf = (client: ImapClient, warnings: string[] = []): UseFinder => ({
  capabilities: client.capabilities,
  namespaces: client.namespaces,
  protocol,
  commandTimeout: 5000,
  run: (command, options) => client.run(command, options),
  warn: (error) => void warnings.push(error.message),
})

describe('specialUses()', () => {
  it('pipelines NAMESPACE and LIST, and asks XLIST for what LIST does not tell', async () => {
    await using it = await scene(`
      S: * PREAUTH [CAPABILITY IMAP4rev1 NAMESPACE XLIST] ready
      C: <n> NAMESPACE
      C: <l> LIST "" *
      S: * NAMESPACE (("" "/")) NIL (("Public/" "/"))
      S: <n> OK done
      S: * LIST (\\HasNoChildren) "/" "INBOX"
      S: * LIST (\\HasNoChildren) "/" "Entw&APw-rfe"
      S: * LIST (\\HasNoChildren) "/" "Ablage"
      S: * LIST (\\HasNoChildren) "/" "Public/Trash"
      S: <l> OK done
      C: <x> XLIST "" *
      S: * XLIST (\\HasNoChildren \\Inbox) "/" "Posteingang"
      S: * XLIST (\\HasNoChildren \\AllMail) "/" "Ablage"
      S: * XLIST (\\HasNoChildren \\Trash) "/" "Public/Trash"
      S: <x> OK done
    `)
    expect([...(await specialUses(finderOf(it.client)))]).toEqual([
      ['\\All', { mailbox: 'Ablage', by: 'xlist' }],
      ['\\Drafts', { mailbox: 'Entwürfe', by: 'name' }],
    ])
    await it.done
  })

  it('goes on where XLIST is refused, with a warning', async () => {
    await using it = await scene(`
      S: * PREAUTH [CAPABILITY IMAP4rev1 XLIST] ready
      C: <l> LIST "" *
      S: * LIST () "/" "Sent"
      S: <l> OK done
      C: <x> XLIST "" *
      S: <x> BAD what
    `)
    const warnings: string[] = []
    const found = await specialUses(finderOf(it.client, warnings))
    expect([...found]).toEqual([['\\Sent', { mailbox: 'Sent', by: 'name' }]])
    expect(warnings).toHaveLength(1)
    await it.done
  })
})

describe('XLIST', () => {
  it('is refused before a byte is sent where the server does not announce it', async () => {
    await using it = await scene('S: * PREAUTH [CAPABILITY IMAP4rev1] ready\n')
    const error = await rejection(it.client.run(xlist()))
    expect(error).toBeInstanceOf(CapabilityError)
    expect(error).toHaveProperty('needs', 'XLIST')
    expect(it.trace.some((line) => line.includes('XLIST'))).toBe(false)
  })
})
