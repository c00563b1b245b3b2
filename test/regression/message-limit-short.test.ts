// Where a server took only so many messages (RFC 9738), these calls gave what it had got to as if that were all.
import { describe, expect, it } from 'vitest'
import { savedResult, seqs, uids, type Mailbox } from 'imapkit'
import { rejection } from '../behaviour/tools.js'
import { scene } from '../script/client-tools.js'

const selected = (capabilities: string, exists: number): string => `
  S: * PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] ready
  C: <t> SELECT INBOX
  S: * ${exists} EXISTS
  S: <t> OK [READ-WRITE] in
`
const STOPPED = 'OK [MESSAGELIMIT 1000 500] partial'
const PARTIAL = { name: 'PartialResultError', done: '500:*', remaining: '1:499' }

async function fetched(messages: AsyncIterable<{ readonly uid: number }>): Promise<number[]> {
  const found: number[] = []
  for await (const { uid } of messages) found.push(uid)
  return found
}

it.each<[string, string, string, (inbox: Mailbox) => Promise<unknown>]>([
  ['searchSeq', 'ESEARCH', '* ESEARCH (TAG "<t>") COUNT 3', (inbox) => inbox.searchSeq({}, { return: ['count'] })],
  ['sort', 'SORT', '* SORT 501 500', (inbox) => inbox.sort(['date'])],
  ['sortSeq', 'SORT', '* SORT 2 1', (inbox) => inbox.sortSeq(['date'])],
  ['thread', 'THREAD=REFS', '* THREAD (500)', (inbox) => inbox.thread('REFS')],
  ['threadSeq', 'THREAD=REFS', '* THREAD (1)', (inbox) => inbox.threadSeq('REFS')],
])('%s rejects', async (_, capability, answer, call) => {
  const script = `${selected(`${capability} MESSAGELIMIT=1000`, 1500)}C: <t> <*>\nS: ${answer}\nS: <t> ${STOPPED}`
  await using it = await scene(script)
  expect(await rejection(call(await it.client.select('INBOX')))).toMatchObject(PARTIAL)
  await it.done
})

it('a watch rejects, and is cancelled', async () => {
  await using it = await scene(`${selected('ESEARCH CONTEXT=SEARCH MESSAGELIMIT=1000', 1500)}
    C: <t> UID SEARCH <*>
    S: * ESEARCH (TAG "<t>") UID ALL 500:1499
    S: <t> ${STOPPED}
    C: <u> CANCELUPDATE "<t>"
    S: <u> OK done`)
  const inbox = await it.client.select('INBOX')
  expect(await rejection(inbox.watchSearch({}))).toMatchObject(PARTIAL)
  await it.done
})

describe('$ is gone on with by UIDs', () => {
  const REST = `
    C: <t> UID SEARCH RETURN (ALL) UID $ UIDBEFORE 500
    S: * ESEARCH (TAG "<t>") UID ALL 7,9
    S: <t> OK done`
  const capabilities = 'ESEARCH SEARCHRES MESSAGELIMIT=1000'

  it('by STORE', async () => {
    await using it = await scene(String.raw`${selected(capabilities, 1500)}
      C: <t> UID STORE $ +FLAGS (\Seen)
      S: <t> ${STOPPED}
      ${REST}
      C: <t> UID STORE 7,9 +FLAGS (\Seen)
      S: <t> OK done`)
    const inbox = await it.client.select('INBOX')
    await inbox.store(savedResult, { add: ['\\Seen'] })
    await it.done
  })

  it('by COPY, which was refused', async () => {
    await using it = await scene(`${selected(capabilities, 1500)}
      C: <t> UID COPY $ Old
      S: <t> NO [MESSAGELIMIT 1000 500] too many
      C: <t> UID SEARCH RETURN (ALL) UID $
      S: * ESEARCH (TAG "<t>") UID ALL 7,500:1499
      S: <t> OK done
      C: <t> UID COPY 7,500:1499 Old
      S: <t> NO [MESSAGELIMIT 1000 500] too many
      C: <t> UID COPY 500:1499 Old
      S: <t> OK done
      C: <t> UID COPY 7 Old
      S: <t> OK done`)
    const inbox = await it.client.select('INBOX')
    await inbox.copy(savedResult, 'Old')
    await it.done
  })

  it('by FETCH', async () => {
    await using it = await scene(`${selected(capabilities, 1500)}
      C: <t> UID FETCH $ (UID FLAGS)
      S: * 1500 FETCH (UID 500 FLAGS ())
      S: <t> ${STOPPED}
      ${REST}
      C: <t> UID FETCH 7,9 (UID FLAGS)
      S: * 3 FETCH (UID 7 FLAGS ())
      S: * 4 FETCH (UID 9 FLAGS ())
      S: <t> OK done`)
    const inbox = await it.client.select('INBOX')
    expect(await fetched(inbox.fetch(savedResult, { flags: true }))).toEqual([500, 7, 9])
    await it.done
  })

  it('but the rest cannot be found', async () => {
    await using it = await scene(String.raw`${selected(capabilities, 1500)}
      C: <t> UID STORE $ +FLAGS (\Seen)
      S: <t> ${STOPPED}
      C: <t> UID SEARCH <*>
      S: <t> NO not now`)
    const inbox = await it.client.select('INBOX')
    expect(await rejection(inbox.store(savedResult, { add: ['\\Seen'] }))).toMatchObject(PARTIAL)
    await it.done
  })
})

