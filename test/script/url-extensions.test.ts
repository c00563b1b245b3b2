import { createConnection } from 'node:net'
import { describe, expect, it } from 'vitest'
import {
  ArgumentError,
  CapabilityError,
  connect,
  ConvertError,
  type ConvertQuery,
  genUrlAuth,
  type ImapUrl,
  parseImapUrl,
  ProtocolError,
  resetKey,
  StateError,
  type Uid,
  uids,
  urlFetch,
} from 'imapkit'
import type { ScriptStep } from 'imapkit/testing'
import { rejection } from '../behaviour/tools.js'
import { QUIET, scene, scripted } from './client-tools.js'

const TOKEN = '91354a473744909de610943775f92038'
const RUMP = 'imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred'
const URL = `${RUMP}:internal:${TOKEN}`

const greeting = (more = ''): string => `S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+ ${more}] ready`
const outgoing = (trace: readonly string[]) => trace.filter((line) => line.startsWith('out '))

describe('URLAUTH', () => {
  it('authorizes URLs (RFC 4467 §7)', async () => {
    await using it = await scene([
      greeting('URLAUTH'),
      `C: <t> GENURLAUTH "${RUMP}" INTERNAL`,
      `S: * GENURLAUTH "${URL}"`,
      'S: <t> OK GENURLAUTH completed',
    ])
    expect(await it.client.url.generate([RUMP])).toEqual([URL])
    await it.done
  })

  it('authorizes URLs that are made of parts, by another mechanism', async () => {
    const first = 'imap://joe@example.com/INBOX/;UID=20;EXPIRE=2030-01-01T00:00:00Z;URLAUTH=user+fred'
    await using it = await scene([
      greeting('URLAUTH'),
      `C: <t> GENURLAUTH "${first}" XSAMPLE "${RUMP}" XSAMPLE`,
      'S: * GENURLAUTH a',
      'S: * GENURLAUTH b',
      'S: <t> OK done',
    ])
    expect(await it.client.url.generate([parseImapUrl(first), RUMP], { mechanism: 'XSAMPLE' })).toEqual(['a', 'b'])
    await it.done
  })

  it.each([
    ['no URL', []],
    ['no list', RUMP],
    ['what is no URL', ['x']],
    ['a URL without its owner', [RUMP.replace('joe@', '')]],
    ['a URL without an access identifier', ['imap://joe@example.com/INBOX/;uid=20/;section=1.2']],
    ['a URL that is authorized already', [URL]],
    [
      'parts that cannot be written',
      [{ scheme: 'imap', host: 'h', user: 'u', urlAuth: { access: { identifier: 'authuser' } } }],
    ],
  ])('refuses to authorize %s', (_, urls) => {
    expect(() => genUrlAuth(urls as readonly (string | ImapUrl)[])).toThrow(ArgumentError)
  })

  it('refuses an answer that lacks a URL', async () => {
    await using it = await scene([greeting('URLAUTH'), `C: <t> GENURLAUTH "${RUMP}" INTERNAL`, 'S: <t> OK done'])
    expect(await rejection(it.client.url.generate([RUMP]))).toBeInstanceOf(ProtocolError)
  })

  it('makes new keys (RFC 4467 §7)', async () => {
    await using it = await scene([
      greeting('URLAUTH'),
      'C: <t> RESETKEY',
      'S: <t> OK All keys removed',
      'C: <t> RESETKEY INBOX',
      'S: * OK [URLMECH INTERNAL] mechs',
      'S: <t> OK done',
      'C: <t> RESETKEY INBOX XSAMPLE',
      'S: <t> OK [URLMECH INTERNAL XSAMPLE=P34OKhO7VEkCbsiYY8rGEg==] done',
    ])
    expect(await it.client.url.resetKeys()).toEqual([])
    expect(await it.client.url.resetKeys('INBOX')).toEqual([{ name: 'INTERNAL' }])
    expect(await it.client.run(resetKey('INBOX', ['XSAMPLE']))).toEqual([
      { name: 'INTERNAL' },
      { name: 'XSAMPLE', data: 'P34OKhO7VEkCbsiYY8rGEg==' },
    ])
    await it.done
  })

  it.each([
    ['an empty name', '', []],
    ['a mechanism without a mailbox', undefined, ['INTERNAL']],
    ['a mechanism that is none', 'INBOX', ['a b']],
  ])('refuses keys for %s', (_, mailbox, mechanisms) => {
    expect(() => resetKey(mailbox, mechanisms)).toThrow(ArgumentError)
  })

  it('fetches URLs (RFC 4467 §7), each with its own answer', async () => {
    await using it = await scene([
      greeting('URLAUTH'),
      `C: <t> URLFETCH "a" "${URL}" "a" "b"`,
      'S: * URLFETCH b NIL a "1"',
      `S: * URLFETCH "${URL}" {28}`,
      'S: Si vis pacem, para bellum.',
      'S: ',
      'S: * URLFETCH a ""',
      'S: <t> OK URLFETCH completed',
    ])
    const found = await it.client.url.fetch(['a', URL, { url: 'a' }, { url: 'b', content: 'BODY' }])
    expect(found.map((each) => each && { url: each.url, text: String(each.bytes) })).toEqual([
      { url: 'a', text: '1' },
      { url: URL, text: 'Si vis pacem, para bellum.\r\n' },
      { url: 'a', text: '' },
      null,
    ])
    await it.done
  })

  it('fetches URLs with their structure, decoded (RFC 5524 §4)', async () => {
    await using it = await scene([
      greeting('URLAUTH URLAUTH=BINARY'),
      'C: <t> URLFETCH ("a" BINARY BODYPARTSTRUCTURE) ("b" BODYPARTSTRUCTURE) ("c" BINARY)',
      'S: * URLFETCH "a" (BODYPARTSTRUCTURE ("IMAGE" "PNG" () NIL NIL "BINARY" 3)) (BINARY ~{3}',
      { send: Buffer.from('\0\r\n)\r\n') },
      'S: * URLFETCH "b" (BODYPARTSTRUCTURE ("IMAGE" "PNG" () NIL NIL "BASE64" 164)) "c" (BINARY NIL)',
      'S: <t> OK done',
    ])
    const [a, b, c] = await it.client.url.fetch([
      { url: 'a', content: 'BINARY', structure: true },
      { url: 'b', content: false, structure: true },
      { url: 'c', content: 'BINARY' },
    ])
    expect(Buffer.from(a?.bytes ?? [])).toEqual(Buffer.from('\0\r\n'))
    expect(a?.bodyStructure).toMatchObject({ type: 'image/png', encoding: 'binary', size: 3 })
    expect(b).toMatchObject({ bytes: null, bodyStructure: { encoding: 'base64' } })
    expect(c).toEqual({ url: 'c', bytes: null })
    await it.done
  })

  it.each([
    ['none', []],
    ['a URL with a space', ['a b']],
    ['what is no request', [null]],
    ['a content that is none', [{ url: 'a', content: 'TEXT' }]],
    ['a request for nothing', [{ url: 'a', content: false }]],
  ])('refuses to fetch %s', (_, requests) => {
    expect(() => urlFetch(requests as readonly string[])).toThrow(ArgumentError)
  })

  it('refuses an answer that lacks a URL that was asked for', async () => {
    await using it = await scene([greeting('URLAUTH'), 'C: <t> URLFETCH "a"', 'S: * URLFETCH b "x"', 'S: <t> OK done'])
    expect(await rejection(it.client.url.fetch(['a']))).toBeInstanceOf(ProtocolError)
  })

  it.each([
    ['URLAUTH', '', 'a'],
    ['URLAUTH=BINARY', 'URLAUTH', { url: 'a', content: 'BINARY' as const }],
    ['URL-PARTIAL', 'URLAUTH', `imap://u@h/a/;UID=1/;PARTIAL=1;URLAUTH=anonymous:INTERNAL:${TOKEN}`],
  ])('needs %s', async (needs, has, request) => {
    await using it = await scene([greeting(has)])
    const error = await rejection(it.client.url.fetch([request]))
    expect(error).toBeInstanceOf(CapabilityError)
    expect(error).toMatchObject({ needs })
    expect(outgoing(it.trace)).toEqual([])
  })

  it('keeps tokens out of what is logged', async () => {
    await using it = await scene([
      greeting('URLAUTH'),
      `C: <t> GENURLAUTH "${RUMP}" INTERNAL`,
      `S: * GENURLAUTH "${URL}"`,
      'S: <t> OK done',
      `C: <t> URLFETCH "${URL}"`,
      `S: * URLFETCH "${URL}" "x"`,
      'S: <t> OK done',
    ])
    const urls = await it.client.url.generate([RUMP])
    await it.client.url.fetch(urls)
    expect(it.trace.join('\n')).not.toContain(TOKEN)
    expect(it.trace.filter((line) => line.includes('urlauth=submit+fred:internal:***'))).toHaveLength(3)
  })
})

