// What stands in messages and names, without I/O: words, parameters, dates, transfer encodings, charsets, header fields,
// mailbox names and URLs. The first octet of an input chooses which.
import { isDeepStrictEqual } from 'node:util'
import { built } from '../built.mjs'
import { Failure } from '../failure.mjs'
import { plain } from '../plain.mjs'
import { corpusSeeds } from '../seeds.mjs'
import { byteTarget } from './bytes.mjs'

const { decodeName, decodeOctets, decodeParameters, decodeWords } = await built('mime/words.js')
const { decodeText } = await built('mime/charset.js')
const { safeFileName } = await built('mime/file-name.js')
const { HeaderFields } = await built('mime/header-fields.js')
const { transferDecoder } = await built('mime/transfer-encoding.js')
const { parseDateTime, parseMessageDate } = await built('grammar/date.js')
const { dateTimeText } = await built('wire/dates.js')
const { decodeMailboxName, encodeMailboxName } = await built('codec.js')
const { ArgumentError, formatImapUrl, parseImapUrl, resolveImapUrl, seqs, uids } = await built('index.js')

const CHARSETS = [
  ...[
    'utf-8',
    'us-ascii',
    'iso-8859-1',
    'windows-1252',
    'iso-2022-jp',
    'shift_jis',
    'euc-kr',
    'gb18030',
    'big5',
    'koi8-r',
  ],
  ...['utf-7', 'utf-16', 'utf-16le', 'macintosh', 'iso-8859-8-i', 'x-unknown', 'tis-620', '"utf-8"', 'cp850', 'ibm437'],
]
const BASE = 'imap://joe@mail.example/INBOX;UIDVALIDITY=3/;UID=20/;SECTION=1.2'

/** Each takes a text of one character per octet, and the octets; gives what kind the result is. */
const PARTS = [
  (text) => whole(decodeWords(text)),
  (text) => whole(decodeName(text)),
  (text) => whole(decodeOctets(text)),
  (text) => {
    const pairs = text.split(';').map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)])
    const found = decodeParameters(pairs)
    for (const value of found.values()) whole(value)
    return `parameters ${Math.min(found.size, 5)}`
  },
  (text) => date(parseDateTime(text)),
  (text) => date(parseMessageDate(text)),
  (_, bytes) => transfer('base64', bytes),
  (_, bytes) => transfer('quoted-printable', bytes),
  (_, bytes) => transfer(bytes.toString('latin1', 0, 8), bytes),
  (_, bytes) => whole(decodeText(bytes.subarray(1), CHARSETS[(bytes[0] ?? 0) % CHARSETS.length])),
  (text) => {
    const name = safeFileName(Buffer.from(text, 'latin1').toString('utf8'))
    if (name === '' || name === '.' || name === '..' || /[/\\\0-\x1f]/.test(name)) {
      throw new Failure('a file name is not safe', JSON.stringify(name))
    }
    return 'file name'
  },
  (_, bytes) => {
    const fields = new HeaderFields(bytes)
    let count = 0
    for (const field of fields) {
      count++
      if (fields.get(field.name) === undefined) throw new Failure('a header field is there and is not found')
    }
    return `fields ${Math.min(count, 5)}`
  },
  (text) => {
    const name = decodeMailboxName(text)
    const isText = !/\p{Surrogate}/u.test(name)
    if (!isText) throw new Failure('a mailbox name is no text')
    // Two names of a server never become one.
    if (name !== text && encodeMailboxName(name) !== text)
      throw new Failure('a mailbox name changes', JSON.stringify(text))
    const wide = Buffer.from(text, 'latin1').toString('utf8')
    if (decodeMailboxName(encodeMailboxName(wide)) !== wide)
      throw new Failure('a name is written wrong', JSON.stringify(wide))
    return name === text ? 'name as it is' : 'name decoded'
  },
  (text) =>
    refusing(() => {
      const url = parseImapUrl(text)
      const again = parseImapUrl(formatImapUrl(url))
      if (!isDeepStrictEqual(plain(url), plain(again))) throw new Failure('a URL changes when it is written', text)
      return `url ${Object.keys(url).join()}`
    }),
  (text) =>
    refusing(() => {
      const url = resolveImapUrl(Buffer.from(text, 'latin1').toString('utf8'), BASE)
      const again = parseImapUrl(formatImapUrl(url))
      if (!isDeepStrictEqual(plain(url), plain(again))) throw new Failure('a URL changes when it is written', text)
      return `resolved ${Object.keys(url).join()}`
    }),
  (text) =>
    refusing(() => {
      const set = uids(text)
      if (uids(set.toString()).toString() !== set.toString())
        throw new Failure('a set changes when it is written', text)
      if (set.toString() !== '' && seqs(text).toString() !== set.toString())
        throw new Failure('two kinds of sets differ', text)
      return 'set'
    }),
]

