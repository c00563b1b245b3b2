import type { Uid } from '../model/ids.js'
import type { BadConversion, ExtensionResponseCodes, UrlMechanism } from '../model/response-code.js'
import type { Cursor } from '../wire/cursor.js'
import { decodeMailboxName } from '../wire/utf7.js'
import { isDigit } from './lenient.js'

const SPACE = 0x20
const QUOTE = 0x22
const OPEN = 0x28
const LETTER_N = 0x4e
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const BRACE = 0x7b

/** Reads the data of one code: what its type says. */
type Read<K extends keyof ExtensionResponseCodes> = (cursor: Cursor) => ExtensionResponseCodes[K]

/** Readers of the codes of extensions; they are known whatever the server announces. */
export const extensionCodeReaders: { readonly [K in keyof ExtensionResponseCodes]: Read<K> } = {
  ANNOTATE: readAnnotate,
  ANNOTATIONS: readAnnotations,
  BADEVENT: readBadEvent,
  BADPARAMETERS: readBadParameters,
  // "BADURL" SP url-resp-text   (RFC 4469 §5) ; RFC 4469 itself quotes it in an example
  BADURL: (cursor) => ({ url: cursor.peek() === QUOTE ? cursor.string() : readUrl(cursor) }),
  INPROGRESS: readInProgress,
  MAILBOXID: readMailboxId,
  // "MAXCONVERTMESSAGES" SP nz-number   (RFC 5259 §10)
  MAXCONVERTMESSAGES: (cursor) => ({ limit: cursor.number() }),
  // "MAXCONVERTPARTS" SP nz-number   (RFC 5259 §10)
  MAXCONVERTPARTS: (cursor) => ({ limit: cursor.number() }),
  MESSAGELIMIT: readMessageLimit,
  METADATA: readMetadata,
  NEWNAME: readNewName,
  // "NOUPDATE" SP quoted   (RFC 5267 §6)
  NOUPDATE: (cursor) => ({ tag: readWord(cursor) }),
  OBJECTID: readObjectIds,
  REFERRAL: readReferral,
  // "UNDEFINED-FILTER" SP filter-name   (RFC 5466 §4)
  'UNDEFINED-FILTER': (cursor) => ({ filter: readWord(cursor) }),
  URLMECH: readUrlMechanisms,
  // "WEBALERT" SP url ; no specification is public
  WEBALERT: (cursor) => ({ url: readUrl(cursor) }),
}

/** "ANNOTATE" SP ("TOOBIG" / "TOOMANY")   (RFC 5257 §5) */
function readAnnotate(cursor: Cursor): ExtensionResponseCodes['ANNOTATE'] {
  const problem = cursor.codeAtom().toUpperCase()
  if (problem !== 'TOOBIG' && problem !== 'TOOMANY') throw cursor.fail('TOOBIG or TOOMANY expected before this place')
  return { problem }
}

/**
 * "ANNOTATIONS" SP ann-size   (RFC 5257 §5)
 * ann-size = "NONE" / (("READ-ONLY" / nz-number) [SP "NOPRIVATE"])
 */
function readAnnotations(cursor: Cursor): ExtensionResponseCodes['ANNOTATIONS'] {
  if (cursor.tryWord('NONE')) return { access: 'none' }
  if (cursor.tryWord('READ-ONLY')) return { access: 'read-only', noPrivate: readNoPrivate(cursor) }
  const maxSize = cursor.size()
  return { access: 'read-write', maxSize, noPrivate: readNoPrivate(cursor) }
}

function readNoPrivate(cursor: Cursor): boolean {
  cursor.skipSpaces()
  return cursor.tryWord('NOPRIVATE')
}

