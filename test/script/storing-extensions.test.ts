import { describe, expect, it } from 'vitest'
import {
  ArgumentError,
  CapabilityError,
  OutcomeUnknownError,
  PartialResultError,
  ResponseError,
  StateError,
  type CatenatePart,
  type Mailbox,
  type ReplaceCallOptions,
  type Uid,
} from 'imapkit'
import type { ScriptStep } from 'imapkit/testing'
import { rejection } from '../behaviour/tools.js'
import { scene } from './client-tools.js'

const greeting = (more = ''): string => `S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+ ${more}] ready`

/** The octets of a command, in the order of the wire: lines end in CRLF. */
const receive = (text: string): ScriptStep => ({ receive: Buffer.from(text.replaceAll('\n', '\r\n')) })

/** Selects a mailbox with five messages. */
const SELECT = ['C: <t> SELECT Drafts', 'S: * 5 EXISTS', 'S: * OK [UIDVALIDITY 7] v', 'S: <t> OK [READ-WRITE] done']

/** What a client has sent: the lines without their tags. */
const sent = (trace: readonly string[]) =>
  trace.filter((line) => line.startsWith('out ')).map((line) => line.replace(/^out \S+ /, ''))

describe('MULTIAPPEND', () => {
  it('stores all messages by one command', async () => {
    await using it = await scene([
      greeting('MULTIAPPEND UIDPLUS'),
      String.raw`C: <t> APPEND saved (\Seen) {3+}`,
      String.raw`C: one (\Seen $x) " 7-Feb-1994 22:43:04 +0000" {3+}`,
      'C: two',
      'S: <t> OK [APPENDUID 38505 3955,3957] APPEND completed',
    ])
    const results = await it.client.append('saved', [
      { content: 'one', flags: ['\\Seen'] },
      { content: 'two', flags: ['\\Seen', '$x'], internalDate: new Date('1994-02-07T22:43:04Z') },
    ])
    expect(results).toEqual([
      { uid: 3955, uidValidity: 38505 },
      { uid: 3957, uidValidity: 38505 },
    ])
    await it.done
  })

  it('gives no UIDs where they do not fit the messages', async () => {
    const script = ['C: <t> APPEND a {1+}', 'C: x {1+}', 'C: y', 'S: <t> OK [APPENDUID 7 1] done']
    await using it = await scene([greeting('MULTIAPPEND UIDPLUS'), ...script])
    expect(await it.client.append('a', [{ content: 'x' }, { content: 'y' }])).toEqual([{}, {}])
    await it.done
  })

  it('is not used for one message', async () => {
    await using it = await scene([greeting('MULTIAPPEND'), 'C: <t> APPEND a {1+}', 'C: x', 'S: <t> OK done'])
    expect(await it.client.append('a', [{ content: 'x' }])).toEqual([{}])
    await it.done
  })

  it('stores none when one is refused: the error is that of the server', async () => {
    const refusal = 'S: <t> NO [OVERQUOTA] APPEND failed: Disk quota exceeded'
    await using it = await scene([greeting('MULTIAPPEND'), 'C: <t> APPEND a {1+}', 'C: x {1+}', 'C: y', refusal])
    const error = await rejection(it.client.append('a', [{ content: 'x' }, { content: 'y' }]))
    expect(error).toBeInstanceOf(ResponseError)
    expect(error).toMatchObject({ responseCode: { name: 'OVERQUOTA' } })
    await it.done
  })

  it('is not known to have been done when the answer is lost', async () => {
    await using it = await scene([greeting('MULTIAPPEND'), 'C: <t> APPEND a {1+}', 'C: x {1+}', 'C: y', 'S-close'])
    const error = await rejection(it.client.append('a', [{ content: 'x' }, { content: 'y' }]))
    expect(error).toBeInstanceOf(OutcomeUnknownError)
  })

  it('takes streams', async () => {
    const stream = (text: string) => ({ stream: [Buffer.from(text)], size: text.length })
    const script = ['C: <t> APPEND a {2+}', 'C: xx {3+}', 'C: yyy', 'S: <t> OK done']
    await using it = await scene([greeting('MULTIAPPEND'), ...script])
    await it.client.append('a', [{ content: stream('xx') }, { content: stream('yyy') }])
    await it.done
  })
})

