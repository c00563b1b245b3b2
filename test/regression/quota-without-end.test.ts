// A limit beyond 2^53, as number64 allows (RFC 9208 §7), cost the whole answer.
import { expect, it } from 'vitest'
import { scene } from '../script/client-tools.js'

it('reads a limit that is the highest number64', async () => {
  await using it = await scene(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 QUOTA] ready
    C: <t> GETQUOTA ""
    S: * QUOTA "" (STORAGE 5 9223372036854775807 MESSAGE 1 -1)
    S: <t> OK done`)
  const { resources } = await it.client.quota.get('')
  expect(resources.get('STORAGE')).toEqual({ usage: 5, limit: Number(2n ** 63n - 1n) })
  expect(resources.get('MESSAGE')).toEqual({ usage: 1, limit: 0 })
  await it.done
})