export const target = byteTarget({ name: 'mime', batch: 200, seeds, execute })

function seeds() {
  const samples = [
    '=?utf-8?Q?=C3=A4?= =?utf-8?B?w6Q=?= x',
    '=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?= =?gb2312*zh?q?=c4=e3?=',
    "name*0*=utf-8''a%20b;name*1=c;name=x",
    '17-Jul-1996 02:44:25 -0700',
    ' 1-Jan-2026 00:00:00 +0000',
    'Wed, 17 Jul 1996 02:23:25 -0700 (PDT)',
    '1 Jan 70 1:02 GMT',
    'w6Rhw6RhYQ==\r\nYWJj',
    'a=C3=A4=\r\nb =\r\n x=3D',
    'caf\xc3\xa9 \xe9',
    '../../etc/passwd',
    'Subject: a\r\n b\r\nFrom: x\r\n\r\nbody',
    'Entw&APw-rfe/&AOQ-&-',
    BASE,
    'imap://;AUTH=*@[::1]:993/a?SUBJECT%20x',
    'imap://joe@x.org/a/;UID=1;URLAUTH=submit+fred:internal:91354a473744909de610943775f92038',
    '../Sent/;UID=4/;PARTIAL=0.10',
    '1:3,5,7:*',
  ]
  const found = samples.map((text) => Buffer.from(text, 'latin1'))
  for (const seed of corpusSeeds()) {
    for (const [, text] of seed.toString('latin1').matchAll(/"((?:[^"\\]|\\.){3,200})"/g))
      found.push(Buffer.from(text, 'latin1'))
  }
  return found.flatMap((bytes, i) => {
    const kinds = i < samples.length ? PARTS.map((_, kind) => kind) : [i % PARTS.length]
    return kinds.map((kind) => Buffer.concat([Buffer.from([kind]), bytes]))
  })
}

function execute(input, thorough) {
  if (input.length === 0) return []
  const kind = input[0] % PARTS.length
  const bytes = input.subarray(1)
  const text = bytes.toString('latin1')
  const result = PARTS[kind](text, bytes)
  if (thorough && PARTS[kind](text, Buffer.from(bytes)) !== result)
    throw new Failure('done again, the result is another one')
  return [`${kind} ${result}`]
}

function whole(text) {
  if (typeof text !== 'string') throw new Failure('the result is no text')
  return /\ufffd/.test(text) ? 'with what cannot be read' : 'text'
}

function date(found) {
  if (found === null) return 'no date'
  if (Number.isNaN(found.getTime())) throw new Failure('a date is invalid')
  try {
    if (parseDateTime(dateTimeText(found)) === null) throw new Failure('a date cannot be read again')
  } catch (error) {
    // Years that IMAP has no digits for.
    if (!(error instanceof ArgumentError)) throw error
  }
  return 'date'
}

/** Decodes whole and in pieces. */
function transfer(encoding, bytes) {
  const decode = (size) => {
    const decoder = transferDecoder(encoding)
    const parts = []
    for (let at = 0; at < bytes.length; at += size)
      parts.push(Buffer.from(decoder.push(Buffer.from(bytes.subarray(at, at + size)))))
    parts.push(Buffer.from(decoder.end()))
    return Buffer.concat(parts)
  }
  const once = decode(bytes.length + 1)
  for (const size of [1, 7]) {
    if (!once.equals(decode(size)))
      throw new Failure(`${encoding} in pieces gives other octets`, JSON.stringify(bytes.toString('latin1')))
  }
  if (once.length > bytes.length + 8) throw new Failure(`${encoding} gives more octets than it takes`)
  return `octets ${Math.min(once.length, 3)}`
}

function refusing(work) {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error
    return error.message.replace(/\d+|".*"/g, 'N').slice(0, 60)
  }
}