/** "BADEVENT" SP "(" event-name *(SP event-name) ")"   (RFC 5465 §8) ; Dovecot leaves out the parentheses */
function readBadEvent(cursor: Cursor): ExtensionResponseCodes['BADEVENT'] {
  if (cursor.peek() === OPEN) return { events: cursor.list(() => cursor.astring()) }
  const events: string[] = []
  do {
    events.push(cursor.codeAtom())
    cursor.skipSpaces()
  } while (!cursor.atEnd && cursor.peek() !== CLOSE_BRACKET)
  return { events }
}

/**
 * bad-params          = "BADPARAMETERS" 1*(SP (quoted-from-mime-type / nil) SP mimetype-and-params)   (RFC 5259 §10)
 * mimetype-and-params = quoted-to-mime-type [SP "(" transcoding-params ")"]
 * transcoding-param   = transcoding-param-name SP transcoding-param-value
 */
function readBadParameters(cursor: Cursor): ExtensionResponseCodes['BADPARAMETERS'] {
  const conversions: BadConversion[] = []
  do {
    cursor.skipSpaces()
    const from = cursor.nstring()
    cursor.skipSpaces()
    const to = cursor.string()
    cursor.skipSpaces()
    conversions.push({ from, to, parameters: cursor.peek() === OPEN ? readPairs(cursor) : new Map() })
    cursor.skipSpaces()
  } while (cursor.peek() === QUOTE || cursor.peek() === LETTER_N)
  return { conversions }
}

/** "(" name SP value *(SP name SP value) ")" */
function readPairs(cursor: Cursor): Map<string, string> {
  const words = cursor.list(() => cursor.astring())
  const pairs = new Map<string, string>()
  for (let i = 0; i + 1 < words.length; i += 2) pairs.set((words[i] as string).toUpperCase(), words[i + 1] as string)
  return pairs
}

/**
 * "INPROGRESS" [SP "(" inprogress-tag SP inprogress-state ")"]   (RFC 9585 §5)
 * inprogress-tag   = quoted / nil
 * inprogress-state = nil SP nil / number SP nil / number SP nz-number
 *
 * Progress beyond the goal must be disregarded, and so must a goal of 0.
 */
function readInProgress(cursor: Cursor): ExtensionResponseCodes['INPROGRESS'] {
  if (!cursor.tryChar('(')) return { tag: null, done: null, goal: null }
  cursor.skipSpaces()
  const tag = cursor.nstring()
  const done = readCountOrNil(cursor)
  const goal = readCountOrNil(cursor)
  cursor.skipSpaces()
  cursor.char(')')
  if (goal !== null && (goal === 0 || done === null || done > goal)) throw cursor.fail('Progress beyond its goal')
  return { tag, done, goal }
}

/** number / nil */
function readCountOrNil(cursor: Cursor): number | null {
  cursor.skipSpaces()
  return cursor.tryNil() ? null : cursor.number()
}

/** "MAILBOXID" SP "(" objectid ")"   (RFC 8474 §7) */
function readMailboxId(cursor: Cursor): ExtensionResponseCodes['MAILBOXID'] {
  const listed = cursor.tryChar('(')
  cursor.skipSpaces()
  const mailboxId = readObjectId(cursor)
  cursor.skipSpaces()
  if (listed) cursor.char(')')
  return { mailboxId }
}

/** objectid = 1*255(ALPHA / DIGIT / "_" / "-")   (RFC 8474 §7) */
function readObjectId(cursor: Cursor): string {
  const id = cursor.codeAtom()
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(id)) throw cursor.fail('An object id expected before this place')
  return id
}

/** "MESSAGELIMIT" SP message-limit [SP uniqueid]   (RFC 9738 §5) */
function readMessageLimit(cursor: Cursor): ExtensionResponseCodes['MESSAGELIMIT'] {
  const limit = cursor.number()
  cursor.skipSpaces()
  if (!isDigit(cursor.peek())) return { limit }
  const uid = cursor.number()
  if (uid === 0) throw cursor.fail('A UID is never 0')
  return { limit, uid: uid as Uid }
}