describe('fetchUrl', () => {
  /** A client that has logged in as joe, so that URLs can name him. */
  async function joe(script: readonly ScriptStep[]) {
    const { server, options } = await scripted([
      'S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready',
      'C: <t> AUTHENTICATE PLAIN AGpvZQBzZWNyZXQ=',
      'S: <t> OK [CAPABILITY IMAP4rev1 LITERAL+ UNSELECT URLAUTH] done',
      ...script,
    ])
    const client = await connect({
      ...options,
      ...QUIET,
      // URLs name the server as the client does.
      host: 'example.com',
      port: 143,
      transport: () => createConnection(options.port ?? 0, options.host),
      auth: { user: 'joe', password: 'secret' },
    })
    return {
      client,
      done: server.done,
      [Symbol.asyncDispose]: async () => {
        client.close()
        await client.closed
        await server.close()
      },
    }
  }

  const EXAMINE = ['C: <t> EXAMINE INBOX', 'S: * 5 EXISTS', 'S: * OK [UIDVALIDITY 7] v', 'S: <t> OK [READ-ONLY] done']
  const LEAVE = ['C: <t> UNSELECT', 'S: <t> OK done']
  const SELECT = ['C: <t> SELECT INBOX', 'S: * 5 EXISTS', 'S: * OK [UIDVALIDITY 7] v', 'S: <t> OK [READ-WRITE] done']

  it('fetches a part of a message, and leaves no mailbox selected (RFC 5092 §9)', async () => {
    await using it = await joe([
      ...EXAMINE,
      'C: <t> UID FETCH 20 (UID BODY.PEEK[1.2])',
      'S: * 3 FETCH (UID 20 BODY[1.2] "hello")',
      'S: <t> OK done',
      ...LEAVE,
    ])
    const found = await it.client.fetchUrl(`imap://joe;AUTH=*@example.com/INBOX;UIDVALIDITY=7/;uid=20/;section=1.2`)
    expect(found).toEqual({ kind: 'message', bytes: Buffer.from('hello') })
    expect(it.client.mailbox).toBe(null)
    await it.done
  })

  it.each([
    ['/INBOX/;UID=20', '', '[]'],
    [';UID=20/;PARTIAL=0.1024', '<0.1024>', '[]<0>'],
    [';UID=20/;SECTION=1.2/;PARTIAL=5', '<5.4294967295>', '[1.2]<5>'],
    [';UID=20/;SECTION=header', '', '[HEADER]'],
    [';UID=20/;SECTION=1.MIME', '', '[1.MIME]'],
    [';UID=20/;SECTION=HEADER.FIELDS%20(Date%20%22From%22)', '', '[HEADER.FIELDS (Date From)]'],
    [';UID=20/;SECTION=1.HEADER.FIELDS.NOT%20(Date)', '', '[1.HEADER.FIELDS.NOT (Date)]'],
  ])('fetches %s in the mailbox that is selected', async (url, range, section) => {
    const item = `${section.replace(/<.*$/, '')}`
    await using it = await joe([
      ...SELECT,
      `C: <t> UID FETCH 20 (UID BODY.PEEK${/header$/i.test(url) ? '[header]' : item}${range})`,
      `S: * 3 FETCH (UID 20 BODY${section} "hello")`,
      'S: <t> OK done',
    ])
    await it.client.select('INBOX')
    expect(await it.client.fetchUrl(url)).toEqual({ kind: 'message', bytes: Buffer.from('hello') })
    await it.done
  })

  it('gives null for a message that is gone', async () => {
    await using it = await joe([...EXAMINE, 'C: <t> UID FETCH 20 (UID BODY.PEEK[])', 'S: <t> OK done', ...LEAVE])
    expect(await it.client.fetchUrl('/INBOX/;UID=20')).toBe(null)
    await it.done
  })

  it('gives the messages of a mailbox', async () => {
    await using it = await joe([...EXAMINE, 'C: <t> UID SEARCH ALL', 'S: * SEARCH 1 2 9', 'S: <t> OK done', ...LEAVE])
    const found = await it.client.fetchUrl(`imap://example.com/INBOX`)
    expect(found).toMatchObject({ kind: 'messages', mailbox: 'INBOX' })
    expect(found?.kind === 'messages' && found.uids.toString()).toBe('1:2,9')
    await it.done
  })

  it.each([
    ['SUBJECT%20shadows', ['C: <t> UID SEARCH SUBJECT shadows']],
    [
      'OR%20(SEEN%20FROM%20%22a%20%5C%22b%22)%20NOT%20FLAGGED',
      [String.raw`C: <t> UID SEARCH OR (SEEN FROM "a \"b") NOT FLAGGED`],
    ],
    [
      'charset%20UTF-8%20SUBJECT%20%7B14+%7D%0D%0A%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2%D0%B0',
      ['C: <t> UID SEARCH CHARSET UTF-8 SUBJECT {14+}', 'C: Иванова'],
    ],
    ['CHARSET%20US-ASCII%20UNSEEN%201:*', ['C: <t> UID SEARCH UNSEEN 1:*']],
  ])('searches %s', async (query, lines) => {
    await using it = await joe([...EXAMINE, ...lines, 'S: * SEARCH 8 10 13', 'S: <t> OK done', ...LEAVE])
    const found = await it.client.fetchUrl(`/INBOX?${query}`)
    expect(found?.kind === 'messages' && found.uids.toString()).toBe('8,10,13')
    await it.done
  })

  it.each([
    ['a command of its own', 'ALL%0D%0Ax%20DELETE%20INBOX'],
    ['a literal that waits', 'SUBJECT%20%7B3%7D%0D%0Aabc'],
    ['a literal that is short', 'SUBJECT%20%7B30+%7D%0D%0Aabc'],
    ['an open parenthesis', '(ALL'],
    ['a parenthesis too many', 'ALL)'],
    ['an open quote', 'SUBJECT%20%22a'],
    ['options of the result', 'RETURN%20(SAVE)%20ALL'],
    ['a charset alone', 'CHARSET%20UTF-8'],
    ['another charset', 'CHARSET%20ISO-8859-1%20ALL'],
    ['spaces', '%20'],
    ['a backslash', 'ALL%5C'],
  ])('never sends a search with %s', async (_, query) => {
    await using it = await joe([...EXAMINE, ...LEAVE])
    expect(await rejection(it.client.fetchUrl(`/INBOX?${query}`))).toBeInstanceOf(ArgumentError)
    await it.done
  })

  it('lists mailboxes (RFC 2192 §7)', async () => {
    await using it = await joe([
      'C: <t> LIST "" a*',
      String.raw`S: * LIST (\HasNoChildren) "/" abc`,
      'S: <t> OK done',
      'C: <t> LSUB "" *',
      'S: <t> OK done',
    ])
    const found = await it.client.fetchUrl('/a*;TYPE=LIST').catch((error: unknown) => error)
    expect(found).toMatchObject({ kind: 'mailboxes', mailboxes: [{ name: 'abc' }] })
  })

  it('fetches an authorized URL by URLFETCH, in the text that was given, whoever owns it', async () => {
    const url = `imap://fred@Example.com/INBOX/;uid=20;urlauth=user+joe:internal:${TOKEN}`
    await using it = await joe([
      `C: <t> URLFETCH "${url}"`,
      `S: * URLFETCH "${url}" "hello"`,
      'S: <t> OK done',
      `C: <t> URLFETCH "${url}"`,
      `S: * URLFETCH "${url}" NIL`,
      'S: <t> OK done',
    ])
    expect(await it.client.fetchUrl(url)).toEqual({ kind: 'message', bytes: Buffer.from('hello') })
    expect(await it.client.fetchUrl(url)).toBe(null)
    await it.done
  })

  it.each([
    ['another server', 'imap://joe@imap.example.org/INBOX/;UID=20'],
    ['another port', 'imap://joe@example.com:993/INBOX/;UID=20'],
    ['another user', '//fred@example.com/INBOX/;UID=20'],
    ['another user of another mailbox', 'imap://fred@example.com/'],
  ])('refuses a URL of %s', async (_, url) => {
    await using it = await joe([])
    expect(await rejection(it.client.fetchUrl(url))).toBeInstanceOf(StateError)
  })

  it('refuses a URL of another mailbox than the selected one', async () => {
    await using it = await joe(SELECT)
    await it.client.select('INBOX')
    expect(await rejection(it.client.fetchUrl('/Drafts/;UID=20'))).toBeInstanceOf(StateError)
  })

  it('refuses a URL that is stale', async () => {
    await using it = await joe([...EXAMINE, ...LEAVE])
    const error = await rejection(it.client.fetchUrl('/INBOX;UIDVALIDITY=8/;UID=20'))
    expect(error).toBeInstanceOf(StateError)
    expect(error).toMatchObject({ message: /stale/ })
    await it.done
  })

  it.each([
    ['a server', '/'],
    ['no URL', 'a b'],
    ['a section that is none', '/INBOX/;UID=20/;SECTION=x'],
    ['a URL that lacks its token', '//joe@example.com/INBOX/;UID=20;URLAUTH=authuser'],
  ])('refuses %s', async (_, url) => {
    await using it = await joe([...EXAMINE, ...LEAVE])
    expect(await rejection(it.client.fetchUrl(url))).toBeInstanceOf(ArgumentError)
  })
})

