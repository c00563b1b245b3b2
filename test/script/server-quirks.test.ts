import { describe, expect, it } from 'vitest'
import { ArgumentError, CapabilityError, connect, uids, type ConnectOptions } from 'imapkit'
import { ImapServer } from 'imapkit/testing'
import { QUIRK_NAMES, QUIRKS } from '../../src/client/quirk-table.js'
import { Quirks } from '../../src/client/quirks.js'
import { rejection } from '../behaviour/tools.js'
import { QUIET, scene, scripted, type Scene } from './client-tools.js'

const sent = (it: Scene): string[] =>
  it.trace.filter((line) => line.startsWith('out')).map((line) => line.replace(/^out (\S+ )?(?=[A-Z]+)/, ''))

/** How servers show themselves. */
const GREETINGS = {
  exchange: 'The Microsoft Exchange IMAP4 service is ready. [TQBXAEgA]',
  exchange2003: 'Microsoft Exchange Server 2003 IMAP4rev1 server version 6.5.7638.1 (mail.example.org) ready.',
  gmail: 'Gimap ready for requests from 192.0.2.1 ab12',
  netease: 'Coremail System IMap Server Ready(163com[0a1b])',
  qq: 'QQMail XMIMAP4Server ready',
  strato: 'RZimapd ready',
  uw: 'mail.example.org IMAP4rev1 2007e.404 at Mon, 7 Jun 2010 10:00:00 +0200 (CEST)',
  yandex: 'Yandex IMAP4rev1 at imap.example.org ready to talk with [192.0.2.1]',
} as const

const preauth = (text: string, more = ''): string => `S: * PREAUTH [CAPABILITY IMAP4rev1 ${more}] ${text}\n`
const selects = (count: number): string => `
  C: <t> SELECT INBOX
  S: * ${count} EXISTS
  S: <t> OK [READ-WRITE] in
`

describe('quirks are detected', () => {
  it.each([
    ['exchange', ['LOGIN-ONLY']],
    ['exchange2003', ['LOGIN-ONLY', 'NAMESPACE-DROPS']],
    ['gmail', ['IDLE-SHORT']],
    ['netease', ['ID-TWICE']],
    ['qq', ['IDLE-UNRELIABLE']],
    ['strato', ['LIST-EXTENDED-FAILS', 'REV2-FAILS']],
    ['uw', ['SHORT-COMMANDS']],
    ['yandex', ['IDLE-SHORT']],
  ] as const)('by the greeting of %s', async (server, expected) => {
    await using it = await scene(preauth(GREETINGS[server]))
    expect([...it.client.quirks].sort()).toEqual(expected)
  })

  it.each([
    ['iCloud', 'XAPPLEPUSHSERVICE', ['ANNOTATE-FAILS', 'ENABLE-SILENT']],
    ['Yahoo', 'XYMHIGHESTMODSEQ', ['SHORT-COMMANDS', 'VIEW-CAPPED']],
    ['Gmail', 'X-GM-EXT-1', ['IDLE-SHORT']],
  ])('by what %s announces', async (_, capability, expected) => {
    await using it = await scene(preauth('ready', capability))
    expect([...it.client.quirks].sort()).toEqual(expected)
  })

  it('by the answer to ID', async () => {
    await using it = await scene(
      `${preauth('ready', 'ID')}
      C: <t> ID ("name" "test")
      S: * ID ("name" "GNU Mailutils" "version" "3.15")
      S: <t> OK done
    `,
      { id: { name: 'test' } },
    )
    expect([...it.client.quirks]).toEqual(['IDLE-UNRELIABLE'])
  })

  it('nowhere else', async () => {
    await using it = await scene(preauth('Dovecot ready.', 'IDLE NAMESPACE LIST-EXTENDED ANNOTATE-EXPERIMENT-1'))
    expect([...it.client.quirks]).toEqual([])
  })

  it.each([
    ['tls', ['IDLE-UNRELIABLE']],
    ['starttls', []],
  ] as const)('by a greeting that TLS protects, and by no other: %s', async (security, expected) => {
    await using server = await ImapServer.start({ security, users: { alice: { password: 'secret' } } })
    server.fault({ command: 'GREETING', answer: `OK ${GREETINGS.qq}` })
    await using client = await connect({ ...server.connectOptions('alice'), ...QUIET })
    expect([...client.quirks]).toEqual(expected)
  })

  it('and are each described', () => {
    for (const name of QUIRK_NAMES) {
      const { summary, source } = QUIRKS[name]
      expect([name, summary, source]).toEqual([
        expect.stringMatching(/^[A-Z0-9]+(-[A-Z0-9]+)+$/),
        expect.stringMatching(/\.$/),
        expect.stringMatching(/\w/),
      ])
    }
  })
})

