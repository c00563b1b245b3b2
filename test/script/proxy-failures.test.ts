import type { Socket } from 'node:net'
import { inspect } from 'node:util'
import { connect, type ConnectOptions, ConnectError, TimeoutError, TlsError } from 'imapkit'
import { selfSigned } from 'imapkit/testing'
import { describe, expect, it } from 'vitest'
import { leavesNothing, rejection, until } from '../behaviour/tools.js'
import { FakeProxy, readConnect, readSocks5, readSocks5Request, type Play } from './fake-proxy.js'

const PASSWORD = 'tr0ub4dor%26'
/** As it is in no URL. */
const BARE = 'tr0ub4dor&'
const BASIC = Buffer.from(`carol:${BARE}`).toString('base64')

interface Failing {
  readonly scheme: string
  readonly play: Play
  /** Whether the URL names a user and a password. */
  readonly login?: boolean
  readonly options?: Partial<ConnectOptions>
}

/**
 * What connecting through a fake proxy rejects with; checks that nothing is left open at either end, and that no password
 * shows anywhere.
 */
async function failing({ scheme, play, login = true, options = {} }: Failing): Promise<Error> {
  let error: unknown
  await leavesNothing('a failure', async () => {
    await using proxy = await FakeProxy.start(play)
    const user = scheme.startsWith('socks4') ? 'carol@' : `carol:${PASSWORD}@`
    const url = `${scheme}://${login ? user : ''}127.0.0.1:${proxy.port}`
    const target = { host: 'imap.example.test', port: 143, security: 'plaintext' } as const
    error = await rejection(connect({ ...target, proxy: url, ...options }))
    await until('the proxy has lost its client', () => proxy.open === 0)
    expect(proxy.failure).toBeUndefined()
    // Whoever reads it knows whose fault it is.
    expect((error as Error).message).toMatch(/the proxy 127\.0\.0\.1\b/i)
  })
  const all = `${inspect(error, { depth: Infinity, showHidden: true })}${JSON.stringify(error)}`
  for (const secret of [PASSWORD, BARE, BASIC]) expect(all).not.toContain(secret)
  return error as Error
}

/** Answers CONNECT with octets. */
const answers =
  (...pieces: readonly string[]): Play =>
  async (peer) => {
    await readConnect(peer)
    for (const piece of pieces) peer.raw(piece)
  }

/** Answers CONNECT and hangs up. */
const answersAndCloses =
  (text: string): Play =>
  async (peer, stream) => {
    await readConnect(peer)
    stream.end(Buffer.from(text, 'latin1'))
  }