it('sequence numbers are asked for their UIDs in parts that the server takes', async () => {
  await using it = await scene(String.raw`${selected('MESSAGELIMIT=2', 3)}
    C: <t> FETCH 1:2 (UID)
    S: * 1 FETCH (UID 11)
    S: * 2 FETCH (UID 12)
    S: <t> OK done
    C: <t> FETCH 3 (UID)
    S: * 3 FETCH (UID 13)
    S: <t> OK done
    C: <t> UID STORE 11:13 +FLAGS (\Seen)
    S: <t> OK [MESSAGELIMIT 2 12] partial
    C: <t> UID STORE 11 +FLAGS (\Seen)
    S: <t> OK done`)
  const inbox = await it.client.select('INBOX')
  await inbox.store(seqs('1:*'), { add: ['\\Seen'] })
  await it.done
})

it('with UIDONLY, a search for what there is goes on', async () => {
  const script = `
    S: * PREAUTH [CAPABILITY IMAP4rev1 ENABLE ESEARCH UIDONLY MESSAGELIMIT=2] ready
    C: <t> ENABLE UIDONLY
    S: * ENABLED UIDONLY
    S: <t> OK done
    C: <t> SELECT INBOX
    S: * 3 EXISTS
    S: <t> OK [READ-WRITE] in
    C: <t> UID SEARCH RETURN (ALL) UID 1:4294967295
    S: * ESEARCH (TAG "<t>") UID ALL 12:13
    S: <t> OK [MESSAGELIMIT 2 12] partial
    C: <t> UID SEARCH RETURN (ALL) UID 1:4294967295 UIDBEFORE 12
    S: * ESEARCH (TAG "<t>") UID ALL 11
    S: <t> OK done
    C: <t> UID FETCH 11:13 (UID FLAGS)
    S: * 12 UIDFETCH (FLAGS ())
    S: * 13 UIDFETCH (FLAGS ())
    S: <t> OK [MESSAGELIMIT 2 12] partial
    C: <t> UID FETCH 11 (UID FLAGS)
    S: * 11 UIDFETCH (FLAGS ())
    S: <t> OK done`
  await using it = await scene(script, { enable: ['UIDONLY'] })
  const inbox = await it.client.select('INBOX')
  expect(await fetched(inbox.fetch(uids('1:*'), { flags: true }))).toEqual([12, 13, 11])
  await it.done
})

it('the places of a partial fetch are counted in all parts', async () => {
  await using it = await scene(`${selected('ESEARCH PARTIAL MESSAGELIMIT=2', 3)}
    C: <t> UID SEARCH RETURN (PARTIAL 1:2) UID 1:*
    S: * ESEARCH (TAG "<t>") UID PARTIAL (1:2 12:13)
    S: <t> OK [MESSAGELIMIT 2 12] partial
    C: <t> UID SEARCH RETURN (ALL) UID 1:*
    S: * ESEARCH (TAG "<t>") UID ALL 12:13
    S: <t> OK [MESSAGELIMIT 2 12] partial
    C: <t> UID SEARCH RETURN (ALL) UID 1:* UIDBEFORE 12
    S: * ESEARCH (TAG "<t>") UID ALL 11
    S: <t> OK done
    C: <t> UID FETCH 11:12 (UID FLAGS)
    S: * 1 FETCH (UID 11 FLAGS ())
    S: * 2 FETCH (UID 12 FLAGS ())
    S: <t> OK done`)
  const inbox = await it.client.select('INBOX')
  expect(await fetched(inbox.fetch(uids('1:*'), { flags: true }, { partial: '1:2' }))).toEqual([11, 12])
  await it.done
})

it('a URL of a mailbox gives all of it, and one with a search rejects', async () => {
  await using it = await scene(`${selected('ESEARCH MESSAGELIMIT=2', 3)}
    C: <t> UID SEARCH RETURN (ALL) ALL
    S: * ESEARCH (TAG "<t>") UID ALL 12:13
    S: <t> OK [MESSAGELIMIT 2 12] partial
    C: <t> UID SEARCH RETURN (ALL) UIDBEFORE 12
    S: * ESEARCH (TAG "<t>") UID ALL 11
    S: <t> OK done
    C: <t> UID SEARCH UNSEEN
    S: * SEARCH 12 13
    S: <t> OK [MESSAGELIMIT 2 12] partial`)
  await it.client.select('INBOX')
  const found = await it.client.fetchUrl('/INBOX')
  expect(found?.kind === 'messages' && String(found.uids)).toBe('11:13')
  expect(await rejection(it.client.fetchUrl('/INBOX?UNSEEN'))).toMatchObject({ name: 'PartialResultError' })
  await it.done
})
