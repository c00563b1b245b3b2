import { ImapServer, type ServerOptions } from 'imapkit/testing'
import { describe, expect, it } from 'vitest'
import { RawClient } from '../../unit/testing/raw-client.js'
import { capabilities, scene, tagged, without } from './tools.js'

const mail = [
  'Subject: one',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'Si vis pacem, para bellum.',
  '',
  '--b',
  'Content-Type: image/png',
  'Content-Transfer-Encoding: base64',
  '',
  'AAEC/w==',
  '--b',
  'Content-Type: image/png',
  'Content-Transfer-Encoding: x-blurdybloop',
  '',
  'zzzz',
  '--b--',
  '',
].join('\n')

const rump = 'imap://joe@example.com/INBOX/;uid=1/;section=1;urlauth='

async function start(options: ServerOptions = {}) {
  const server = await ImapServer.start({
    security: 'plaintext',
    users: {
      joe: { password: 'a', mailboxes: { INBOX: [mail], box: [mail] } },
      fred: { password: 'b' },
      submitserver: { password: 'c' },
      guest: {},
    },
    anonymous: 'guest',
    extensions: { urlSubmitters: ['submitserver'] },
    ...options,
  })
  const clients: RawClient[] = []
  const login = async (command: string): Promise<RawClient> => {
    const client = await RawClient.open({ port: server.port })
    clients.push(client)
    await client.ok(command)
    return client
  }
  return {
    server,
    login,
    joe: await login('LOGIN joe a'),
    async [Symbol.asyncDispose]() {
      for (const each of clients) await each[Symbol.asyncDispose]()
      await server.close()
    },
  }
}

/** Has a URL authorized. */
async function authorize(client: RawClient, url: string): Promise<string> {
  const [line] = await client.ok(`GENURLAUTH "${url}" INTERNAL`)
  return /^\* GENURLAUTH "([^"]*)"$/.exec(line ?? '')?.[1] ?? ''
}