describe('the option quirks', () => {
  it('switches one off', async () => {
    await using it = await scene(preauth(GREETINGS.exchange2003, 'NAMESPACE'), { quirks: { 'NAMESPACE-DROPS': false } })
    expect([...it.client.quirks]).toEqual(['LOGIN-ONLY'])
    expect(it.client.capabilities.has('NAMESPACE')).toBe(true)
  })

  it('switches one on', async () => {
    await using it = await scene(preauth('ready', 'NAMESPACE IDLE'), { quirks: { 'NAMESPACE-DROPS': true } })
    expect([...it.client.quirks]).toEqual(['NAMESPACE-DROPS'])
    expect([...it.client.capabilities]).toEqual(['IMAP4REV1', 'IDLE'])
  })

  it.each([
    ['an unknown name', { NONE: true }, /NONE is no quirk: use ANNOTATE-FAILS, /],
    ['a name of every object', { constructor: true }, /constructor is no quirk/],
    ['a name that is only met', { 'IDLE-REFUSED': true }, /IDLE-REFUSED is no quirk/],
    ['what is no boolean', { 'ID-TWICE': 1 }, /quirks.ID-TWICE is true or false/],
    ['what is no object', 'ID-TWICE', /quirks is an object/],
  ])('refuses %s', async (_, quirks, message) => {
    const options = { host: 'localhost', quirks } as unknown as ConnectOptions
    const error = await rejection(connect(options))
    expect(error).toBeInstanceOf(ArgumentError)
    expect(error).toMatchObject({ message: expect.stringMatching(message) as string })
  })
})

describe('what is done about them', () => {
  it('NAMESPACE-DROPS: NAMESPACE is never sent', async () => {
    await using it = await scene(`${preauth(GREETINGS.exchange2003, 'NAMESPACE')}
      C: <t> LIST "" *
      S: * LIST () "/" INBOX
      S: * LIST () "/" Drafts
      S: <t> OK done
    `)
    expect((await it.client.specialUses()).get('\\Drafts')?.mailbox).toBe('Drafts')
    expect(await rejection(it.client.namespace())).toBeInstanceOf(CapabilityError)
    await it.done
  })

  it('ANNOTATE-FAILS: SELECT with ANNOTATE is refused before it is sent', async () => {
    await using it = await scene(preauth('ready', 'XAPPLEPUSHSERVICE ANNOTATE-EXPERIMENT-1'))
    expect(await rejection(it.client.select('INBOX', { annotate: true }))).toBeInstanceOf(CapabilityError)
    expect(sent(it)).toEqual([])
  })

  it.each([
    ['is believed of iCloud', 'XAPPLEPUSHSERVICE', ['CONDSTORE', 'QRESYNC']],
    ['enables nothing elsewhere', '', []],
  ])('ENABLE-SILENT: an OK without names %s', async (_, more, expected) => {
    await using it = await scene(
      `${preauth('ready', `ENABLE CONDSTORE QRESYNC ${more}`)}
      C: <t> ENABLE CONDSTORE QRESYNC
      S: * ENABLED
      S: <t> OK ENABLE completed
    `,
      { enable: ['QRESYNC'] },
    )
    expect([...it.client.enabled].sort()).toEqual(expected)
  })

  it('SHORT-COMMANDS: sets are cut at 1,000 octets', async () => {
    const odd = Array.from({ length: 600 }, (_, index) => 10_001 + 2 * index)
    const lines = uids(odd).chunks(1000)
    expect(lines.length).toBeGreaterThan(1)
    const stores = lines.map((line) => `C: <t> UID STORE ${line.toString()} +FLAGS.SILENT (\\Seen)\nS: <t> OK done`)
    await using it = await scene(preauth('ready', 'XYMHIGHESTMODSEQ') + selects(600) + stores.join('\n'))
    const inbox = await it.client.select('INBOX')
    await inbox.store(uids(odd), { add: ['\\Seen'], silent: true })
    await it.done
  })

  it('VIEW-CAPPED: a mailbox that may have more messages costs a warning', async () => {
    await using it = await scene(preauth('ready', 'XYMHIGHESTMODSEQ') + selects(10_000) + selects(9_999))
    await it.client.select('INBOX')
    expect(it.warnings).toEqual([expect.stringContaining('10000 messages')])
    await it.client.select('INBOX')
    expect(it.warnings).toHaveLength(1)
  })

  it.each([
    ['one pair is asked once more', '("name" "x")', true],
    ['more pairs are not', '("name" "x" "vendor" "y")', false],
  ])('ID-TWICE: an answer of %s', async (_, answer, twice) => {
    const round = `
      C: <t> ID ("name" "test" "version" "1")
      S: * ID ${answer}
      S: <t> OK done
    `
    const again = round.replace(answer, '("name" "x" "vendor" "y")')
    await using it = await scene(preauth(GREETINGS.netease, 'ID') + round + (twice ? again : ''), {
      id: { name: 'test', version: '1' },
    })
    expect(it.client.serverId?.get('vendor')).toBe('y')
    await it.done
  })

  it.each([
    ['with a slash', 'dept/ada', true],
    ['with a backslash', 'DEPT\\ada', true],
    ['without', 'ada', false],
  ])('LOGIN-ONLY: a user %s', async (_, user, isLogin) => {
    const plain = Buffer.from(`\0${user}\0pw`).toString('base64')
    const shown = user.includes('\\') ? `"${user.replace('\\', '\\\\')}"` : user
    const { server, options } = await scripted(`
      S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ${GREETINGS.exchange}
      C: <t> ${isLogin ? `LOGIN ${shown} pw` : `AUTHENTICATE PLAIN ${plain}`}
      S: <t> OK [CAPABILITY IMAP4rev1] in
    `)
    try {
      const client = await connect({ ...options, ...QUIET, auth: { user, password: 'pw' } })
      client.close()
      await server.done
    } finally {
      await server.close()
    }
  })

  it('IDLE-UNRELIABLE: NOOP is sent beside IDLE', async () => {
    const counts: number[] = []
    await using it = await scene(
      `${preauth(GREETINGS.qq, 'IDLE')}${selects(1)}
      C: <i> IDLE
      S: + idling
      C: DONE
      S: <i> OK done
      C: <t> NOOP
      S: * 2 EXISTS
      S: <t> OK done
      C: <i> IDLE
      S: + idling
    `,
      { idle: { delayMs: 0, pollMs: 20 }, on: { exists: ({ count }) => void counts.push(count) } },
    )
    await it.client.select('INBOX')
    await it.done
    expect(counts).toEqual([2])
  })

  it('IDLE-SHORT: IDLE is begun anew after five minutes at most', () => {
    const quirks = new Quirks({ 'IDLE-SHORT': true })
    expect(quirks.idleMs(29 * 60_000)).toBe(300_000)
    expect(quirks.idleMs(1000)).toBe(1000)
    expect(new Quirks().idleMs(29 * 60_000)).toBe(29 * 60_000)
  })

  it('REV2-FAILS: IMAP4rev2 is not enabled', async () => {
    await using it = await scene(`${preauth(GREETINGS.strato, 'IMAP4rev2 ENABLE LIST-EXTENDED')}
      C: <t> LIST "" *
      S: * LIST () "/" INBOX
      S: <t> OK done
    `)
    expect((await it.client.list()).map(({ name }) => name)).toEqual(['INBOX'])
    expect(it.client.enabled.size).toBe(0)
    await it.done
  })
})