describe('CATENATE', () => {
  it('puts a message together of URLs and text (RFC 4469, example 1)', async () => {
    const boundary = '\n--------------030308070208000400050907\n'
    const end = '\n--------------030308070208000400050907--\n'
    await using it = await scene([
      'S: * PREAUTH [CAPABILITY IMAP4rev1 CATENATE] ready',
      String.raw`C: <t> APPEND Drafts (\Seen \Draft $MDNSent) CATENATE (URL "/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER" TEXT {42}`,
      'S: + Ready for literal data',
      receive(boundary),
      'C:  URL "/Drafts;UIDVALIDITY=385759045/;UID=20/;SECTION=1.MIME" URL "/Drafts;UIDVALIDITY=385759045/;UID=20/;SECTION=1" TEXT {42}',
      'S: + Ready for literal data',
      receive(boundary),
      'C:  URL "/Drafts;UIDVALIDITY=385759045/;UID=30" TEXT {44}',
      'S: + Ready for literal data',
      receive(`${end})\n`),
      'S: <t> OK [APPENDUID 385759045 45] append Completed',
    ])
    const part = { mailbox: 'Drafts', uidValidity: 385759045, uid: 20 }
    const catenate = [
      { url: '/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER' },
      { text: boundary },
      { url: { ...part, section: '1.MIME' } },
      { url: { ...part, section: '1' } },
      { text: Buffer.from(boundary.replaceAll('\n', '\r\n')) },
      { url: { ...part, uid: 30 } },
      { text: { stream: [Buffer.from(end.replaceAll('\n', '\r\n'))], size: 44 } },
    ]
    const flags = ['\\Seen', '\\Draft', '$MDNSent']
    expect(await it.client.append('Drafts', { catenate }, { flags })).toEqual({ uid: 45, uidValidity: 385759045 })
    await it.done
  })

  it('is one of several messages', async () => {
    const line = 'C: <t> APPEND a {1+}'
    const more = ['C: x CATENATE (URL "/b/;UID=1")', 'S: <t> OK done']
    await using it = await scene([greeting('MULTIAPPEND CATENATE'), line, ...more])
    await it.client.append('a', [{ content: 'x' }, { catenate: [{ url: '/b/;UID=1' }] }])
    await it.done
  })

  it('tells which URL was bad (RFC 4469, example 4)', async () => {
    const url = '/INBOX;UIDVALIDITY=785799047/;UID=113330;section=1.5.9'
    await using it = await scene([
      greeting('CATENATE'),
      `C: <t> APPEND Sent CATENATE (URL "${url}")`,
      `S: <t> NO [BADURL "${url}"] CATENATE append has failed, one message expunged`,
    ])
    const error = await rejection(it.client.append('Sent', { catenate: [{ url }] }))
    expect(error).toMatchObject({ status: 'NO', responseCode: { name: 'BADURL', url } })
  })

  it.each<[string, unknown]>([
    ['no parts', []],
    ['no list', 'x'],
    ['a part that is neither', [{}]],
    ['a part that is both', [{ url: '/a/;UID=1', text: 'x' }]],
    ['a URL with a space', [{ url: '/a b/;UID=1' }]],
    ['a URL that is no text', [{ url: 5 }]],
    ['the parts of a URL without a message', [{ url: { mailbox: 'a' } }]],
    ['empty text', [{ text: '' }]],
    ['more than the server takes', [{ text: 'xxxx' }, { url: '/a/;UID=1' }, { text: 'yyyyy' }]],
  ])('refuses %s before a byte is sent', async (_, catenate) => {
    await using it = await scene([greeting('CATENATE APPENDLIMIT=8')])
    const given = { catenate: catenate as readonly CatenatePart[] }
    expect(await rejection(it.client.append('a', given))).toBeInstanceOf(ArgumentError)
    expect(sent(it.trace)).toEqual([])
  })

  it('refuses two contents', async () => {
    await using it = await scene([greeting('CATENATE')])
    const both = { content: 'x', catenate: [{ text: 'x' }] }
    expect(await rejection(it.client.append('a', [both]))).toBeInstanceOf(ArgumentError)
  })

  it.each([
    ['CATENATE', '', '/a/;UID=1'],
    ['URL-PARTIAL', 'CATENATE', '/a/;UID=1/;PARTIAL=0.5'],
  ])('needs %s', async (needs, has, url) => {
    await using it = await scene([greeting(has)])
    const error = await rejection(it.client.append('a', { catenate: [{ url }] }))
    expect(error).toBeInstanceOf(CapabilityError)
    expect(error).toMatchObject({ needs })
    expect(sent(it.trace)).toEqual([])
  })

  it('takes ranges of octets with URL-PARTIAL', async () => {
    const line = 'C: <t> APPEND a CATENATE (URL "/a/;UID=1/;PARTIAL=0.5")'
    await using it = await scene([greeting('CATENATE URL-PARTIAL'), line, 'S: <t> OK done'])
    await it.client.append('a', { catenate: [{ url: { mailbox: 'a', uid: 1, partial: { offset: 0, length: 5 } } }] })
    await it.done
  })
})

