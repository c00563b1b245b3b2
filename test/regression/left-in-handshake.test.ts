import { once } from 'node:events'
import { connect } from 'node:net'
import { ImapServer, selfSigned } from 'imapkit/testing'
import { expect, it } from 'vitest'

const HELLO = Buffer.from('1603010200010001fc0303', 'hex')

it.each(['tls', 'starttls'] as const)(
  'a client that leaves in the middle of a handshake is gone: %s',
  async (security) => {
    const server = await ImapServer.start({ security, tls: selfSigned(), users: { alice: { password: 'secret' } } })
    const { host, port } = server.connectOptions('alice')
    const socket = connect({ host, port, allowHalfOpen: true })
    await once(socket, 'connect')
    let heard = ''
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')))
    if (security === 'starttls') {
      socket.write('a STARTTLS\r\n')
      while (!heard.includes('a OK')) await once(socket, 'data')
    }
    socket.write(HELLO)
    socket.end()
    await once(socket, 'close')
    await server[Symbol.asyncDispose]()
    expect(server.connections).toEqual([])
  },
)
