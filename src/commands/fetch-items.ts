import type { FetchItem } from './slots.js'
import {
  readBinaryItem,
  readBinarySizeItem,
  readBodyItem,
  readBodyStructureItem,
  readEnvelopeItem,
  readFlagsItem,
  readInternalDateItem,
  readModSeqItem,
  readRfc822HeaderItem,
  readRfc822Item,
  readRfc822TextItem,
  readSizeItem,
  readUidItem,
} from '../grammar/fetch-items.js'
import { ArgumentError, CapabilityError } from '../model/errors.js'
import { isBeforeRev1 } from '../model/generation.js'
import type { FetchData, SectionData } from '../model/message.js'
import type { Writer } from '../wire/writer.js'
import { checkArray, checkCapability, checkString } from './checks.js'
import type { EncodeContext } from './command.js'

/** An item that is asked for by its name alone. */
export type PlainItem = FetchItem<true>

/** UID (RFC 9051 §6.4.5). */
export const uidItem: PlainItem = { key: 'uid', write: (w) => void w.word('UID'), read: { UID: readUidItem } }

/** FLAGS (RFC 9051 §6.4.5). */
export const flagsItem: PlainItem = { key: 'flags', write: (w) => void w.word('FLAGS'), read: { FLAGS: readFlagsItem } }

/** ENVELOPE (RFC 9051 §6.4.5). */
export const envelopeItem: PlainItem = {
  key: 'envelope',
  write: (w) => void w.word('ENVELOPE'),
  read: { ENVELOPE: readEnvelopeItem },
}

/** RFC822.SIZE (RFC 9051 §6.4.5). */
export const sizeItem: PlainItem = {
  key: 'size',
  write: (w) => void w.word('RFC822.SIZE'),
  read: { 'RFC822.SIZE': readSizeItem },
}

/** INTERNALDATE (RFC 9051 §6.4.5). */
export const internalDateItem: PlainItem = {
  key: 'internalDate',
  write: (w) => void w.word('INTERNALDATE'),
  read: { INTERNALDATE: readInternalDateItem },
}

/** BODYSTRUCTURE (RFC 9051 §6.4.5). */
export const bodyStructureItem: PlainItem = {
  key: 'bodyStructure',
  write: (w) => void w.word('BODYSTRUCTURE'),
  read: { BODYSTRUCTURE: readBodyStructureItem },
}

/** MODSEQ (RFC 7162 §3.1.4). */
export const modSeqItem: PlainItem = {
  key: 'modSeq',
  needs: 'CONDSTORE',
  write: (w) => void w.word('MODSEQ'),
  read: { MODSEQ: readModSeqItem },
}

/** What to fetch of the content of a message (RFC 9051 §6.4.5.1). */
export interface SectionAsk {
  /** `BINARY` lets the server undo the transfer encoding and needs the capability BINARY (RFC 3516); `BODY` by default. */
  readonly kind?: 'BODY' | 'BINARY' | undefined
  /** `''` for all, a part `1.2`, or `HEADER`, `TEXT`, `1.2.MIME`; with `headers` the part alone. */
  readonly section: string
  /** Only the header fields of these names. */
  readonly headers?: readonly string[] | undefined
  /** All header fields but those of `headers`. */
  readonly not?: boolean | undefined
  /** Only these octets: the first one counted from 0, and how many. */
  readonly partial?: readonly [offset: number, count: number] | undefined
  /** Lets the server set `\Seen`; else the item peeks. */
  readonly markSeen?: boolean | undefined
}

/** BODY[…] and BINARY[…], always peeking unless `markSeen` says otherwise (RFC 9051 §6.4.5.1, RFC 3516 §4.1). */
export const sectionItem: FetchItem<SectionAsk> = {
  key: 'sections',
  write: (w, ask, context) => {
    if (ask.kind === 'BINARY') checkBinary(context)
    if (isBeforeRev1(context)) writeOldSection(w, ask)
    else writeSection(w, ask)
  },
  has: (data, ask) => findSection(data, ask) !== undefined,
  read: {
    BODY: readBodyItem,
    BINARY: readBinaryItem,
    RFC822: readRfc822Item,
    'RFC822.HEADER': readRfc822HeaderItem,
    'RFC822.TEXT': readRfc822TextItem,
  },
}

/** BINARY.SIZE[…]: the sizes of decoded parts, by their numbers (RFC 3516 §4.1). */
export const binarySizeItem: FetchItem<readonly string[]> = {
  key: 'binarySizes',
  write: (w, parts, context) => {
    checkBinary(context)
    checkArray('The list of parts', parts)
    if (parts.length === 0) throw new ArgumentError("binarySizes names at least one part, such as ['1.2']")
    parts.forEach((part, index) => {
      checkPart(part)
      if (index > 0) w.sp()
      w.word('BINARY.SIZE').section(part)
    })
  },
  has: (data, parts) => parts.every((part) => data.binarySizes?.has(part.toUpperCase()) === true),
  read: { 'BINARY.SIZE': readBinarySizeItem },
}