/** "METADATA" SP ("LONGENTRIES" SP number / "MAXSIZE" SP number / "TOOMANY" / "NOPRIVATE")   (RFC 5464 §5) */
function readMetadata(cursor: Cursor): ExtensionResponseCodes['METADATA'] {
  const problem = cursor.codeAtom().toUpperCase()
  cursor.skipSpaces()
  switch (problem) {
    case 'LONGENTRIES':
    case 'MAXSIZE':
      return { problem, size: cursor.size() }
    case 'TOOMANY':
    case 'NOPRIVATE':
      return { problem }
    default:
      throw cursor.fail('LONGENTRIES, MAXSIZE, TOOMANY or NOPRIVATE expected before this place')
  }
}

/** "NEWNAME" SP mailbox SP mailbox   (RFC 2060 §7.1 says so in words) */
function readNewName(cursor: Cursor): ExtensionResponseCodes['NEWNAME'] {
  const oldName = readName(cursor)
  cursor.skipSpaces()
  return { oldName, newName: readName(cursor) }
}

/** mailbox, where the bracket that closes the code ends an atom */
function readName(cursor: Cursor): string {
  const next = cursor.peek()
  if (next === QUOTE || next === BRACE) return cursor.mailbox()
  const name = cursor.codeAtom()
  if (name.toUpperCase() === 'INBOX') return 'INBOX'
  return cursor.utf8 ? name : decodeMailboxName(name)
}

/** "OBJECTID" SP "(" key SP objectid *(SP key SP objectid) ")" ; from a summary of a draft (OBJECTID+) */
function readObjectIds(cursor: Cursor): ExtensionResponseCodes['OBJECTID'] {
  const ids = new Map<string, string>()
  cursor.char('(')
  cursor.skipSpaces()
  while (!cursor.tryChar(')')) {
    const key = cursor.astring().toUpperCase()
    cursor.skipSpaces()
    // What a later text of the draft may put here is passed over.
    if (cursor.peek() === OPEN) cursor.skipValue()
    else {
      const id = cursor.nstring()
      if (id !== null) ids.set(key, id)
    }
    cursor.skipSpaces()
  }
  return { ids }
}

/** "REFERRAL" 1*(SP url)   (RFC 2221 §5, RFC 2193 §6) */
function readReferral(cursor: Cursor): ExtensionResponseCodes['REFERRAL'] {
  const urls: string[] = []
  do {
    urls.push(readUrl(cursor))
    cursor.skipSpaces()
  } while (!cursor.atEnd && cursor.peek() !== CLOSE_BRACKET)
  return { urls }
}

/** "URLMECH" SP "INTERNAL" *(SP mechanism ["=" base64])   (RFC 4467 §9) */
function readUrlMechanisms(cursor: Cursor): ExtensionResponseCodes['URLMECH'] {
  const mechanisms: UrlMechanism[] = []
  do {
    const word = cursor.codeAtom()
    const equals = word.indexOf('=')
    if (equals < 0) mechanisms.push({ name: word.toUpperCase() })
    else mechanisms.push({ name: word.slice(0, equals).toUpperCase(), data: word.slice(equals + 1) })
    cursor.skipSpaces()
  } while (!cursor.atEnd && cursor.peek() !== CLOSE_BRACKET)
  return { mechanisms }
}

/** quoted / atom */
function readWord(cursor: Cursor): string {
  return cursor.peek() === QUOTE ? cursor.string() : cursor.codeAtom()
}

/** A URL up to a space or the bracket that ends the code; an IPv6 address in it has brackets of its own. */
function readUrl(cursor: Cursor): string {
  const { text } = cursor
  const start = cursor.pos
  let end = start
  let depth = 0
  for (let code = text.charCodeAt(end); code > SPACE; code = text.charCodeAt(++end)) {
    if (code === OPEN_BRACKET) depth++
    else if (code === CLOSE_BRACKET && --depth < 0) break
  }
  if (end === start) throw cursor.fail('A URL expected')
  cursor.pos = end
  return text.slice(start, end)
}
