// LSUB had been sent when LIST found out that the server lacks what it was to tell.
import { expect, it } from 'vitest'
import { rejection } from '../behaviour/tools.js'
import { scene } from '../script/client-tools.js'

it.each(['specialUse', 'children'] as const)(
  'sends nothing for subscribed and %s without LIST-EXTENDED',
  async (name) => {
    await using it = await scene('S: * PREAUTH [CAPABILITY IMAP4rev1] ready\nC: <t> NOOP\nS: <t> OK done')
    const listed = it.client.list('*', { return: ['subscribed', name] })
    expect(await rejection(listed)).toMatchObject({ name: 'CapabilityError' })
    await it.client.noop()
    await it.done
  },
)
