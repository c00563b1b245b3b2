// What the server lacks for the second message was found out after the first one had been stored.
import { expect, it } from 'vitest'
import { rejection } from '../behaviour/tools.js'
import { scene } from '../script/client-tools.js'

it('appends none of several messages when one of them needs what the server lacks', async () => {
  await using it = await scene('S: * PREAUTH [CAPABILITY IMAP4rev1] ready\nC: <t> NOOP\nS: <t> OK done')
  const messages = [{ content: 'abc' }, { catenate: [{ url: '/Drafts/;UID=20' }] }]
  expect(await rejection(it.client.append('INBOX', messages))).toMatchObject({ name: 'CapabilityError' })
  await it.client.noop()
  await it.done
})
