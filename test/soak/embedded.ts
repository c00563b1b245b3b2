import { ImapServer } from '../../src/testing/index.js'
import type { SoakTarget } from './soak.js'

/** The embedded server, for a soak. */
export async function startEmbedded(): Promise<{ target: SoakTarget; stop(): Promise<void> }> {
  const server = await ImapServer.start({ users: { alice: { password: 'alice-secret' } } })
  const options = server.connectOptions('alice')
  const reader = { host: server.host, port: server.port, ...options.auth }
  return { target: { options, reader }, stop: () => server.close() }
}
