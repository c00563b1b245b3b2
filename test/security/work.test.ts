import { growth } from './work.js'
import { expect, it } from 'vitest'
import { UidMap, uids } from '../../src/index.js'
import { nameOf, tagOf } from '../../src/connection/decoding.js'
import { notImap } from '../../src/connection/greeting.js'
import { Secrets } from '../../src/connection/secrets.js'
import { traceIn } from '../../src/connection/trace.js'
import { parseDateTime, parseMessageDate } from '../../src/grammar/date.js'
import { decodeText } from '../../src/mime/charset.js'
import { safeFileName } from '../../src/mime/file-name.js'
import { HeaderFields } from '../../src/mime/header-fields.js'
import { isDeep } from '../../src/mime/html-depth.js'
import { transferDecoder } from '../../src/mime/transfer-encoding.js'
import { decodeName, decodeParameters, decodeWords } from '../../src/mime/words.js'
import { readResponse } from '../../src/protocol.js'
import { readDirectives } from '../../src/sasl/directives.js'
import { decodeMailboxName } from '../../src/wire/utf7.js'
import { Framer } from '../../src/wire/framer.js'
import { DEFAULT_LIMITS } from '../../src/wire/limits.js'

/** Octets of the shorter input; the longer one is twice as long. */
const LENGTH = 1000
/** Reading twice as much takes twice the work, and a little for what a first piece saves. Squared work would be 4. */
const MOST = 2.2

/** What readers look for: repeated, one of them makes a reader that begins anew again and again go over all of it. */
const PIECES = [
  ...[
    '(',
    ')',
    '"',
    '"a" ',
    '"a',
    '\\"',
    '\\',
    '[',
    ']',
    '[a ',
    '{',
    '{0}',
    '1 ',
    '1,',
    '1:2,',
    '9',
    ' ',
    'NIL ',
    'a ',
  ],
  ...['=?', '=?a?q?b?= ', '?', '&', '&AGE', '*', '%', '<', '(a ', '("a" ', '("" "" "" "") ', '("a*0" "b") ', "'"],
  ...['\u00ff', '\u0001', ';URLAUTH=', 'UID 1 ', 'FLAGS NIL ', 'BODY[] NIL ', 'BODY[a', 'MODSEQ (1) ', 'MESSAGES 1 '],
]

/** Where each production begins. */
const PRODUCTIONS = [
  ...[
    '',
    '* ',
    '* OK ',
    '* OK [',
    '+ ',
    'A1 OK [',
    '* CAPABILITY ',
    '* FLAGS (',
    '* ID (',
    '* LIST (',
    '* LIST () "/" ',
  ],
  ...[
    '* LIST () "/" a ("CHILDINFO" (',
    '* NAMESPACE ((',
    '* NAMESPACE (("" "/" ',
    '* SEARCH ',
    '* ESEARCH (',
    '* SORT ',
  ],
  ...['* ESEARCH (TAG "a") UID ', '* ESEARCH (TAG "a") UID ALL ', '* ESEARCH (TAG "a") UID ADDTO (', '* STATUS a ('],
  ...['* THREAD ', '* THREAD (', '* QUOTA a (', '* QUOTAROOT a ', '* ACL a ', '* LISTRIGHTS a b ', '* METADATA a ('],
  ...['* LANGUAGE (', '* COMPARATOR a (', '* CONVERSION "a" "b" (', '* 1 CONVERTED (TAG "a") (', '* GENURLAUTH '],
  ...[
    '* URLFETCH ',
    '* VANISHED ',
    '* VANISHED (EARLIER) ',
    '* UIDBATCHES (TAG "a") ',
    '* 1 FETCH (',
    '* 1 FETCH (FLAGS (',
  ],
  ...[
    '* 1 FETCH (INTERNALDATE ',
    '* 1 FETCH (ENVELOPE (',
    '* 1 FETCH (ENVELOPE (NIL NIL (',
    '* 1 FETCH (BODYSTRUCTURE (',
  ],
  ...[
    '* 1 FETCH (ENVELOPE (NIL "a" ((',
    '* 1 FETCH (BODYSTRUCTURE ("TEXT" "PLAIN" (',
    '* 1 FETCH (BODY[',
    '* MYRIGHTS a ',
  ],
  '* 1 FETCH (BODYSTRUCTURE ("A" "B" NIL NIL NIL "7BIT" 1 ',
  '* 1 FETCH (BODYSTRUCTURE (("A" "B" NIL NIL NIL "7BIT" 1) "MIXED" (',
  '* 1 FETCH (BODYSTRUCTURE ("MESSAGE" "RFC822" NIL NIL NIL NIL 1 (',
  ...['* 1 FETCH (BODY[HEADER.FIELDS (', '* 1 FETCH (BINARY.SIZE[', '* 1 FETCH (MODSEQ (', '* 1 FETCH (PREVIEW '],
  ...['* 1 FETCH (EMAILID (', '* 1 FETCH (X-GM-LABELS (', '* 1 FETCH (ANNOTATION (', '* OK [BADCHARSET ', '* OK [X '],
  ...['* OK [PERMANENTFLAGS (', '* OK [COPYUID 1 ', '* OK [COPYUID 1 1:9 ', '* OK [APPENDUID 1 ', '* OK [REFERRAL '],
  ...[
    '* OK [BADEVENT ',
    '* OK [BADURL ',
    '* OK [URLMECH ',
    '* OK [OBJECTID (',
    '* OK [BADPARAMETERS ',
    '* OK [NEWNAME ',
  ],
]

