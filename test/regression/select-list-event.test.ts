// The LIST that IMAP4rev2 puts into the answer to SELECT was told as news (RFC 9051 §6.3.2).
import { expect, it } from 'vitest'
import { rejection } from '../behaviour/tools.js'
import { scene } from '../script/client-tools.js'

const GREETING = 'S: * PREAUTH [CAPABILITY IMAP4rev1] ready\n'

it.each([
  ['its mailbox', 'inbox', '* LIST () "/" INBOX'],
  ['the new name of its mailbox', 'Old', '* LIST () "/" New ("OLDNAME" ("Old"))'],
])('SELECT told the LIST of %s as an event', async (_, mailbox, list) => {
  const script = `${GREETING}C: <t> SELECT <*>
    S: * 1 EXISTS
    S: ${list}
    S: * LIST () "/" Other
    S: <t> OK [READ-ONLY] in`
  const listed: string[] = []
  await using it = await scene(script, { on: { list: ({ mailbox: { name } }) => void listed.push(name) } })
  await it.client.select(mailbox)
  expect(listed).toEqual(['Other'])
})

it('LIST waits for SELECT, so that neither takes the lines of the other', async () => {
  const script = `${GREETING}C: <t> SELECT INBOX
    S-wait 100
    S: * LIST () "/" INBOX
    S: <t> OK in
    C: <t> LIST <*>
    S: * LIST () "/" INBOX
    S: * LIST () "/" a
    S: <t> OK done`
  await using it = await scene(script)
  const [, found] = await Promise.all([it.client.select('INBOX'), it.client.list()])
  expect(found.map(({ name }) => name)).toEqual(['INBOX', 'a'])
  await it.done
})

it('a LIST that cannot be read does not fail SELECT', async () => {
  await using it = await scene(`${GREETING}C: <t> SELECT INBOX\nS: * LIST (() "/" INBOX\nS: <t> OK in`)
  await it.client.select('INBOX')
  expect(it.warnings).toHaveLength(1)
  expect(await rejection(it.client.select(''))).toMatchObject({ code: 'ERR_IMAP_ARGUMENT' })
})