describe('an HTTP proxy', () => {
  it.each([
    ['closes at once', (_peer, stream) => stream.end(), /closed the connection before it had answered/, true],
    ['closes after the request', answersAndCloses(''), /closed the connection before it had answered/, true],
    ['closes within its answer', answersAndCloses('HTTP/1.1 200 OK\r\nVia: x'), /closed the connection/, true],
    ['closes before the empty line', answersAndCloses('HTTP/1.1 200 OK\r\n'), /closed the connection/, true],
    [
      'says 502',
      answers('HTTP/1.1 502 Bad Gateway\r\n\r\n'),
      /could not connect to imap\.example\.test:143: it answered 502 Bad Gateway/,
      true,
    ],
    ['says 504 without a reason', answers('HTTP/1.0 504\r\n\r\n'), /could not connect to .*: it answered 504$/, true],
    [
      'says 403',
      answers('HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nsorry'),
      /does not allow connections to imap\.example\.test:143/,
      false,
    ],
    ['says 405', answers('HTTP/1.1 405 No\r\n\r\n'), /does not allow connections/, false],
    [
      'says 302',
      answers('HTTP/1.1 302 Found\r\nLocation: http://login.example.test/\r\n\r\n'),
      /made no tunnel .* 302 Found/,
      false,
    ],
    ['says 101', answers('HTTP/1.1 101 Switching Protocols\r\n\r\n'), /made no tunnel/, false],
    ['echoes the password', answers(`HTTP/1.1 400 Bad ${BARE} ${BASIC}\r\n\r\n`), /400 Bad \*\*\* \*\*\*/, false],
    ['speaks HTTP/2', answers('HTTP/2 200\r\n\r\n'), /not one of HTTP\/1\.1/, false],
    ['speaks IMAP', answers('* OK ready\r\n\r\n'), /not one of HTTP\/1\.1/, false],
    ['sends a status of two digits', answers('HTTP/1.1 20 OK\r\n\r\n'), /not one of HTTP\/1\.1/, false],
    ['sends a status of four digits', answers('HTTP/1.1 2000 OK\r\n\r\n'), /not one of HTTP\/1\.1/, false],
    ['sends a bad field', answers('HTTP/1.1 200 OK\r\nno colon\r\n\r\n'), /not one of HTTP\/1\.1/, false],
    ['folds a field', answers('HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n'), /not one of HTTP\/1\.1/, false],
    ['puts a space before the colon', answers('HTTP/1.1 200 OK\r\nA : b\r\n\r\n'), /not one of HTTP\/1\.1/, false],
    ['sends a bare line feed', answers('HTTP/1.1 200 OK\r\nA: b\nc: d\r\n\r\n'), /not one of HTTP\/1\.1/, false],
    ['sends NUL', answers('HTTP/1.1 200 OK\r\nA: \0\r\n\r\n'), /not one of HTTP\/1\.1/, false],
    [
      'sends a head without end',
      answers('HTTP/1.1 200 OK\r\n', 'A: b\r\n'.repeat(3000)),
      /no end within 16384 octets/,
      false,
    ],
    ['sends a line without end', answers('H'.repeat(20_000)), /no end within 16384 octets/, false],
    [
      'sends interim answers without end',
      answers('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(700)),
      /no end within 16384 octets/,
      false,
    ],
    ['speaks SOCKS5', answers('\x05\x00\r\n\r\n'), /cannot be used as an HTTP proxy/, false],
  ] satisfies [string, Play, RegExp, boolean][])('that %s', async (_what, play, message, retryable) => {
    // prettier-ignore
    const error = await failing({ scheme: 'http', play })
    expect(error).toBeInstanceOf(ConnectError)
    expect(error.message).toMatch(message)
    expect(error).toMatchObject({ retryable })
  })

  it.each([
    ['is missing', false, '', /wants a user and a password \(407\): give them in proxy/],
    [
      'is missing, and Basic is offered',
      false,
      'Proxy-Authenticate: Basic realm="a, NTLM"\r\n',
      /wants a user and a password/,
    ],
    [
      'is wrong',
      true,
      'Proxy-Authenticate: Negotiate, Basic realm="x"\r\n',
      /refuses the user or the password \(407\)/,
    ],
    [
      'is of no use',
      true,
      'Proxy-Authenticate: Negotiate\r\nproxy-authenticate: NTLM abc=, Digest realm="Basic", qop=auth\r\n',
      /not known here \(negotiate, ntlm, digest\)/,
    ],
  ])('whose login %s', async (_what, login, field, message) => {
    // prettier-ignore
    const error = await failing({
      scheme: 'http',
      login,
      play: answers(`HTTP/1.1 407 Proxy Authentication Required\r\n${field}\r\n`),
    })
    expect(error).toBeInstanceOf(ConnectError)
    expect(error.message).toMatch(message)
    expect(error).toMatchObject({ retryable: false })
  })

  it('that says 401 to a wrong password means itself, as tinyproxy does', async () => {
    const error = await failing({ scheme: 'http', play: answers('HTTP/1.0 401 Unauthorized\r\nServer: x\r\n\r\n') })
    expect(error.message).toMatch(/refuses the user or the password \(401\)/)
  })

  it('gets its user and password in UTF-8', async () => {
    let lines: string[] = []
    const play: Play = async (peer) => {
      lines = await readConnect(peer)
      peer.raw('HTTP/1.1 500 no\r\n\r\n')
    }
    await using proxy = await FakeProxy.start(play)
    const url = `http://127.0.0.1:${proxy.port}`
    await rejection(connect({ host: '::1', proxy: { url, user: 'jörg', password: 'a:b' } }))
    const basic = Buffer.from('jörg:a:b').toString('base64')
    expect(lines).toEqual(['CONNECT [::1]:993 HTTP/1.1', 'Host: [::1]:993', `Proxy-Authorization: Basic ${basic}`])
  })
})

describe('a SOCKS5 proxy', () => {
  /** Takes the greeting of a client that has a password, and answers the greeting, the login and the request. */
  const plays =
    (method: string, login?: string, reply?: string): Play =>
    async (peer, stream) => {
      expect(await peer.octets(4)).toBe('\x05\x02\x00\x02')
      peer.raw(method)
      if (login !== undefined) {
        expect(await peer.octets(18)).toBe(`\x01\x05carol\x0a${BARE}`)
        peer.raw(login)
      }
      if (reply === undefined) return
      const request = await readSocks5Request(peer)
      expect(request).toEqual({ type: 3, host: 'imap.example.test', port: 143 })
      stream.end(Buffer.from(reply, 'latin1'))
    }

  it.each([
    ['closes at once', (_peer, stream) => stream.end(), /closed the connection before it had answered/, true],
    ['closes after one octet', (_peer, stream) => stream.end('\x05'), /closed the connection/, true],
    ['is none but speaks HTTP', plays('HTTP/1.1 400 Bad Request\r\n'), /does not speak SOCKS5, but HTTP/, false],
    ['answers in version 4', plays('\x04\x00'), /does not speak SOCKS5: check/, false],
    ['takes no way to log in', plays('\x05\xff'), /takes neither a user with a password nor none/, false],
    ['chooses what was not offered', plays('\x05\x01'), /an answer that is none of SOCKS/, false],
    ['refuses the password', plays('\x05\x02', '\x01\x01'), /refuses the user or the password/, false],
    ['answers the login in another version', plays('\x05\x02', '\x77\x00'), /none of SOCKS/, false],
    ['closes after the login', plays('\x05\x02', '\x01\x00', ''), /closed the connection before/, true],
    [
      'fails',
      plays('\x05\x00', undefined, '\x05\x01\x00\x01'),
      /could not connect to imap\.example\.test:143: it tells no reason/,
      true,
    ],
    [
      'forbids it',
      plays('\x05\x00', undefined, '\x05\x02'),
      /does not allow connections to imap\.example\.test:143/,
      false,
    ],
    [
      'has no network',
      plays('\x05\x02', '\x05\x00', '\x05\x03\x00\x01\0\0\0\0\0\0'),
      /its network does not lead there/,
      true,
    ],
    ['finds no host', plays('\x05\x00', undefined, '\x05\x04'), /the host cannot be reached/, true],
    ['is refused', plays('\x05\x00', undefined, '\x05\x05'), /the connection was refused/, true],
    ['fails with a code of its own', plays('\x05\x00', undefined, '\x05\x80'), /the code 128/, true],
    ['replies in version 4', plays('\x05\x00', undefined, '\x04\x00'), /none of SOCKS/, false],
    [
      'replies with an address of no kind',
      plays('\x05\x00', undefined, '\x05\x00\x00\x09\0\0\0\0\0\0'),
      /none of SOCKS/,
      false,
    ],
    [
      'closes within its reply',
      plays('\x05\x00', undefined, '\x05\x00\x00\x04\0\0\0\0'),
      /closed the connection/,
      true,
    ],
  ] satisfies [string, Play, RegExp, boolean][])('that %s', async (_what, play, message, retryable) => {
    // prettier-ignore
    const error = await failing({ scheme: 'socks5h', play })
    expect(error).toBeInstanceOf(ConnectError)
    expect(error.message).toMatch(message)
    expect(error).toMatchObject({ retryable })
  })

  it('that wants a login where none was given', async () => {
    const play: Play = async (peer) => {
      expect(await peer.octets(3)).toBe('\x05\x01\x00')
      peer.raw('\x05\xff')
    }
    const error = await failing({ scheme: 'socks5h', login: false, play })
    expect(error.message).toMatch(/wants a user and a password: give them in proxy/)
  })

  it('that asks for a login that was not offered gets none', async () => {
    let received = ''
    const play: Play = async (peer, stream) => {
      await peer.octets(3)
      peer.raw('\x05\x02')
      stream.on('close', () => (received = peer.received))
    }
    const error = await failing({ scheme: 'socks5h', login: false, play })
    expect(error.message).toMatch(/none of SOCKS/)
    expect(received).toBe('\x05\x01\x00')
  })

  it('that reaches no address is asked for each, and the last failure is told', async () => {
    const asked: string[] = []
    const play: Play = async (peer) => {
      const { type, host, port } = await readSocks5(peer)
      asked.push(`${type} ${Buffer.from(host, 'latin1').toString('hex')} ${port}`)
      peer.raw('\x05\x05\x00\x01')
    }
    const target = { host: 'localhost', port: 143 }
    const error = await failing({ scheme: 'socks5', login: false, play, options: target })
    expect(asked).toContain('1 7f000001 143')
    expect(new Set(asked).size).toBe(asked.length)
    expect(error.message).toMatch(/could not connect to (?:127\.0\.0\.1|\[::1\]):143: the connection was refused/)
  })

  it('gets an address of IPv6 as one', async () => {
    const asked: unknown[] = []
    const play: Play = async (peer) => {
      asked.push(await readSocks5(peer))
      peer.raw('\x05\x02')
    }
    await failing({ scheme: 'socks5', login: false, play, options: { host: '2001:db8::192.0.2.1' } })
    const host = Buffer.from('20010db80000000000000000c0000201', 'hex').toString('latin1')
    expect(asked).toEqual([{ type: 4, host, port: 143 }])
  })
})

describe('a SOCKS4 proxy', () => {
  const replies =
    (reply: string): Play =>
    async (peer, stream) => {
      expect(await peer.octets(14)).toBe('\x04\x01\x00\x8f\x00\x00\x00\x01carol\x00')
      expect(await peer.octets(18)).toBe('imap.example.test\x00')
      stream.end(Buffer.from(reply, 'latin1'))
    }

  it.each([
    ['closes', '', /closed the connection/, true],
    [
      'rejects',
      '\x00\x5b\0\0\0\0\0\0',
      /did not connect to imap\.example\.test:143: it refuses to, cannot, or takes no names/,
      true,
    ],
    ['wants identd', '\x00\x5c', /code 92\): it asks identd/, false],
    ['does not believe identd', '\x00\x5d', /code 93\): it asks identd/, false],
    ['answers in another version', '\x05\x5a\0\0\0\0\0\0', /does not speak SOCKS4: check/, false],
    ['is one of HTTP', 'HTTP/1.1 400', /does not speak SOCKS4, but HTTP/, false],
    ['answers with no code', '\x00\x00\0\0\0\0\0\0', /none of SOCKS/, false],
    ['closes within its answer', '\x00\x5a\0\0\0', /closed the connection/, true],
  ])('that %s', async (_what, reply, message, retryable) => {
    const error = await failing({ scheme: 'socks4a', play: replies(reply) })
    expect(error).toBeInstanceOf(ConnectError)
    expect(error.message).toMatch(message)
    expect(error).toMatchObject({ retryable })
  })
})

