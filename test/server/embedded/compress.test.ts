import { createDeflateRaw, createInflateRaw, constants, type DeflateRaw } from 'node:zlib'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { ImapServer } from 'imapkit/testing'
import { RawClient } from '../../unit/testing/raw-client.js'
import { capabilities, scene, tagged, without } from './tools.js'

/** Lines over a compressed connection: what a raw client becomes after COMPRESS. */
class Compressed {
  readonly #client: RawClient
  readonly #deflate: DeflateRaw = createDeflateRaw()
  readonly #inflate = createInflateRaw()
  #received = ''
  #wake: (() => void) | null = null
  readonly #take = (chunk: Buffer): void => void this.#inflate.write(chunk)

  constructor(client: RawClient) {
    this.#client = client
    client.socket.removeAllListeners('data')
    client.socket.on('data', this.#take)
    this.#deflate.on('data', (chunk: Buffer) => client.socket.write(chunk))
    this.#inflate.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1')
      this.#wake?.()
    })
  }

  send(text: string): void {
    this.#deflate.write(Buffer.from(text, 'latin1'))
    this.#deflate.flush(constants.Z_SYNC_FLUSH)
  }

  /** Ends the compression of what is sent behind these last lines. */
  finish(text: string): void {
    this.#deflate.end(Buffer.from(text, 'latin1'))
  }

  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.#received)
      if (match !== null) {
        const end = match.index + match[0].length
        const found = this.#received.slice(0, end)
        this.#received = this.#received.slice(end)
        return found
      }
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** The connection without compression, as it was. */
  plain(): { send(text: string): void; until(pattern: RegExp): Promise<string> } {
    const { socket } = this.#client
    socket.off('data', this.#take)
    let received = ''
    let wake: (() => void) | null = null
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1')
      wake?.()
    })
    return {
      send: (text) => void socket.write(text),
      async until(pattern) {
        while (!pattern.test(received)) await new Promise<void>((resolve) => (wake = resolve))
        return received
      },
    }
  }
}

async function compressed(client: RawClient): Promise<Compressed> {
  expect(await tagged(client, 'COMPRESS DEFLATE')).toBe('OK DEFLATE active')
  return new Compressed(client)
}

describe('COMPRESS=DEFLATE (RFC 4978)', () => {
  it('compresses both ways from the answer on', async () => {
    await using at = await scene({ INBOX: [`A: b\r\n\r\n${'text '.repeat(50_000)}`] })
    expect(await capabilities(at.client)).toContain('COMPRESS=DEFLATE')
    const line = await compressed(at.client)
    const before = at.client.socket.bytesRead
    line.send('b SELECT INBOX\r\nc FETCH 1 (BODY.PEEK[])\r\n')
    expect(await line.until(/c OK .*\r\n/)).toContain('text '.repeat(50_000))
    expect(at.client.socket.bytesRead - before).toBeLessThan(20_000)
    line.send('d APPEND INBOX {9}\r\n')
    await line.until(/^\+ .*\r\n/)
    line.send('A: b\r\n\r\nx\r\n')
    expect(await line.until(/d OK .*\r\n/)).toContain('* 2 EXISTS')
  })

  it('brings large literals as they are, and tells what happens in IDLE at once', async () => {
    const body = Buffer.from(Array.from({ length: 400_000 }, (_, i) => 33 + ((i * i * 7 + (i >> 3)) % 90)))
    await using at = await scene({ INBOX: [Buffer.concat([Buffer.from('A: b\r\n\r\n'), body])] })
    const line = await compressed(at.client)
    line.send('b SELECT INBOX\r\nc FETCH 1 (BODY.PEEK[TEXT])\r\n')
    const answer = await line.until(/c OK .*\r\n/)
    expect(answer.includes(body.toString('latin1'))).toBe(true)
    line.send('d IDLE\r\n')
    await line.until(/^\+ .*\r\n/)
    at.server.user('alice').mailbox('INBOX').deliver('A: b\n\nx\n')
    await line.until(/\* 2 EXISTS\r\n/)
    line.send('DONE\r\n')
    await line.until(/d OK .*\r\n/)
  })

  it('works above TLS, and ends with LOGOUT', async () => {
    await using server = await ImapServer.start({ users: { alice: { password: 'secret' } } })
    await using client = await RawClient.open({ port: server.tlsPort, ca: server.ca })
    await client.ok('LOGIN alice secret')
    const line = await compressed(client)
    line.send('b LOGOUT\r\n')
    expect(await line.until(/b OK .*\r\n/)).toMatch(/^\* BYE /)
    if (!client.socket.closed) await once(client.socket, 'close')
  })

  it('takes a second COMPRESS, another algorithm and nothing for an error', async () => {
    await using at = await scene()
    for (const command of ['COMPRESS', 'COMPRESS LZW', 'COMPRESS DEFLATE 9', 'COMPRESS "DEFLATE"']) {
      expect(await tagged(at.client, command)).toMatch(/^BAD /)
    }
    const line = await compressed(at.client)
    line.send('b COMPRESS deflate\r\n')
    expect(await line.until(/b .*\r\n/)).toMatch(/^b BAD /)
  })

  it('breaks the connection where something else than compressed data comes', async () => {
    await using at = await scene()
    await tagged(at.client, 'COMPRESS DEFLATE')
    at.client.send('b NOOP\r\n'.repeat(20))
    await at.client.rest()
    await at.server.close()
  })

  it('is for those who are logged in, and not there unless it is offered', async () => {
    await using at = await scene()
    await using stranger = await RawClient.open({ port: at.server.port })
    expect(await tagged(stranger, 'COMPRESS DEFLATE')).toMatch(/^BAD /)
    at.server.setCapabilities(without('COMPRESS=DEFLATE'))
    expect(await tagged(at.client, 'COMPRESS DEFLATE')).toMatch(/^BAD /)
  })

  it.each(['left open', 'finished'])('ends behind UNAUTHENTICATE, the stream of the client %s', async (how) => {
    await using at = await scene({ INBOX: ['A: b\n\nx\n'] })
    const line = await compressed(at.client)
    line.send('b SELECT INBOX\r\n')
    await line.until(/b OK .*\r\n/)
    if (how === 'finished') line.finish('c UNAUTHENTICATE\r\n')
    else line.send('c UNAUTHENTICATE\r\n')
    await line.until(/c OK .*\r\n/)
    const plain = line.plain()
    plain.send('d LOGIN alice secret\r\ne COMPRESS DEFLATE\r\n')
    expect(await plain.until(/e OK .*\r\n/)).toMatch(/^d OK /)
  })
})
