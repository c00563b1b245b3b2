// More messages than SAVELIMIT went out in one command, which the server refuses whole (RFC 9738 §3.1).
import { expect, it } from 'vitest'
import { rejection } from '../behaviour/tools.js'
import { scene } from '../script/client-tools.js'

const MESSAGES = ['abc', 'def', 'ghi'].map((content) => ({ content }))

it.each(['SAVELIMIT=2', 'MESSAGELIMIT=2'])('with %s, three messages are two commands', async (limit) => {
  await using it = await scene(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 MULTIAPPEND LITERAL+ UIDPLUS ${limit}] ready
    C: <t> APPEND INBOX {3+}
    C: abc {3+}
    C: def
    S: <t> OK [APPENDUID 1 5:6] done
    C: <t> APPEND INBOX {3+}
    C: ghi
    S: <t> OK [APPENDUID 1 7] done`)
  expect((await it.client.append('INBOX', MESSAGES)).map((each) => each.uid)).toEqual([5, 6, 7])
  await it.done
})

it('tells what is done when the second command fails', async () => {
  await using it = await scene(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 MULTIAPPEND LITERAL+ SAVELIMIT=2] ready
    C: <t> APPEND INBOX {3+}
    C: abc {3+}
    C: def
    S: <t> OK done
    C: <t> APPEND INBOX {3+}
    C: ghi
    S: <t> NO [OVERQUOTA] full`)
  expect(await rejection(it.client.append('INBOX', MESSAGES))).toMatchObject({ done: '1:2', remaining: '3' })
  await it.done
})