/** The items of FETCH that need no record of an extension. */
export const coreFetchItems: readonly FetchItem<never>[] = [
  uidItem,
  flagsItem,
  envelopeItem,
  sizeItem,
  internalDateItem,
  bodyStructureItem,
  modSeqItem,
  sectionItem,
  binarySizeItem,
]

/** Gives the section of a message that answers `ask`, or undefined when it has not come. */
export function findSection(data: Pick<FetchData, 'sections'>, ask: SectionAsk): SectionData | undefined {
  const { sections } = data
  if (sections === undefined) return undefined
  const offset = ask.partial?.[0] ?? null
  if (ask.headers === undefined) {
    const kind = ask.kind ?? 'BODY'
    for (const each of sections) {
      if (each.section === ask.section && each.offset === offset && each.kind === kind) return each
    }
  }
  const wanted = sectionText(ask)
  const named = sections.filter((each) => each.kind === (ask.kind ?? 'BODY') && comparable(each.section) === wanted)
  // Some servers leave out the origin where it is 0.
  return (
    named.find((each) => each.offset === offset) ??
    (offset === 0 ? named.find((each) => each.offset === null) : undefined)
  )
}

/** IMAP4rev2 has the FETCH side of BINARY (RFC 9051 Appendix E), and has to be enabled where rev1 is offered as well. */
function checkBinary(context: EncodeContext): void {
  const isRev2 = context.isEnabled('IMAP4rev2') || (context.has('IMAP4rev2') && !context.has('IMAP4rev1'))
  if (!isRev2) checkCapability(context, 'BINARY', 'Fetching decoded content')
}

/** section-part = nz-number *("." nz-number) */
function checkPart(part: string): void {
  checkString('The number of a part', part)
  if (/^(?:[1-9][0-9]*(?:\.[1-9][0-9]*)*)?$/.test(part)) return
  throw new ArgumentError(`"${part.slice(0, 40)}" is no number of a part: write it like 1.2`)
}

function writeSection(w: Writer, ask: SectionAsk): void {
  const { kind = 'BODY', section, headers, partial } = ask
  checkString('A section', section)
  w.word(ask.markSeen === true ? kind : `${kind}.PEEK`)
  if (headers !== undefined) {
    if (kind === 'BINARY') throw new ArgumentError('BINARY gives whole parts: fetch header fields without it')
    checkArray('The list of header names', headers)
    for (const name of headers) checkString('The name of a header field', name)
    w.sectionHeaders(section, headers, ask.not === true)
  } else {
    if (kind === 'BINARY') checkPart(section)
    w.section(section)
  }
  if (partial !== undefined) checkArray('partial', partial)
  if (partial !== undefined) w.partial(partial[0], partial[1])
}

/**
 * fetch_att =/ "BODY" [".PEEK"] "[" section "]" / "RFC822" [".PEEK"] / "RFC822.HEADER" / "RFC822.TEXT" [".PEEK"]   (RFC 1730)
 *
 * @throws CapabilityError for what only IMAP4rev1 can name
 */
function writeOldSection(w: Writer, { section, headers, partial, markSeen }: SectionAsk): void {
  checkString('A section', section)
  const peek = markSeen === true ? '' : '.PEEK'
  const old = headers === undefined && partial === undefined ? OLD_SECTIONS.get(section.toUpperCase()) : undefined
  if (old === 'RFC822.HEADER') w.word(old)
  else if (old !== undefined) w.word(`${old}${peek}`)
  else if (headers === undefined && partial === undefined && /^[1-9][0-9.]*$/.test(section)) {
    checkPart(section)
    w.word(`BODY${peek}`).section(section)
  } else {
    throw new CapabilityError('IMAP4rev1', 'This part of a message needs IMAP4rev1; the server speaks an older IMAP')
  }
}

const OLD_SECTIONS = new Map([
  ['', 'RFC822'],
  ['HEADER', 'RFC822.HEADER'],
  ['TEXT', 'RFC822.TEXT'],
])

/** The text between the brackets as the server will repeat it, fit for comparing. */
function sectionText(ask: SectionAsk): string {
  if (ask.headers === undefined) return comparable(ask.section)
  const part = ask.section === '' ? '' : `${ask.section}.`
  const names = ask.headers.map((name) =>
    /^[^\s()"\\{\]]+$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`,
  )
  return comparable(`${part}HEADER.FIELDS${ask.not === true ? '.NOT' : ''} (${names.join(' ')})`)
}

/** Case, order and repetition of header names mean nothing. */
function comparable(section: string): string {
  const text = section.toUpperCase()
  const list = text.indexOf(' (')
  if (list < 0) return text
  const names = new Set(text.slice(list + 2, -1).split(' '))
  return `${text.slice(0, list)} (${[...names].sort().join(' ')})`
}
