import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { ImapServer } from 'imapkit/testing'
import { describe, expect, it } from 'vitest'
import { until } from '../../behaviour/tools.js'
import { random } from '../../soak/random.js'
import { RawClient } from '../../unit/testing/raw-client.js'
import { scene, tagged } from './tools.js'

const MIB = 1024 * 1024

/** A socket whose errors are of no interest. */
async function dial(port: number, allowHalfOpen = false): Promise<Socket> {
  const socket = connectTcp({ host: '127.0.0.1', port, allowHalfOpen })
  socket.on('error', () => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Sends as fast as the server takes it. */
async function pour(socket: Socket, chunk: Buffer, times: number): Promise<void> {
  let wake: () => void = () => undefined
  for (const event of ['drain', 'close']) socket.on(event, () => wake())
  for (let i = 0; i < times && !socket.destroyed; i++) {
    if (!socket.write(chunk)) await new Promise<void>((resolve) => (wake = resolve))
  }
}

/** Memory that is held outside the heap of JavaScript, after a collection where one can be asked for. */
const outside = (): number => process.memoryUsage().arrayBuffers

describe('any bytes', () => {
  it('random octets never bring the server down, nor keep a connection', { timeout: 60_000 }, async () => {
    await using server = await ImapServer.start({ users: { alice: { password: 'secret' } } })
    const next = random(20260101)
    const pieces = [
      'a LOGIN alice secret\r\n',
      'b SELECT INBOX\r\n',
      'c FETCH 1:* (',
      '{5}\r\n',
      '{9+}\r\n',
      '"',
      '\\',
      '(',
      ')',
      '\r\n',
      '\n',
      ' UID ',
      '~{3}\r\n',
      'x APPEND INBOX {3+}\r\nabc',
      'y IDLE\r\n',
      'DONE\r\n',
      'z AUTHENTICATE PLAIN\r\n',
      '*\r\n',
      '\0',
      's STARTTLS\r\n',
      'q COMPRESS DEFLATE\r\n',
    ]
    for (const port of [server.port, server.startTlsPort, server.tlsPort]) {
      for (let round = 0; round < 100; round++) {
        const socket = await dial(port)
        socket.resume()
        for (let i = 0; i < 1 + next(12); i++) {
          socket.write(
            next(2) === 0
              ? pieces[next(pieces.length)]!
              : Buffer.from(Array.from({ length: next(60) }, () => next(256))),
          )
        }
        if (next(2) === 0) socket.end()
        else socket.destroy()
        if (next(2) === 0) await once(socket, 'close')
      }
    }
    await until('all connections are gone', () => server.connections.length === 0)
    await using client = await RawClient.open({ port: server.port })
    await client.ok('LOGIN alice secret')
  })

  it('a line without end costs no memory', async () => {
    await using stage = await scene()
    const socket = await dial(stage.server.port)
    const before = outside()
    await pour(socket, Buffer.alloc(64 * 1024, 'x'), 1600)
    expect(outside() - before).toBeLessThan(60 * MIB)
    socket.write('\r\n')
    const [greeting] = (await once(socket, 'data')) as [Buffer]
    let said = greeting.toString()
    socket.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await until('an answer', () => /BAD .*too long/.test(said))
    socket.destroy()
    await stage.client.ok('NOOP')
  })

  it('huge literals that are announced and never sent cost no memory', async () => {
    await using stage = await scene()
    const before = outside()
    const sockets: Socket[] = []
    for (let i = 0; i < 100; i++) {
      const socket = await dial(stage.server.port)
      socket.write(`a LOGIN alice secret\r\nb APPEND INBOX {${60 * MIB}+}\r\nx`)
      sockets.push(socket)
    }
    await until(
      'all are there',
      () => stage.server.connections.filter(({ state }) => state === 'authenticated').length === 101,
    )
    await stage.client.ok('NOOP')
    expect(outside() - before).toBeLessThan(100 * MIB)
    for (const socket of sockets) socket.destroy()
    await until('all are gone', () => stage.server.connections.length === 1)
    expect(await stage.client.ok('STATUS INBOX (MESSAGES)')).toEqual(['* STATUS INBOX (MESSAGES 0)'])
  })

  it('literals arrive whole, whatever their size', async () => {
    await using stage = await scene()
    for (const size of [1, 65_535, 65_536, 65_537, 1_000_000]) {
      const body = `Subject: x\r\n\r\n${'0123456789'.repeat(size / 10 + 1)}`.slice(0, Math.max(size, 20))
      stage.client.send(`p APPEND INBOX {${body.length}+}\r\n${body}\r\n`)
      expect((await stage.client.answer('p')).at(-1)).toMatch(/^OK/)
      expect(stage.server.user('alice').mailbox('INBOX').messages.at(-1)?.raw.toString()).toBe(body)
    }
  })
})

describe('connections', () => {
  it('that are opened and dropped by the thousand leave nothing', { timeout: 60_000 }, async () => {
    await using server = await ImapServer.start({
      security: ['plaintext', 'tls'],
      users: { alice: { password: 'secret' } },
    })
    for (let round = 0; round < 20; round++) {
      const sockets = await Promise.all(
        Array.from({ length: 100 }, (_, i) => dial(i % 10 === 0 ? server.tlsPort : server.port)),
      )
      for (const [i, socket] of sockets.entries()) {
        if (i % 3 === 0) socket.write('a LOGIN alice sec')
        if (i % 2 === 0) socket.resetAndDestroy()
        else socket.destroy()
      }
    }
    await until('all connections are gone', () => server.connections.length === 0)
    expect(server.connectionCount).toBeGreaterThanOrEqual(1000)
  })

  it('that a client has half-closed are answered to the end', async () => {
    await using server = await ImapServer.start({ users: { alice: { password: 'secret' } } })
    for (const rest of ['d NOOP\r\n', 'd IDLE\r\n', 'd LOGOUT\r\n', 'd APPEND INBOX {10+}\r\nabc', 'd FETCH 1']) {
      const socket = await dial(server.port, true)
      let said = ''
      socket.on('data', (chunk: Buffer) => (said += chunk.toString()))
      socket.end(`a LOGIN alice secret\r\nb SELECT INBOX\r\nc FETCH 1:* FLAGS\r\n${rest}`)
      await once(socket, 'close')
      expect(said).toMatch(/\r\na OK[^]*\r\nb OK[^]*\r\nc (?:OK|BAD)/)
      if (rest.includes('NOOP')) expect(said).toMatch(/\r\nd OK/)
    }
    await until('all connections are gone', () => server.connections.length === 0)
  })

  it('that are one too many are told so', async () => {
    await using server = await ImapServer.start({
      limits: { connections: 2 },
      users: { alice: { password: 'secret' } },
    })
    await using first = await RawClient.open({ port: server.port })
    {
      await using second = await RawClient.open({ port: server.port })
      await using third = await RawClient.dial({ port: server.port })
      expect(await third.rest()).toBe('* BYE [LIMIT] Too many connections\r\n')
      await second.ok('NOOP')
    }
    await until('there is room again', () => server.connections.length === 1)
    await using fourth = await RawClient.open({ port: server.port })
    await fourth.ok('NOOP')
    await first.ok('NOOP')
  })
})

describe('a client that never reads', () => {
  it('has no more commands carried out than it takes answers for', async () => {
    await using stage = await scene()
    const socket = await dial(stage.server.port)
    socket.pause()
    const commands = Buffer.from('a CAPABILITY\r\n'.repeat(5000))
    // Far more than what waits on the way between the two.
    const poured = pour(socket, commands, 400)
    const mine = stage.server.connections.at(-1)!
    let last = -1
    await until('the server waits', async () => {
      const { bytesSent } = mine
      // Whatever it still has to do it does before so many answers to somebody else.
      for (let i = 0; i < 100; i++) await stage.client.ok('NOOP')
      const waits = last === bytesSent && bytesSent > 0
      last = bytesSent
      return waits
    })
    // 2,000,000 commands would have given gigabytes.
    expect(mine.bytesSent).toBeLessThan(64 * MIB)
    await stage.client.ok('NOOP')
    socket.destroy()
    await poured
    await until('it is gone', () => stage.server.connections.length === 1)
  })

  it('is not told of everything while it idles', { timeout: 60_000 }, async () => {
    await using stage = await scene({ INBOX: ['Subject: x\n\nx\n'] })
    const socket = await dial(stage.server.port)
    socket.write('a LOGIN alice secret\r\nb SELECT INBOX\r\nc IDLE\r\n')
    await until('it idles', () => stage.server.log.at(-1) === 'c IDLE')
    socket.pause()
    const idle = stage.server.connections.at(-1)!
    await stage.client.ok('SELECT INBOX')
    const long = `$${'k'.repeat(2000)}`
    for (let i = 0; i < 4000; i++) await stage.client.ok(`STORE 1 ${i % 2 === 0 ? '+' : '-'}FLAGS.SILENT (${long})`)
    expect(idle.bytesSent).toBeLessThan(7 * MIB)
    // Once it reads, it is told how things stand.
    let said = ''
    socket.on('data', (chunk: Buffer) => (said = (said + chunk.toString('latin1')).slice(-10_000)))
    socket.resume()
    await stage.client.ok('STORE 1 +FLAGS.SILENT (\\Flagged)')
    await until('it knows the last change', () => said.includes('\\Flagged'))
    socket.destroy()
  })

  it('is left when more waits for it than the limit says', async () => {
    const message = `Subject: x\n\n${'y'.repeat(300_000)}`
    await using stage = await scene({ INBOX: [message] }, { limits: { unread: 4 * MIB } })
    const socket = await dial(stage.server.port)
    const sections = Array.from({ length: 400 }, (_, i) => `BODY.PEEK[]<${i}.300000>`).join(' ')
    socket.pause()
    socket.write(`a LOGIN alice secret\r\nb SELECT INBOX\r\nc FETCH 1 (${sections})\r\n`)
    await until('it is left', () => stage.server.connections.length === 1)
    await stage.client.ok('NOOP')
    // It reads nothing, and so hears nothing of that.
    socket.destroy()
  })
})

describe('what clients make the server keep has bounds', () => {
  it('mailboxes, subscriptions and keywords', async () => {
    await using stage = await scene({}, { limits: { mailboxes: 4, keywords: 3 } })
    const { client } = stage
    await client.ok('CREATE a/b')
    expect(await tagged(client, 'CREATE c/d')).toMatch(/^NO \[LIMIT\]/)
    expect(await tagged(client, 'RENAME a/b x/y/z')).toMatch(/^NO \[LIMIT\]/)
    await client.ok('CREATE c')
    expect(await tagged(client, 'CREATE d')).toMatch(/^NO \[LIMIT\]/)
    await client.ok('DELETE c')
    await client.ok('CREATE d')
    for (const name of ['x', 'y', 'z']) await client.ok(`SUBSCRIBE ${name}`)
    expect(await tagged(client, 'SUBSCRIBE more')).toMatch(/^NO \[LIMIT\]/)
    await client.ok('SUBSCRIBE x')
    stage.server.user('alice').mailbox('INBOX').deliver('Subject: x\n\nx\n')
    await client.ok('SELECT INBOX')
    await client.ok('STORE 1 +FLAGS ($a $b $c)')
    expect(await tagged(client, 'STORE 1 +FLAGS ($d)')).toMatch(/^NO \[LIMIT\]/)
    await client.ok('STORE 1 FLAGS ($A)')
  })

  it('messages', async () => {
    await using stage = await scene({ INBOX: ['Subject: one\n\n0123456789\n'] }, { limits: { storage: 100 } })
    const { client } = stage
    await client.ok('SELECT INBOX')
    await client.ok('COPY 1 INBOX')
    await client.ok('COPY 1 INBOX')
    expect(await tagged(client, 'COPY 1 INBOX')).toMatch(/^NO \[OVERQUOTA\]/)
    client.send('big APPEND INBOX {60+}\r\n' + 'x'.repeat(60) + '\r\n')
    expect((await client.answer('big')).at(-1)).toMatch(/^NO \[OVERQUOTA\]/)
    await client.ok('STORE 1 +FLAGS (\\Deleted)')
    await client.ok('EXPUNGE')
    await client.ok('COPY 1 INBOX')
  })

  it('removals: what vanished before is told as all that is not there', async () => {
    await using stage = await scene({ INBOX: [] }, { limits: { history: 10 } })
    const inbox = stage.server.user('alice').mailbox('INBOX')
    for (let i = 0; i < 60; i++) inbox.deliver('Subject: x\n\nx\n')
    const { client } = stage
    await client.ok('ENABLE QRESYNC')
    await client.ok('SELECT INBOX')
    for (let i = 0; i < 50; i++) {
      await client.ok('STORE 1 +FLAGS.SILENT (\\Deleted)')
      await client.ok('EXPUNGE')
    }
    const told = await client.ok('UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)')
    expect(told[0]).toBe('* VANISHED (EARLIER) 1:50')
    const [, last = ''] = /HIGHESTMODSEQ (\d+)/.exec((await client.ok('SELECT INBOX')).join('\n')) ?? []
    expect(await client.ok(`UID FETCH 1:50 (FLAGS) (CHANGEDSINCE ${last} VANISHED)`)).toEqual([])
  })
})