describe('CONVERT', () => {
  const SELECT = ['C: <t> SELECT INBOX', 'S: * 3 EXISTS', 'S: <t> OK [READ-WRITE] done']

  it('tells which conversions there are (RFC 5259 §5.1)', async () => {
    await using it = await scene([
      greeting('CONVERT'),
      'C: <t> CONVERSIONS "image/gif" "*"',
      'S: * CONVERSION "image/gif" "image/jpeg" ("pix-y" "pix-x" "image-interleave")',
      'S: * CONVERSION "image/gif" "image/png"',
      'S: <t> OK CONVERSIONS completed',
    ])
    expect(await it.client.convert.available('image/gif')).toEqual([
      { from: 'image/gif', to: 'image/jpeg', parameters: ['pix-y', 'pix-x', 'image-interleave'] },
      { from: 'image/gif', to: 'image/png', parameters: [] },
    ])
    await it.done
  })

  it('converts parts (RFC 5259 §7)', async () => {
    await using it = await scene([
      greeting('CONVERT'),
      ...SELECT,
      'C: <t> UID CONVERT 100 ("IMAGE/JPEG" ("PIX-X" "128" "PIX-Y" "96")) BINARY[2]',
      'S: * 2 CONVERTED (TAG "other") (UID 100 BINARY[2] "not ours")',
      'S: * 2 CONVERTED (TAG "<t>") (UID 100 BINARY[2] ~{4}',
      { send: Buffer.from('\0abc)\r\n') },
      'S: <t> OK UID CONVERT COMPLETED',
    ])
    const inbox = await it.client.select('INBOX')
    const query = { to: 'IMAGE/JPEG', parameters: { 'PIX-X': '128', 'PIX-Y': '96' }, binary: ['2'] }
    const [found, ...rest] = await inbox.convert(100 as Uid, query)
    expect(found).toMatchObject({ seq: 2, uid: 100 })
    expect(found?.binary.get('2')).toEqual({ bytes: Buffer.from('\0abc'), offset: 0 })
    expect(rest).toEqual([])
    await it.done
  })

  it('asks for all there is', async () => {
    await using it = await scene([
      greeting('CONVERT'),
      ...SELECT,
      'C: <t> UID CONVERT 1:2 (NIL ("charset" "utf-8")) (AVAILABLECONVERSIONS[] BINARY.SIZE[1] BODYPARTSTRUCTURE[1] BINARY[1] BINARY[2]<5.10> BODY[HEADER] BODY[1.MIME])',
      'S: <t> OK done',
    ])
    const inbox = await it.client.select('INBOX')
    const found = await inbox.convert(uids('1:2'), {
      to: null,
      parameters: { charset: 'utf-8' },
      available: [''],
      sizes: ['1'],
      structures: ['1'],
      binary: ['1', { part: '2', offset: 5, count: 10 }],
      headers: ['header', '1.MIME'],
    })
    expect(found).toEqual([])
    await it.done
  })

  it('says why all of it failed (RFC 5259 §9)', async () => {
    const phrase =
      '(ERROR "Source text has non us-ascii" BADPARAMETERS "text/html" "text/plain" ("charset" "us-ascii"))'
    await using it = await scene([
      greeting('CONVERT'),
      ...SELECT,
      'C: <t> UID CONVERT 2 ("text/plain" ("charset" "us-ascii")) BINARY[3]',
      `S: * 2 CONVERTED (tag "<t>") (UID 2 BINARY[3] ${phrase})`,
      'S: <t> NO All conversions failed',
    ])
    const inbox = await it.client.select('INBOX')
    const query = { to: 'text/plain', parameters: { charset: 'us-ascii' }, binary: ['3'] }
    const error = await rejection(inbox.convert(2 as Uid, query))
    expect(error).toBeInstanceOf(ConvertError)
    expect(error).toMatchObject({ status: 'NO', retryable: false, message: /Source text has non us-ascii/ })
    const failure = (error as ConvertError).converted[0]?.failures.get('BINARY[3]')
    expect(failure).toMatchObject({ reason: 'BADPARAMETERS', conversions: [{ from: 'text/html', to: 'text/plain' }] })
  })

  it.each([
    ['S: <t> NO [TEMPFAIL] All conversions failed', { name: 'TEMPFAIL' }, true],
    ['S: <t> NO [MAXCONVERTMESSAGES 1] too many', { name: 'MAXCONVERTMESSAGES', limit: 1 }, false],
  ])('tells of %s', async (answer, responseCode, retryable) => {
    await using it = await scene([greeting('CONVERT'), ...SELECT, 'C: <t> UID CONVERT 2 ("a/b") BINARY[3]', answer])
    const inbox = await it.client.select('INBOX')
    const error = await rejection(inbox.convert(2 as Uid, { to: 'a/b', binary: ['3'] }))
    expect(error).toMatchObject({ name: 'ConvertError', responseCode, retryable, converted: [] })
  })

  it.each<[string, unknown]>([
    ['nothing', { to: 'a/b' }],
    ['no query', null],
    ['no media type', { to: 'a', binary: ['1'] }],
    ['no target', { binary: ['1'] }],
    ['a part that is none', { to: 'a/b', binary: ['x'] }],
    ['a range that is none', { to: 'a/b', binary: [{ part: '1', offset: 0, count: 0 }] }],
    ['a list that is none', { to: 'a/b', sizes: '1' }],
    ['headers with a media type', { to: 'a/b', parameters: { charset: 'utf-8' }, headers: ['HEADER'] }],
    ['headers without a charset', { to: null, headers: ['HEADER'] }],
    ['a header that is none', { to: null, parameters: { charset: 'utf-8' }, headers: ['TEXT'] }],
    ['a parameter that is no text', { to: 'a/b', parameters: { x: 5 }, binary: ['1'] }],
  ])('refuses %s', async (_, query) => {
    await using it = await scene([greeting('CONVERT'), ...SELECT])
    const inbox = await it.client.select('INBOX')
    expect(await rejection(inbox.convert(2 as Uid, query as ConvertQuery))).toBeInstanceOf(ArgumentError)
  })

  it('is needed', async () => {
    await using it = await scene([greeting(), ...SELECT])
    const inbox = await it.client.select('INBOX')
    for (const call of [it.client.convert.available(), inbox.convert(2 as Uid, { to: 'a/b', binary: ['1'] })]) {
      expect(await rejection(call)).toMatchObject({ code: 'ERR_IMAP_CAPABILITY', needs: 'CONVERT' })
    }
    expect(await rejection(it.client.convert.available('image'))).toBeInstanceOf(ArgumentError)
  })
})
