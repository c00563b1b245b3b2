// The mod-sequence was left out where the part with the highest UIDs, which is searched first, had found nothing.
import { expect, it } from 'vitest'
import { scene } from '../script/client-tools.js'

it('a search in parts tells the highest mod-sequence of all of them', async () => {
  await using it = await scene(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 ESEARCH CONDSTORE MESSAGELIMIT=1000] ready
    C: <t> SELECT INBOX
    S: * 1500 EXISTS
    S: <t> OK [READ-WRITE] in
    C: <t> UID SEARCH RETURN (COUNT) MODSEQ 5
    S: * ESEARCH (TAG "<t>") UID COUNT 0
    S: <t> OK [MESSAGELIMIT 1000 500] partial
    C: <t> UID SEARCH RETURN (COUNT) MODSEQ 5 UIDBEFORE 500
    S: * ESEARCH (TAG "<t>") UID COUNT 2 MODSEQ 99
    S: <t> OK done`)
  const inbox = await it.client.select('INBOX')
  expect(await inbox.search({ modSeq: 5n }, { return: ['count'] })).toEqual({ count: 2, modSeq: 99n })
  await it.done
})
