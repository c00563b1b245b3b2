// A login that the server refused because of too many connections, without a code, looked like a wrong password.
import { expect, it } from 'vitest'
import { connect, RateLimitError } from '../../src/index.js'
import { ScriptedServer } from '../../src/testing/index.js'

it.each([
  'NO Too many open connections (1 of 1 for alice)',
  'NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=1)',
  'NO [LIMIT] Too many simultaneous connections.',
])('tells a limit of connections from a wrong password: %s', async (answer) => {
  await using peer = await ScriptedServer.start(`
    S: * OK [CAPABILITY IMAP4rev1] ready
    C: <tag> LOGIN <user> <password>
    S: <tag> ${answer}
  `)
  const error: unknown = await connect({ ...peer.connectOptions(), auth: { user: 'alice', password: 'secret' } }).catch(
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(RateLimitError)
  expect(error).toMatchObject({ code: 'ERR_IMAP_RATE_LIMIT', retryable: true, status: 'NO', command: 'LOGIN' })
  peer.done.catch(() => undefined)
})
