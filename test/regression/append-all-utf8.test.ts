// Several messages at once were not sent again in the form of RFC 9755 when the server did not know that of RFC 6855.
import { expect, it } from 'vitest'
import { scene } from '../script/client-tools.js'

it('appends several messages with headers beyond ASCII as they are, where UTF8 (…) is no command', async () => {
  await using it = await scene(
    `
    S: * PREAUTH [CAPABILITY IMAP4rev1 ENABLE UTF8=ACCEPT MULTIAPPEND LITERAL+] ready
    C: <t> ENABLE UTF8=ACCEPT
    S: * ENABLED UTF8=ACCEPT
    S: <t> OK done
    C: <t> APPEND INBOX UTF8 (~{2+}
    C: ü) {3+}
    C: def
    S: <t> BAD what
    C: <t> APPEND INBOX {2+}
    C: ü {3+}
    C: def
    S: <t> OK done`,
    { enable: ['UTF8=ACCEPT'] },
  )
  expect(await it.client.append('INBOX', [{ content: 'ü' }, { content: 'def' }])).toEqual([{}, {}])
  await it.done
})