describe('URLAUTH (RFC 4467)', () => {
  it('authorizes a URL, and gives what it names to a submission server', async () => {
    await using at = await start()
    expect(await capabilities(at.joe)).toEqual(expect.arrayContaining(['URLAUTH', 'URLAUTH=BINARY']))
    const url = await authorize(at.joe, `${rump}submit+fred`)
    expect(url).toMatch(
      /^imap:\/\/joe@example\.com\/INBOX\/;uid=1\/;section=1;urlauth=submit\+fred:internal:[0-9a-f]{32,}$/,
    )
    const submit = await at.login('LOGIN submitserver c')
    expect(await submit.ok(`URLFETCH "${url}"`)).toEqual([`* URLFETCH "${url}" {28}`, 'Si vis pacem, para bellum.', ''])
    const fred = await at.login('LOGIN fred b')
    expect(await fred.ok(`URLFETCH "${url}"`)).toEqual([`* URLFETCH "${url}" NIL`])
    // Nothing is seen by that, and nothing is selected.
    expect(at.server.user('joe').mailbox('INBOX').messages[0]?.flags).toEqual([])
  })

  it.each([
    ['user+fred', { fred: true, joe: false, submitserver: false, guest: false }],
    ['authuser', { fred: true, joe: true, submitserver: true, guest: false }],
    ['anonymous', { fred: true, joe: true, submitserver: true, guest: true }],
    ['submit+fred', { fred: false, joe: false, submitserver: true, guest: false }],
  ])('lets those in whom %s names', async (access, may) => {
    await using at = await start()
    const url = await authorize(at.joe, rump + access)
    const logins = {
      joe: 'LOGIN joe a',
      fred: 'LOGIN fred b',
      submitserver: 'LOGIN submitserver c',
      guest: 'AUTHENTICATE ANONYMOUS =',
    }
    for (const [user, wanted] of Object.entries(may)) {
      const client = await at.login(logins[user as keyof typeof logins])
      const [line] = await client.ok(`URLFETCH ${url}`)
      expect([user, line]).toEqual([user, `* URLFETCH "${url}" ${wanted ? '{28}' : 'NIL'}`])
    }
  })

  it('gives NIL for what is not valid, several at once', async () => {
    await using at = await start()
    const url = await authorize(at.joe, `${rump}authuser`)
    const gone = await authorize(at.joe, 'imap://joe@example.com/INBOX/;uid=9;urlauth=authuser')
    const part = await authorize(at.joe, 'imap://joe@example.com/INBOX/;uid=1/;section=200;urlauth=authuser')
    const late = await authorize(at.joe, 'imap://joe@h/INBOX/;uid=1;EXPIRE=2020-01-01T00:00:00Z;urlauth=authuser')
    const wrong = [
      url.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
      url.replace('uid=1', 'uid=2'),
      url.replace('section=1', 'section=2'),
      url.replace('authuser', 'anonymous'),
      url.replace('example.com', 'EXAMPLE.com'),
      url.replace('/INBOX', '/box'),
      url.replace('joe@', 'fred@'),
      url.replace('joe@', 'nobody@'),
      url.replace(':internal:', ':xsample:'),
      `${rump}authuser`,
      gone,
      part,
      late,
      'imap://joe@example.com/INBOX',
      'imap://joe@example.com/',
      'nonsense',
    ]
    for (const each of wrong) expect(await at.joe.ok(`URLFETCH "${each}"`)).toEqual([`* URLFETCH "${each}" NIL`])
    expect(await at.joe.ok(`URLFETCH "${gone}" "${url}"`)).toEqual([
      `* URLFETCH "${gone}" NIL "${url}" {28}`,
      'Si vis pacem, para bellum.',
      '',
    ])
  })

  it('takes a time until which the URL is valid, and a part of a part', async () => {
    await using at = await start()
    const url = await authorize(
      at.joe,
      'imap://joe@h:143/INBOX/;uid=1/;section=1/;PARTIAL=0.6;EXPIRE=2999-12-31T23:59:59+01:00;urlauth=authuser',
    )
    expect((await at.joe.ok(`URLFETCH "${url}"`)).slice(1)).toEqual(['Si vis'])
  })

  it.each([
    ['no access identifier', '"imap://joe@example.com/INBOX/;uid=1/;section=1" INTERNAL'],
    ['no owner', '"imap://example.com/INBOX/;uid=1/;section=1;urlauth=submit+fred" INTERNAL'],
    ['another owner', '"imap://fred@example.com/INBOX/;uid=1;urlauth=authuser" INTERNAL'],
    ['no such mailbox', '"imap://joe@example.com/Nowhere/;uid=1;urlauth=authuser" INTERNAL'],
    ['a mailbox', '"imap://joe@example.com/INBOX;urlauth=authuser" INTERNAL'],
    ['an access identifier that is not known', '"imap://joe@example.com/INBOX/;uid=1;urlauth=everybody" INTERNAL'],
    ['submit+ nobody', '"imap://joe@example.com/INBOX/;uid=1;urlauth=submit+" INTERNAL'],
    ['a day that is no date and time', '"imap://joe@h/INBOX/;uid=1;EXPIRE=2030-01-01;urlauth=authuser" INTERNAL'],
    ['another mechanism', '"imap://joe@example.com/INBOX/;uid=1;urlauth=authuser" XSAMPLE'],
    ['no mechanism', '"imap://joe@example.com/INBOX/;uid=1;urlauth=authuser"'],
    ['nothing', ''],
  ])('authorizes no URL with %s', async (_what, rest) => {
    await using at = await start()
    expect(await tagged(at.joe, `GENURLAUTH ${rest}`.trimEnd())).toMatch(/^BAD /)
  })

  it('revokes URLs: of a mailbox, or all of them', async () => {
    await using at = await start()
    const { joe } = at
    const inbox = await authorize(joe, `${rump}authuser`)
    const box = await authorize(joe, 'imap://joe@example.com/box/;uid=1;urlauth=authuser')
    const valid = async (url: string) => !(await joe.ok(`URLFETCH "${url}"`))[0]?.endsWith(' NIL')
    expect([await valid(inbox), await valid(box)]).toEqual([true, true])
    const other = await at.login('LOGIN joe a')
    expect(await other.ok('SELECT INBOX')).toContainEqual(expect.stringMatching(/^\* OK \[URLMECH INTERNAL\] /))
    expect(await tagged(joe, 'RESETKEY INBOX')).toMatch(/^OK \[URLMECH INTERNAL\] /)
    expect(await other.line()).toMatch(/^\* OK \[URLMECH INTERNAL\] /)
    expect([await valid(inbox), await valid(box)]).toEqual([false, true])
    expect(await tagged(joe, 'RESETKEY')).toMatch(/^OK [^[]/)
    expect(await valid(box)).toBe(false)
    expect(await tagged(joe, 'RESETKEY INBOX internal')).toMatch(/^OK \[URLMECH INTERNAL\] /)
    expect(await tagged(joe, 'RESETKEY Nowhere')).toMatch(/^NO \[NONEXISTENT\]/)
    expect(await tagged(joe, 'RESETKEY INBOX XSAMPLE')).toMatch(/^BAD /)
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene({}, { capabilities: without('URLAUTH', 'URLAUTH=BINARY') })
    for (const command of ['RESETKEY', 'GENURLAUTH a INTERNAL', 'URLFETCH a']) {
      expect(await tagged(at.client, command)).toMatch(/^BAD /)
    }
    expect((await at.client.ok('SELECT INBOX')).join('\n')).not.toContain('URLMECH')
  })
})

describe('URLAUTH=BINARY (RFC 5524)', () => {
  const fetch = async (section: string, parameters: string) => {
    await using at = await start()
    const url = await authorize(at.joe, `imap://joe@example.com/INBOX/;uid=1${section};urlauth=anonymous`)
    const lines = await at.joe.ok(`URLFETCH ("${url}"${parameters})`)
    expect(lines[0]?.startsWith(`* URLFETCH "${url}" `)).toBe(true)
    return [lines[0]?.slice(`* URLFETCH "${url}" `.length), ...lines.slice(1)]
  }

  it.each([
    ['/;section=1', '', ['{28}', 'Si vis pacem, para bellum.', '']],
    ['/;section=1', ' BINARY', ['(BINARY {28}', 'Si vis pacem, para bellum.', ')']],
    [
      '/;section=2',
      ' BINARY BODYPARTSTRUCTURE',
      ['(BODYPARTSTRUCTURE ("image" "png" NIL NIL NIL "binary" 4)) (BINARY ~{4}', '\0\x01\x02\xff)'],
    ],
    ['/;section=2', ' BODYPARTSTRUCTURE', ['(BODYPARTSTRUCTURE ("image" "png" NIL NIL NIL "base64" 8))']],
    [
      '/;section=2',
      ' BODYPARTSTRUCTURE BODY',
      ['(BODYPARTSTRUCTURE ("image" "png" NIL NIL NIL "base64" 8)) (BODY {8}', 'AAEC/w==)'],
    ],
    ['/;section=2/;partial=1.2', ' BINARY', ['(BINARY {2}', '\x01\x02)']],
    [
      '/;section=3',
      ' BODYPARTSTRUCTURE BINARY',
      ['(BODYPARTSTRUCTURE ("image" "png" NIL NIL NIL "x-blurdybloop" 4)) (BINARY NIL)'],
    ],
    ['/;section=200', ' BODYPARTSTRUCTURE BODY', ['NIL']],
    ['/;section=HEADER.FIELDS%20(Subject)', ' BINARY', ['(BINARY {16}', 'Subject: one', '', ')']],
  ])('answers %s with%s', async (section, parameters, answer) => {
    expect(await fetch(section, parameters)).toEqual(answer)
  })

  it.each([' BINARY BODY', ' BODY BODY', ' SIZE', ' BINARY ', '  BODY'])('has no%s', async (parameters) => {
    await using at = await start()
    expect(await tagged(at.joe, `URLFETCH ("imap://x"${parameters})`)).toMatch(/^BAD /)
  })

  it('is not there unless it is offered', async () => {
    await using at = await start({ capabilities: without('URLAUTH=BINARY') })
    expect(await tagged(at.joe, 'URLFETCH ("imap://x" BODY)')).toMatch(/^BAD /)
    expect(await at.joe.ok('URLFETCH "imap://x"')).toEqual(['* URLFETCH "imap://x" NIL'])
  })
})
