// A search over several mailboxes that the server broke off by MESSAGELIMIT, and not by LIMIT, passed for a whole one.
import { expect, it } from 'vitest'
import { rejection } from '../behaviour/tools.js'
import { scene } from '../script/client-tools.js'

it.each(['LIMIT', 'MESSAGELIMIT 1000 500'])('rejects with [%s]', async (code) => {
  await using it = await scene(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 MULTISEARCH MESSAGELIMIT=1000] ready
    C: <t> ESEARCH <*>
    S: * ESEARCH (TAG "<t>" MAILBOX a UIDVALIDITY 1) UID ALL 500
    S: <t> OK [${code}] partial`)
  expect(await rejection(it.client.searchIn({ personal: true }, { seen: false }))).toMatchObject({
    name: 'PartialResultError',
    results: [{ mailbox: 'a' }],
  })
  await it.done
})