describe('a proxy that cannot be talked to', () => {
  it('is named when nothing listens there', async () => {
    const gone = await FakeProxy.start(() => undefined)
    const { port } = gone
    await gone[Symbol.asyncDispose]()
    const proxy = `socks5h://carol:${PASSWORD}@127.0.0.1:${port}`
    const error = await rejection(connect({ host: 'imap.example.test', proxy }))
    expect(error).toBeInstanceOf(ConnectError)
    expect((error as Error).message).toBe(`Nothing listens at the proxy 127.0.0.1:${port}`)
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(PASSWORD)
  })

  it('is told from a server that has no address', async () => {
    // Names with a label of 64 octets cannot be: nobody has to be asked.
    const nowhere = `${'a'.repeat(64)}.test`
    const lost = await rejection(connect({ host: 'imap.example.test', proxy: `http://${nowhere}:8080` }))
    expect(lost).toBeInstanceOf(ConnectError)
    expect((lost as Error).message).toBe(`There is no address for the proxy ${nowhere}: check the name and the network`)
    const [five, four] = await Promise.all(
      ['socks5', 'socks4'].map((scheme) => rejection(connect({ host: nowhere, proxy: `${scheme}://127.0.0.1:9` }))),
    )
    expect((five as Error).message).toBe(
      `There is no address for ${nowhere}: check the name and the network; socks5h: lets the proxy look it up`,
    )
    expect((four as Error).message).toContain('no address of IPv4, which is all that SOCKS4 takes')
    expect((four as Error).message).toContain('socks4a: lets the proxy look it up')
  })

  it.each(['http', 'socks5h'])('is told of when it resets the connection: %s', async (scheme) => {
    const error = await failing({
      scheme,
      play: (_peer, stream) => (stream as Socket).resetAndDestroy(),
    })
    expect(error).toBeInstanceOf(ConnectError)
    expect(error.message).toMatch(/closed the connection|ECONNRESET/)
  })

  it.each([
    ['http', () => undefined, /did not say whether it could connect/],
    ['socks5h', () => undefined, /did not answer$/],
    ['socks4a', () => undefined, /did not say whether it could connect/],
    ['https', () => undefined, /did not finish TLS/],
    // A byte now and then does not make the time longer.
    ['http', drips('HTTP/1.1 200 OK\r\n'.repeat(1000)), /did not say whether it could connect/],
    ['socks5h', drips('\x05'), /did not answer$/],
  ] satisfies [string, Play, RegExp][])(
    'has no more time than the rest of the way: %s, %#',
    async (scheme, play, message) => {
      // prettier-ignore
      const error = await failing({ scheme, play, options: { timeouts: { connect: 150 } } })
      expect(error).toBeInstanceOf(TimeoutError)
      expect(error).toMatchObject({ phase: 'connect', connection: 'closed' })
      expect(error.message).toMatch(/^Connecting to imap\.example\.test:143 took more than 150 ms: the proxy/)
      expect(error.message).toMatch(message)
    },
  )

  it('is not blamed when the server does not finish TLS', async () => {
    const play = answers('HTTP/1.1 200 OK\r\n\r\n')
    const options = { security: 'tls', timeouts: { connect: 150 } } as const
    const error = await failing({ scheme: 'http', play, options })
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error.message).toMatch(/had connected, but TLS with the server was not finished$/)
  })
})

