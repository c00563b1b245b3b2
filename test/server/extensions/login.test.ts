import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuthenticationError, connect } from 'imapkit'
import { ImapServer } from 'imapkit/testing'
import { rejection } from '../../behaviour/tools.js'

let server: ImapServer
beforeAll(async () => {
  server = await ImapServer.start({ users: { alice: { password: 'pöncil "1"' } }, scramIterations: 4096 })
})
afterAll(() => server.close())

describe('a login to the embedded server', () => {
  it.each(['SCRAM-SHA-512-PLUS', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-512', 'DIGEST-MD5'])(
    'succeeds by %s, and fails with a wrong password',
    async (mechanism) => {
      const { auth, ...options } = server.connectOptions('alice')
      server.clearLog()
      await using client = await connect({ ...options, auth: { ...auth, mechanisms: [mechanism] } })
      expect(client.state).toBe('authenticated')
      expect(server.log.join('\n')).toContain(`AUTHENTICATE ${mechanism}`)
      const error = await rejection(connect({ ...options, auth: { ...auth, password: 'x', mechanisms: [mechanism] } }))
      expect(error).toBeInstanceOf(AuthenticationError)
    },
  )

  it('is bound to the channel where nothing else is said', async () => {
    server.clearLog()
    await using client = await connect(server.connectOptions('alice'))
    expect(client.state).toBe('authenticated')
    expect(server.log.join('\n')).toContain('AUTHENTICATE SCRAM-SHA-512-PLUS')
  })
})
