// An untagged answer that could not be read, or that broke a limit, left an empty or a short result behind an OK.
import { describe, expect, it } from 'vitest'
import { rejection } from '../behaviour/tools.js'
import { scene } from '../script/client-tools.js'

const SELECT = 'C: <t> SELECT INBOX\nS: * 30 EXISTS\nS: <t> OK [READ-WRITE] in\n'
const NOOP = 'C: <t> NOOP\nS: <t> OK done\n'

const greeting = (capabilities: string): string => `S: * PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] ready\n`

describe('a search', () => {
  it.each([
    ['SEARCH', '', '* SEARCH 5 6 0'],
    ['ESEARCH', 'ESEARCH', '* ESEARCH (TAG "x" UID ALL 1:3'],
  ])('found nothing when %s could not be read', async (_, capability, answer) => {
    await using it = await scene(
      `${greeting(capability)}${SELECT}C: <t> UID SEARCH <*>\nS: ${answer}\nS: <t> OK done\n${NOOP}`,
    )
    const inbox = await it.client.select('INBOX')
    expect(await rejection(inbox.search({ seen: false }))).toMatchObject({ name: 'ProtocolError' })
    expect(it.warnings).toHaveLength(1)
    await it.client.noop()
    await it.done
  })

  it('found nothing when it found more than limits.items', async () => {
    const hits = Array.from({ length: 20 }, (_, index) => index + 1).join(' ')
    const script = `${greeting('')}${SELECT}C: <t> UID SEARCH <*>\nS: * SEARCH ${hits}\nS: <t> OK done\n${NOOP}`
    await using it = await scene(script, { limits: { items: 10 } })
    const inbox = await it.client.select('INBOX')
    expect(await rejection(inbox.search({ seen: false }))).toMatchObject({ name: 'LimitError', limit: 'items' })
    await it.client.noop()
    await it.done
  })
})

it.each(['LIST', 'LSUB'] as const)('%s left out a mailbox whose line could not be read', async (name) => {
  const script = `${greeting('')}C: <t> ${name} <*>
    S: * ${name} () "/" a
    S: * ${name} (() "/" b
    S: <t> OK done
    ${NOOP}`
  await using it = await scene(script)
  const call = name === 'LIST' ? it.client.list() : it.client.lsub()
  expect(await rejection(call)).toMatchObject({ name: 'ProtocolError' })
  await it.client.noop()
  await it.done
})

it('LIST left out the status of a mailbox whose line could not be read', async () => {
  const script = `${greeting('LIST-EXTENDED LIST-STATUS')}C: <t> LIST <*>
    S: * LIST () "/" a
    S: * STATUS a MESSAGES 3
    S: <t> OK done`
  await using it = await scene(script)
  expect(await rejection(it.client.list('*', { status: { messages: true } }))).toMatchObject({ name: 'ProtocolError' })
})

it('a refusal counts for more than an answer that could not be read', async () => {
  await using it = await scene(`${greeting('')}C: <t> LIST <*>\nS: * LIST (() "/" b\nS: <t> NO not now`)
  expect(await rejection(it.client.list())).toMatchObject({ name: 'ResponseError', text: 'not now' })
})

it('a FETCH that cannot be read costs its message alone, and others nothing', async () => {
  const script = `${greeting('')}${SELECT}C: <t> UID SEARCH <*>
    S: * 3 FETCH FLAGS
    S: * SEARCH 5 6
    S: <t> OK done`
  await using it = await scene(script)
  const inbox = await it.client.select('INBOX')
  expect([...(await inbox.search({ seen: false }))]).toEqual([5, 6])
  expect(it.warnings).toHaveLength(1)
})