describe('TLS with a proxy', () => {
  const certificate = selfSigned()

  it.each([
    [
      'nobody vouches for its certificate',
      'localhost',
      undefined,
      /The certificate of the proxy localhost is not trusted .*proxy\.tls\.ca or proxy\.tls\.pin/,
    ],
    [
      'its certificate is for another name',
      '127.0.0.1',
      selfSigned({ addresses: [] }),
      /The certificate of the proxy 127\.0\.0\.1 is for another name/,
    ],
  ])('fails where %s', async (_what, host, other, message) => {
    // prettier-ignore
    const used = other ?? certificate
    await using proxy = await FakeProxy.start(() => undefined, used)
    const tls = other === undefined ? {} : { ca: used.cert }
    const url = `https://carol:${PASSWORD}@${host}:${proxy.port}`
    const error = await rejection(connect({ host: 'imap.example.test', tls: { ca: used.cert }, proxy: { url, tls } }))
    expect(error).toBeInstanceOf(TlsError)
    expect((error as Error).message).toMatch(message)
    expect(inspect(error, { depth: Infinity })).not.toContain(PASSWORD)
    await until('the proxy has lost its client', () => proxy.open === 0)
  })

  it('fails where it speaks none', async () => {
    const error = await failing({ scheme: 'https', play: (peer) => peer.raw('HTTP/1.1 400 Bad Request\r\n\r\n') })
    expect(error).toBeInstanceOf(TlsError)
    expect(error.message).toMatch(/^The proxy 127\.0\.0\.1 does not speak TLS on this port: write http:/)
  })

  it('may be pinned', async () => {
    await using proxy = await FakeProxy.start(answers('HTTP/1.1 503 later\r\n\r\n'), certificate)
    const url = `https://127.0.0.1:${proxy.port}`
    const wrong = { pin: Buffer.alloc(32).toString('base64') }
    const refused = await rejection(connect({ host: 'imap.example.test', proxy: { url, tls: wrong } }))
    expect(refused).toBeInstanceOf(TlsError)
    const { message } = refused as Error
    expect(message).toMatch(/^The public key of the proxy is not a pinned one/)
    const pin = message.slice(message.lastIndexOf(' ') + 1)
    const reached = await rejection(connect({ host: 'imap.example.test', proxy: { url, tls: { pin } } }))
    expect((reached as Error).message).toMatch(/could not connect to imap\.example\.test:993: it answered 503 later/)
  })
})

/** Sends octets one by one, for as long as somebody takes them. */
function drips(text: string): Play {
  return (peer, stream) => {
    let at = 0
    const timer = setInterval(() => {
      if (at < text.length) peer.raw(text.charAt(at++))
    }, 5)
    stream.on('close', () => clearInterval(timer))
  }
}