describe('LIST with RETURN', () => {
  const EXTENDED = 'LIST-EXTENDED SPECIAL-USE'
  const plainly = `
    C: <t> LIST "" *
    S: * LIST (\\Sent) "/" Sent
    S: * LIST () "/" INBOX
    S: <t> OK done
  `

  it('that is BAD is not tried again', async () => {
    await using it = await scene(`${preauth('ready', EXTENDED)}
      C: <t> LIST "" * RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)
      S: <t> BAD unexpected
      ${plainly}${plainly}
    `)
    expect((await it.client.list()).map(({ name }) => name)).toEqual(['Sent', 'INBOX'])
    expect([...it.client.quirks]).toEqual(['LIST-EXTENDED-FAILS'])
    expect(it.warnings).toHaveLength(1)
    expect((await it.client.list())[0]?.specialUse).toBe('\\Sent')
    await it.done
  })

  it('that finds nothing is not tried again', async () => {
    await using it = await scene(`${preauth('ready', EXTENDED)}
      C: <t> LIST "" * RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)
      S: <t> OK done
      C: <t> LIST "" INBOX
      S: * LIST () "/" INBOX
      S: <t> OK done
      ${plainly}
    `)
    expect((await it.client.list()).map(({ name }) => name)).toEqual(['Sent', 'INBOX'])
    await it.done
  })

  it('is believed where the user says so', async () => {
    await using it = await scene(
      `${preauth('ready', EXTENDED)}
      C: <t> LIST "" * RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)
      S: <t> BAD unexpected
    `,
      { quirks: { 'LIST-EXTENDED-FAILS': false } },
    )
    expect(await rejection(it.client.list())).toMatchObject({ code: 'ERR_IMAP_BAD' })
    expect([...it.client.quirks]).toEqual([])
  })

  it('takes the place of LSUB with IMAP4rev2', async () => {
    await using it = await scene(`S: * PREAUTH [CAPABILITY IMAP4rev2] ready
      C: <e> ENABLE IMAP4REV2
      S: * ENABLED IMAP4rev2
      S: <e> OK done
      C: <t> LIST (SUBSCRIBED) "" % RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)
      S: * LIST (\\Subscribed) "/" INBOX
      S: <t> OK done
    `)
    expect((await it.client.lsub('%')).map(({ name }) => name)).toEqual(['INBOX'])
    expect(sent(it)).toHaveLength(2)
  })
})