const repeated = (piece: string, length: number): string => piece.repeat(Math.ceil(length / piece.length))

function read(text: string): void {
  const literals = Array.from({ length: text.split('{0}').length - 1 }, () => Buffer.alloc(0))
  try {
    readResponse({ text, literals })
  } catch {
    // What cannot be read takes work as well.
  }
}

it.each(PRODUCTIONS)('reading %j takes work in proportion to its length', async (production) => {
  const all = (length: number) => PIECES.forEach((piece) => read(`${production}${repeated(piece, length)})`))
  expect(await growth(all, LENGTH)).toBeLessThan(MOST)
})

const octets = (text: string) => Buffer.from(text, 'latin1')
const decoded = (encoding: string, text: string) => {
  const decoder = transferDecoder(encoding)
  for (let at = 0; at < text.length; at += 100) decoder.push(octets(text.slice(at, at + 100)))
  decoder.end()
}
const attempt = (run: () => unknown) => {
  try {
    run()
  } catch {
    // As above.
  }
}

it.each<[string, (text: string) => unknown]>([
  ['the framer', (text) => new Framer({ literal: () => undefined, response: () => undefined }, DEFAULT_LIMITS).push(octets(`* OK [${text.replaceAll(' ', '\r\n')}`))], // prettier-ignore
  ['encoded words', decodeWords],
  ['encoded words in one another', (text) => decodeWords(`=?utf-8?q?${text}`)],
  ['a display name', decodeName],
  ['parameters', (text) => decodeParameters(text.split(' ').map((each, i) => [`a*${i}*`, each]))],
  ['parameters of one name', (text) => decodeParameters(text.split('').map((each) => ['a*0*', each]))],
  ['a mailbox name in UTF-7', decodeMailboxName],
  ['a Date field', parseMessageDate],
  ['INTERNALDATE', parseDateTime],
  ['base64', (text) => decoded('base64', text)],
  ['quoted-printable', (text) => decoded('quoted-printable', text)],
  ['the name of a charset', (text) => decodeText(octets('a'), `x${text}x`)],
  ['a file name', (text) => safeFileName(`a${text}a`)],
  ['header fields', (text) => new HeaderFields(octets(`a: ${text}\r\n${text.replaceAll(' ', '\r\n')}`)).get('a')],
  ['HTML', isDeep],
  ['directives of DIGEST-MD5', (text) => readDirectives(`a="${text}`)],
  ['a set', (text) => uids(text)],
  ['COPYUID', (text) => new UidMap(1, [[1, text.length]], text.split('').map((_, i) => [2 * i + 1, 2 * i + 1]))], // prettier-ignore
  ['what is no greeting', (text) => notImap(text)],
  ['what names a response that cannot be read', (text) => [tagOf(text), nameOf(`* ${text}`)]],
  ['the trace', (text) => traceIn(text, false)],
  ['secrets in refusals', (text) => hiding.hide(`a NO ${text}`)],
])('%s takes work in proportion to its length', async (_, run) => {
  const all = (length: number) => PIECES.forEach((piece) => attempt(() => run(repeated(piece, length))))
  expect(await growth(all, LENGTH)).toBeLessThan(MOST)
})

const hiding = new Secrets()
hiding.add('secret')