describe('APPENDLIMIT', () => {
  it('asks before a literal where limits are told by mailbox only (RFC 7889 §4)', async () => {
    const upload = ['C: <t> APPEND a {1}', 'S: <t> NO [TOOBIG] Message is too large']
    await using it = await scene([greeting('APPENDLIMIT'), ...upload])
    const error = await rejection(it.client.append('a', 'x'))
    expect(error).toMatchObject({ status: 'NO', responseCode: { name: 'TOOBIG' } })
    await it.done
  })

  it.each([
    ['257890', 257890],
    ['NIL', null],
  ])('tells the limit of a mailbox: %s', async (value, expected) => {
    const script = ['C: <t> STATUS INBOX (APPENDLIMIT)', `S: * STATUS INBOX (APPENDLIMIT ${value})`, 'S: <t> OK done']
    await using it = await scene([greeting('APPENDLIMIT'), ...script])
    expect(await it.client.status('INBOX', { appendLimit: true })).toEqual({ appendLimit: expected })
    await it.done
  })

  it('that is the same for all mailboxes is no item of STATUS: Cyrus answers BAD', async () => {
    const script = ['C: <t> STATUS INBOX (MESSAGES)', 'S: * STATUS INBOX (MESSAGES 3)', 'S: <t> OK done']
    await using it = await scene([greeting('APPENDLIMIT=257890'), ...script])
    expect(await it.client.status('INBOX', { appendLimit: true })).toEqual({ appendLimit: 257890 })
    const both = await it.client.status('INBOX', { messages: true, appendLimit: true })
    expect(both).toEqual({ messages: 3, appendLimit: 257890 })
    await it.done
  })

  it('is needed for the limit of a mailbox', async () => {
    await using it = await scene([greeting()])
    const error = await rejection(it.client.status('INBOX', { appendLimit: true }))
    expect(error).toMatchObject({ code: 'ERR_IMAP_CAPABILITY', needs: 'APPENDLIMIT' })
  })

  it('of 0 takes no message at all', async () => {
    await using it = await scene([greeting('APPENDLIMIT=0')])
    expect(it.client.capabilities.appendLimit).toBe(0)
    expect(await rejection(it.client.append('a', 'x'))).toBeInstanceOf(ArgumentError)
  })
})

