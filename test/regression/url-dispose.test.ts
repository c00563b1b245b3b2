// The mailbox of a URL was left with the default time, whatever the call had been given.
import { expect, it } from 'vitest'
import { rejection } from '../behaviour/tools.js'
import { scene } from '../script/client-tools.js'

it('fetchUrl ends in time when the server has fallen silent', async () => {
  await using it = await scene(`
    S: * PREAUTH [CAPABILITY IMAP4rev1 UNSELECT] ready
    C: <t> EXAMINE a
    S: * 3 EXISTS
    S: <t> OK [READ-ONLY] in
    C: <t> UID SEARCH ALL
    C: <u> UNSELECT
    C: <v> NOOP`)
  const begin = performance.now()
  expect(await rejection(it.client.fetchUrl('/a', { timeout: 300 }))).toMatchObject({ name: 'TimeoutError' })
  expect(performance.now() - begin).toBeLessThan(2000)
})
