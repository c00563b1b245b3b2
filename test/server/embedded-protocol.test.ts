import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImapServer, type ServerOptions } from 'imapkit/testing'
import { RawClient } from '../unit/testing/raw-client.js'

const users = { alice: { password: 'se"cr\\et', mailboxes: { INBOX: ['Subject: one\n\nx\n', 'Subject: two\n\ny\n'] } } }
const LOGIN = 'LOGIN alice "se\\"cr\\\\et"'

const start = (options: ServerOptions = {}): Promise<ImapServer> => ImapServer.start({ users, ...options })
const last = (lines: readonly string[]): string => lines.at(-1) ?? ''
const capabilitiesOf = (line: string): string[] => /CAPABILITY ([^\]]*)/.exec(line)?.[1]?.split(' ') ?? []

describe('listeners', () => {
  it('speak TLS, STARTTLS and cleartext, each on a port of its own', async () => {
    await using server = await start()
    expect(new Set([server.port, server.tlsPort, server.startTlsPort]).size).toBe(3)
    await using tls = await RawClient.open({ port: server.tlsPort, ca: server.ca })
    expect(last(await tls.run(LOGIN))).toMatch(/^OK \[CAPABILITY /)
    await using plain = await RawClient.open({ port: server.port })
    expect(last(await plain.run(LOGIN))).toMatch(/^OK /)
    expect(server.connectOptions('alice')).toEqual({
      host: '127.0.0.1',
      port: server.tlsPort,
      security: 'tls',
      auth: { user: 'alice', password: 'se"cr\\et' },
      tls: { ca: server.ca },
    })
    expect(server.connectOptions('alice', { security: 'starttls' }).port).toBe(server.startTlsPort)
  })

  it('open only as asked', async () => {
    await using server = await start({ security: 'starttls' })
    expect(server.connectOptions('alice').security).toBe('starttls')
    expect(() => server.port).toThrow('does not listen for plaintext')
  })

  it('take no password before STARTTLS, and offer other capabilities behind it', async () => {
    await using server = await start()
    await using client = await RawClient.dial({ port: server.startTlsPort })
    const before = capabilitiesOf(await client.line())
    expect(before).toEqual(expect.arrayContaining(['STARTTLS', 'LOGINDISABLED', 'AUTH=SCRAM-SHA-256']))
    expect(before).not.toContain('AUTH=PLAIN')
    expect(last(await client.run(LOGIN))).toMatch(/^NO \[PRIVACYREQUIRED\]/)
    expect(last(await client.run('AUTHENTICATE PLAIN'))).toMatch(/^NO \[PRIVACYREQUIRED\]/)
    expect(last(await client.run('STARTTLS'))).toBe('OK Begin TLS')
    await client.startTls(server.ca)
    const after = capabilitiesOf((await client.ok('CAPABILITY'))[0] ?? '')
    expect(after).toContain('AUTH=PLAIN')
    expect(after).not.toContain('STARTTLS')
    expect(after).not.toContain('LOGINDISABLED')
    expect(last(await client.run('STARTTLS'))).toMatch(/^BAD/)
    expect(last(await client.run(LOGIN))).toMatch(/^OK/)
    expect(server.connections[0]?.secure).toBe(true)
  })

  it('refuse what is sent behind STARTTLS in the clear', async () => {
    await using server = await start()
    await using client = await RawClient.open({ port: server.startTlsPort })
    client.send('a STARTTLS\r\nb CAPABILITY\r\n')
    expect(last(await client.answer('a'))).toMatch(/^BAD Nothing may be sent behind STARTTLS/)
    expect(last(await client.answer('b'))).toMatch(/^OK/)
  })
})

describe('greetings', () => {
  it.each<[ServerOptions, RegExp]>([
    [{}, /^\* OK \[CAPABILITY IMAP4rev1 IMAP4rev2 /],
    [{ greetingCapabilities: false }, /^\* OK imapkit testing ready$/],
    [{ greeting: 'preauth' }, /^\* PREAUTH \[CAPABILITY /],
    [{ greeting: 'bye' }, /^\* BYE /],
  ])('%j', async (options, greeting) => {
    await using server = await start(options)
    await using client = await RawClient.dial({ port: server.port })
    expect(await client.line()).toMatch(greeting)
    if (options.greeting === 'bye') expect(await client.rest()).toBe('')
    if (options.greeting === 'preauth') expect(last(await client.run('SELECT INBOX'))).toMatch(/^OK/)
  })
})

describe('capabilities', () => {
  it('that are left out behave as not there', async () => {
    const gone =
      /^(IMAP4rev2|MOVE|IDLE|ID|UNSELECT|UIDPLUS|NAMESPACE|ENABLE|ESEARCH|ESORT|PARTIAL|CONTEXT=.*|SEARCH=FUZZY|CONDSTORE|QRESYNC|BINARY|LITERAL\+|SASL-IR|LIST-EXTENDED|LIST-STATUS|SPECIAL-USE|STATUS=SIZE|STARTTLS|CHILDREN|SEARCHRES)$/
    await using server = await start({ capabilities: (all) => all.filter((name) => !gone.test(name)) })
    await using client = await RawClient.open({ port: server.port })
    expect(last(await client.run('AUTHENTICATE PLAIN AGE='))).toMatch(/^BAD .*SASL-IR/)
    for (const command of ['ID NIL', 'STARTTLS']) expect(last(await client.run(command))).toMatch(/^BAD/)
    await client.ok(LOGIN)
    for (const command of [
      'NAMESPACE',
      'ENABLE CONDSTORE',
      'IDLE',
      'LIST "" * RETURN ()',
      'STATUS INBOX (SIZE)',
      'SELECT INBOX (CONDSTORE)',
    ]) {
      expect(`${command}: ${last(await client.run(command))}`).toMatch(/: BAD/)
    }
    expect(await client.ok('LIST "" *')).toEqual(['* LIST () "/" INBOX'])
    expect(await client.ok('SELECT INBOX')).not.toContainEqual(expect.stringContaining('HIGHESTMODSEQ'))
    for (const command of [
      'MOVE 1 INBOX',
      'UID EXPUNGE 1',
      'UNSELECT',
      'SEARCH RETURN () ALL',
      'SEARCH $',
      'FETCH 1 MODSEQ',
      'FETCH 1 BINARY[1]',
      'FETCH 1 FLAGS (CHANGEDSINCE 1)',
      'STORE 1 (UNCHANGEDSINCE 1) FLAGS ()',
      'SEARCH MODSEQ 1',
    ]) {
      expect(`${command}: ${last(await client.run(command))}`).toMatch(/: BAD/)
    }
    expect(last(await client.run('COPY 1 INBOX'))).toBe('OK COPY completed')
    expect(last(await client.run('APPEND INBOX {1+}\r\nx'))).toMatch(/^BAD .*LITERAL\+/)
  })

  it('may be a list of their own, with names that the server does not know', async () => {
    await using server = await start({ capabilities: ['IMAP4rev1', 'X-OWN', 'LITERAL-'] })
    await using client = await RawClient.open({ port: server.port })
    expect(await client.ok('CAPABILITY')).toEqual(['* CAPABILITY IMAP4rev1 X-OWN LITERAL-'])
    expect(last(await client.run('AUTHENTICATE PLAIN'))).toMatch(/^NO/)
    await client.ok(LOGIN)
    expect(last(await client.run(`APPEND INBOX {4096+}\r\n${'x'.repeat(4096)}`))).toMatch(/^OK/)
    expect(last(await client.run(`APPEND INBOX {4097+}\r\n${'x'.repeat(4097)}`))).toMatch(/^BAD \[TOOBIG\]/)
    expect(last(await client.run('NOOP'))).toBe('OK NOOP completed')
  })

  it('of IMAP4rev2 bring what it took in', async () => {
    await using server = await start({ capabilities: ['IMAP4rev2'] })
    await using client = await RawClient.open({ port: server.port })
    await client.ok(LOGIN)
    for (const command of [
      'ENABLE IMAP4rev2',
      'NAMESPACE',
      'SELECT INBOX',
      'SEARCH RETURN (COUNT) ALL',
      'UID MOVE 1 INBOX',
      'UNSELECT',
    ]) {
      await client.ok(command)
    }
    for (const command of ['LSUB "" *', 'STATUS INBOX (RECENT)', 'APPEND INBOX ~{1}'])
      expect(last(await client.run(command))).toMatch(/^BAD/)
  })
})

describe('commands', () => {
  let server: ImapServer
  beforeAll(async () => void (server = await start()))
  afterAll(() => server.close())

  it('are refused in the wrong state', async () => {
    await using client = await RawClient.open({ port: server.port })
    for (const command of ['SELECT INBOX', 'LIST "" *', 'FETCH 1 FLAGS', 'ENABLE CONDSTORE', 'IDLE']) {
      expect(`${command}: ${last(await client.run(command))}`).toMatch(
        /: BAD .* is not allowed in the not-authenticated state/,
      )
    }
    await client.ok(LOGIN)
    for (const command of ['FETCH 1 FLAGS', 'CLOSE', 'UID SEARCH ALL', LOGIN, 'STARTTLS']) {
      expect(`${command}: ${last(await client.run(command))}`).toMatch(
        /: BAD .* is not allowed in the authenticated state/,
      )
    }
    await client.ok('SELECT INBOX')
    for (const command of ['LIST "" *', 'STATUS INBOX (MESSAGES)', 'NOOP']) await client.ok(command)
    expect(last(await client.run('ENABLE CONDSTORE'))).toMatch(/^BAD/)
    expect(last(await client.run('SELECT nowhere'))).toBe('NO [NONEXISTENT] There is no such mailbox')
    expect(last(await client.run('FETCH 1 FLAGS'))).toMatch(/authenticated state/)
  })

  it('that break the syntax are BAD with a reason, and change nothing', async () => {
    await using client = await RawClient.open({ port: server.port })
    await client.ok(LOGIN)
    await client.ok('SELECT INBOX')
    const broken = [
      '',
      ' NOOP',
      'FOO',
      'UID',
      'UID NOOP',
      'NOOP ',
      'NOOP x',
      'SELECT',
      'SELECT  INBOX',
      'SELECT INBOX ()',
      'SELECT INBOX (FOO)',
      'SELECT "INBOX',
      'SELECT IN(BOX',
      'SELECT caf\xe9',
      'SELECT "caf\xc3\xa9"',
      'SELECT a&b',
      'CREATE ""extra',
      'LIST ""',
      'LIST "" (a b',
      'LIST (FOO) "" *',
      'LIST (RECURSIVEMATCH) "" *',
      'LIST "" * RETURN (STATUS)',
      'LIST "" * RETURN (STATUS ())',
      'STATUS INBOX MESSAGES',
      'STATUS INBOX ()',
      'STATUS INBOX (FOO)',
      'FETCH',
      'FETCH 1',
      'FETCH 0 FLAGS',
      'FETCH 1,, FLAGS',
      'FETCH 1:*:2 FLAGS',
      'FETCH 3 FLAGS',
      'FETCH 1  FLAGS',
      'FETCH 1 FLAGS ',
      'FETCH 1 FLAGS UID',
      'FETCH 1 (FLAGS',
      'FETCH 1 ()',
      'FETCH 1 (FLAGS  UID)',
      'FETCH 1 (ALL)',
      'FETCH 1 FOO',
      'FETCH 1 BODY[',
      'FETCH 1 BODY[0]',
      'FETCH 1 BODY[1.]',
      'FETCH 1 BODY[MIME]',
      'FETCH 1 BODY[HEADER.FIELDS]',
      'FETCH 1 BODY[HEADER.FIELDS ()]',
      'FETCH 1 BODY[]<0>',
      'FETCH 1 BODY[]<0.0>',
      'FETCH 1 BODY.PEEK',
      'FETCH 1 FLAGS (FOO 1)',
      'FETCH 1 FLAGS (CHANGEDSINCE)',
      'STORE 1 FLAGS',
      'STORE 1 FOO (\\Seen)',
      'STORE 1 +FLAGS.LOUD (\\Seen)',
      'STORE 1 FLAGS (\\Recent)',
      'STORE 1 FLAGS (\\Foo)',
      'STORE 1 FLAGS (a(b)',
      'SEARCH',
      'SEARCH FOO',
      'SEARCH ALL ALL ',
      'SEARCH OR SEEN',
      'SEARCH NOT',
      'SEARCH ()',
      'SEARCH SINCE 1-1-2026',
      'SEARCH SINCE 31-Feb-2026',
      'SEARCH HEADER Subject',
      'SEARCH LARGER -1',
      'SEARCH RETURN (FOO) ALL',
      'COPY 1',
      'COPY 1 a b',
      'APPEND INBOX',
      'APPEND INBOX "no literal"',
      'APPEND INBOX (\\Seen {1+}\r\nx',
      'APPEND INBOX "bad date" {1+}\r\nx',
      'APPEND INBOX {1+}\r\nx{1+}\r\ny',
      'APPEND INBOX {1+}\r\nx (\\Seen)',
      'RENAME a',
      'SUBSCRIBE',
      'IDLE x',
      'ID (a)',
      'ID ("a" "b" "A" "c")',
      'EXPUNGE 1',
      'UID EXPUNGE',
      'AUTHENTICATE',
    ]
    for (const command of broken) {
      const [answer] = await client.run(command)
      expect(`${command} => ${answer}`).toMatch(/ => BAD \S/)
    }
    expect((await client.ok('SEARCH ALL'))[0]).toBe('* SEARCH 1 2')
    expect(await client.ok('FETCH 1:* FLAGS')).toEqual(['* 1 FETCH (FLAGS ())', '* 2 FETCH (FLAGS ())'])
  })

  it('without a tag are answered untagged', async () => {
    await using client = await RawClient.open({ port: server.port })
    for (const line of ['\r\n', 'a+b NOOP\r\n', '* OK\r\n', '(\r\n', '\0\r\n']) {
      client.send(line)
      expect(await client.line()).toMatch(/^\* BAD /)
    }
    expect(last(await client.run('NOOP'))).toMatch(/^OK/)
  })

  it('with a bare LF or CR are BAD, and the next one is read', async () => {
    await using client = await RawClient.open({ port: server.port })
    client.send('a NOOP\nb NO\rOP\r\nc NOOP\r\n')
    expect(await client.line()).toMatch(/^a BAD .*bare LF/)
    expect(await client.line()).toMatch(/^b BAD Bare CR/)
    expect(await client.line()).toBe('c OK NOOP completed')
  })

  it('that are pipelined are carried out in order', async () => {
    await using client = await RawClient.open({ port: server.port })
    client.send(`a ${LOGIN}\r\nb SELECT INBOX\r\nc FETCH 1 UID\r\nd UNSELECT\r\ne FETCH 1 UID\r\nf LOGOUT\r\n`)
    const tagged = (await client.rest()).split('\r\n').filter((line) => /^[a-f] /.test(line))
    expect(tagged.map((line) => line.slice(0, 4).trim())).toEqual(['a OK', 'b OK', 'c OK', 'd OK', 'e BA', 'f OK'])
  })

  it('that make no sense, fifty in a row, end the connection', async () => {
    await using client = await RawClient.open({ port: server.port })
    client.send('GET / HTTP/1.1\r\n'.repeat(60))
    expect(await client.rest()).toMatch(/\* BYE Too many commands that make no sense\r\n$/)
  })
})

describe('literals', () => {
  it('are granted, refused, and thrown away when they are too long', async () => {
    await using server = await start({ limits: { literal: 100, line: 1000 } })
    await using client = await RawClient.open({ port: server.port })
    client.send('a LOGIN {5}\r\n')
    expect(await client.line()).toMatch(/^\+ /)
    client.send('alice {8}\r\n')
    expect(await client.line()).toMatch(/^\+ /)
    client.send('se"cr\\et\r\n')
    expect(await client.line()).toMatch(/^a OK/)

    expect(last(await client.run('APPEND INBOX {101}'))).toBe('NO [TOOBIG] The literal is too long')
    expect(last(await client.run(`APPEND INBOX {101+}\r\n${'\r\nz NOOP'.repeat(12)}12345`))).toMatch(/^NO \[TOOBIG\]/)
    expect(last(await client.run('APPEND nowhere {5}'))).toBe('NO [TRYCREATE] There is no such mailbox')
    expect(last(await client.run('FOO {5}'))).toMatch(/^BAD Unknown command/)
    expect(last(await client.run(`FOO ${'x'.repeat(2000)}`))).toMatch(/^BAD \[TOOBIG\] The line is too long/)
    expect(last(await client.run('APPEND INBOX {3+}\r\na\0b'))).toMatch(/^BAD NUL/)
    expect(last(await client.run('APPEND INBOX ~{3+}\r\na\0b'))).toMatch(/^OK/)
    expect(last(await client.run('APPEND INBOX {0+}\r\n'))).toMatch(/^NO An empty message/)
    client.send('b APPEND {5}\r\n')
    expect(await client.line()).toMatch(/^\+ /)
    client.send('INBOX {1}\r\n')
    expect(await client.line()).toMatch(/^\+ /)
    client.send('x\r\n')
    expect(last(await client.answer('b'))).toMatch(/^OK \[APPENDUID/)
    expect(server.user('alice').mailbox('INBOX').messages).toHaveLength(4)
  })

  it('that nobody could ever send end the connection', async () => {
    await using server = await start()
    await using client = await RawClient.open({ port: server.port })
    client.send('a LOGIN {99999999999+}\r\n')
    expect(await client.rest()).toMatch(/^\* BYE \[TOOBIG\]/)
  })
})

describe('the log', () => {
  it('holds what clients sent, without secrets', async () => {
    await using server = await start()
    await using client = await RawClient.open({ port: server.port })
    await client.run('LOGIN "al\\"ice" wrong')
    await client.run('login {5+}\r\nalice {5+}\r\nwrong')
    await client.run('LOGIN nospace')
    await client.run('AUTHENTICATE PLAIN AGFsaWNlAHdyb25n')
    client.send('x AUTHENTICATE PLAIN\r\n')
    await client.line()
    client.send('AGFsaWNlAHdyb25n\r\n')
    await client.answer('x')
    expect(server.log).toEqual([
      't1 LOGIN "al\\"ice" ***',
      't2 login {5+} ***',
      't3 LOGIN ***',
      't4 AUTHENTICATE PLAIN ***',
      'x AUTHENTICATE PLAIN',
      '***',
    ])
    server.clearLog()
    expect(server.log).toEqual([])
  })

  it('holds secrets when asked, and only so many lines', async () => {
    await using server = await start({ logSecrets: true, limits: { log: 10 } })
    await using client = await RawClient.open({ port: server.port })
    await client.run('LOGIN alice wrong')
    expect(server.log).toEqual(['t1 LOGIN alice wrong'])
    for (let i = 0; i < 100; i++) await client.run('NOOP')
    expect(server.log.length).toBeLessThanOrEqual(10)
    expect(server.log.at(-1)).toBe('t101 NOOP')
  })
})

describe('closing', () => {
  it('ends everything, twice if need be, and mid-handshake', async () => {
    const server = await start()
    const client = await RawClient.open({ port: server.port })
    const halfway = await RawClient.dial({ port: server.tlsPort })
    expect(server.connections.map(({ number, state, user }) => [number, state, user])).toEqual([
      [1, 'not-authenticated', null],
    ])
    await server.close()
    await server.close()
    expect(await client.rest()).toBe('')
    expect(await halfway.rest()).toBe('')
    expect(server.connections).toEqual([])
    await expect(RawClient.dial({ port: 1 })).rejects.toThrow()
  })

  it('of one connection: politely or not', async () => {
    await using server = await start()
    await using polite = await RawClient.open({ port: server.port })
    await using rude = await RawClient.open({ port: server.port })
    server.connections[0]?.bye('Maintenance')
    server.connections[1]?.destroy()
    expect(await polite.rest()).toBe('* BYE Maintenance\r\n')
    expect(await rude.rest()).toBe('')
  })
})