describe('REPLACE', () => {
  const draft = (client: { mailbox: unknown }): Mailbox => client.mailbox as Mailbox

  it('puts a message into the place of another one (RFC 8508 §3.3)', async () => {
    await using it = await scene([
      greeting('REPLACE UIDPLUS'),
      ...SELECT,
      String.raw`C: <t> UID REPLACE 2000 Drafts (\Seen \Draft) {3+}`,
      'C: new',
      'S: * OK [APPENDUID 1 2001] Replacement Message ready',
      'S: * 6 EXISTS',
      'S: * 4 EXPUNGE',
      'S: <t> OK Replace completed',
    ])
    await it.client.select('Drafts')
    const flags = ['\\Seen', '\\Draft']
    const result = await draft(it.client).replace(2000 as Uid, 'new', { flags })
    expect(result).toEqual({ uid: 2001, uidValidity: 1 })
    expect(it.client.mailbox?.exists).toBe(5)
    await it.done
  })

  it('puts it into another mailbox, of parts of the old one (RFC 8508 §4.2)', async () => {
    await using it = await scene([
      greeting('REPLACE CATENATE'),
      ...SELECT,
      'C: <t> UID REPLACE 3002 Sent CATENATE (TEXT {6+}',
      receive('a: b\n'),
      'C:  URL "/Drafts/;UID=3002")',
      'S: * 4 EXPUNGE',
      'S: <t> OK [APPENDUID 1 3003] done',
    ])
    await it.client.select('Drafts')
    const catenate = [{ text: 'a: b\n' }, { url: '/Drafts/;UID=3002' }]
    const result = await draft(it.client).replace(3002 as Uid, { catenate }, { to: 'Sent' })
    expect(result).toEqual({ uid: 3003, uidValidity: 1 })
    await it.done
  })

  it('is needed, or its emulation has to be allowed', async () => {
    await using it = await scene([greeting('UIDPLUS'), ...SELECT])
    await it.client.select('Drafts')
    const error = await rejection(draft(it.client).replace(1 as Uid, 'x'))
    expect(error).toMatchObject({ code: 'ERR_IMAP_CAPABILITY', needs: 'REPLACE' })
  })

  const emulated = [
    greeting('UIDPLUS'),
    ...SELECT,
    'C: <t> UID SEARCH UID 9',
    'S: * SEARCH 9',
    'S: <t> OK done',
    'C: <t> APPEND Drafts {1+}',
    'C: x',
    'S: <t> OK [APPENDUID 7 10] done',
    String.raw`C: <t> UID STORE 9 +FLAGS.SILENT (\Deleted)`,
  ]

  it('is emulated by three commands', async () => {
    const rest = ['S: <t> OK done', 'C: <t> UID EXPUNGE 9', 'S: * 5 EXPUNGE', 'S: <t> OK done']
    await using it = await scene([...emulated, ...rest])
    await it.client.select('Drafts')
    const result = await draft(it.client).replace(9 as Uid, 'x', { allowNonAtomic: true })
    expect(result).toEqual({ uid: 10, uidValidity: 7 })
    await it.done
  })

  it('tells when the emulation broke off half-way', async () => {
    await using it = await scene([...emulated, 'S: <t> NO not now'])
    await it.client.select('Drafts')
    const error = await rejection(draft(it.client).replace(9 as Uid, 'x', { allowNonAtomic: true }))
    expect(error).toBeInstanceOf(PartialResultError)
    expect(error).toMatchObject({ remaining: '9', results: [{ uid: 10 }], command: 'REPLACE' })
  })

  it('is not emulated for a message that is not there', async () => {
    const script = ['C: <t> UID SEARCH UID 9', 'S: * SEARCH', 'S: <t> OK done']
    await using it = await scene([greeting('UIDPLUS'), ...SELECT, ...script])
    await it.client.select('Drafts')
    const error = await rejection(draft(it.client).replace(9 as Uid, 'x', { allowNonAtomic: true }))
    expect(error).toBeInstanceOf(StateError)
    await it.done
  })

  it.each<[string, unknown, string, unknown]>([
    ['no UID', '9', 'x', {}],
    ['an empty message', 9, '', {}],
    ['no mailbox', 9, 'x', { to: '' }],
    ['a switch that is none', 9, 'x', { allowNonAtomic: 'yes' }],
  ])('refuses %s', async (_, uid, message, options) => {
    await using it = await scene([greeting('REPLACE'), ...SELECT])
    await it.client.select('Drafts')
    const error = await rejection(draft(it.client).replace(uid as Uid, message, options as ReplaceCallOptions))
    expect(error).toBeInstanceOf(ArgumentError)
  })
})
