import { HeaderFields } from '../mime/header-fields.js'
import { ArgumentError } from '../model/errors.js'

/** The octets of a section that are wanted: `count` of them from `offset` on. */
export interface OctetRange {
  readonly offset: number
  readonly count: number
}

/** A `BODY[…]` item of a query; `Out` is what a message holds of it. Made by {@link section} and {@link headers}. */
export interface SectionRequest<Out> {
  /** The part number, or the empty string for the message itself. */
  readonly part: string
  /** `HEADER`, `TEXT` or `MIME`; the empty string for the whole part. */
  readonly keyword: '' | 'HEADER' | 'TEXT' | 'MIME'
  /** Names of header fields, for `HEADER.FIELDS (…)`. */
  readonly fields?: readonly string[]
  readonly partial?: OctetRange
  /** Lets the server undo the transfer encoding. */
  readonly binary?: boolean
  /** Makes the value of the bytes that came. */
  readonly read: (bytes: Uint8Array) => Out
}

/** section-part = nz-number *("." nz-number) */
const PART = /^[1-9][0-9]{0,8}(?:\.[1-9][0-9]{0,8})*$/

/** The parts of a path such as `1.2.HEADER`. @throws ArgumentError for what is no section */
export function readSectionPath(path: string): Pick<SectionRequest<never>, 'part' | 'keyword'> {
  const match = /^(?:(.*?)\.)?(HEADER|TEXT|MIME)$/i.exec(path)
  const part = match === null ? path : (match[1] ?? '')
  const keyword = (match?.[2] ?? '').toUpperCase() as '' | 'HEADER' | 'TEXT' | 'MIME'
  if (part !== '' && !PART.test(part)) {
    throw new ArgumentError(`"${path.slice(0, 80)}" is no section: write it like 1.2, HEADER, 2.MIME or TEXT`)
  }
  // section-text = section-msgtext / "MIME", where MIME belongs to a part only.
  if (keyword === 'MIME' && part === '') throw new ArgumentError('MIME needs a part number: write it like 2.MIME')
  return { part, keyword }
}

/**
 * Asks for a section of each message as bytes (RFC 9051 §6.4.5.1): null where the message has no such part.
 * The bytes are kept in memory; for large ones use `stream`.
 *
 * @param path - such as `1.2`, `HEADER`, `2.MIME`, `TEXT`; the empty string for the whole message
 * @throws ArgumentError at once for a path that is none and for a partial that is none
 * @example
 * ```ts
 * import { section } from 'imapkit'
 * const m = await inbox.fetchOne(uid, { sections: { start: section('1', { offset: 0, count: 2000 }) } })
 * console.log(m?.sections.start?.length)
 * ```
 */
export function section(path = '', partial?: OctetRange): SectionRequest<Uint8Array> {
  return { ...readSectionPath(path), ...readRange(partial), read: (bytes) => bytes }
}

/**
 * Asks for a part with its transfer encoding undone by the server (`BINARY[…]`, RFC 3516, RFC 9051 §6.4.5): null where
 * the message has no such part. Without the capability the fetch rejects with CapabilityError; `download` decodes here.
 *
 * @param part - such as `1.2`
 * @throws ArgumentError at once for what is no part, and for a partial that is none
 * @example
 * ```ts
 * import { binary } from 'imapkit'
 * const m = await inbox.fetchOne(uid, { sections: { file: binary('2') }, binarySizes: ['2'] })
 * console.log(m?.sections.file?.length, m?.binarySizes.get('2'))
 * ```
 */
export function binary(part: string, partial?: OctetRange): SectionRequest<Uint8Array> {
  const path = readSectionPath(part)
  if (path.keyword !== '' || path.part === '')
    throw new ArgumentError('binary() takes the number of a part, such as 1.2')
  return { ...path, ...readRange(partial), binary: true, read: (bytes) => bytes }
}

function readRange(partial: OctetRange | undefined): { readonly partial?: OctetRange } {
  if (partial === undefined) return {}
  const { offset, count } = partial
  if (!isOctets(offset) || !isOctets(count) || count === 0) {
    throw new ArgumentError('A partial takes an offset from 0 and a count from 1, both whole numbers')
  }
  return { partial }
}

/**
 * Asks for header fields of each message, by name; without names for the whole header.
 *
 * @throws ArgumentError at once for a name that is no field name
 * @example
 * ```ts
 * import { headers } from 'imapkit'
 * const m = await inbox.fetchOne(uid, { sections: { list: headers('List-Id', 'List-Post') } })
 * console.log(m?.sections.list?.get('list-id'))
 * ```
 */
export function headers(...names: readonly string[]): SectionRequest<HeaderFields> {
  // ftext of RFC 5322 §3.6.8: printable ASCII but the colon.
  const wrong = names.find((name) => !/^[!-9;-~]+$/.test(name))
  if (wrong !== undefined) throw new ArgumentError(`"${wrong.slice(0, 80)}" is no name of a header field`)
  const read = (bytes: Uint8Array) => new HeaderFields(bytes)
  return names.length === 0
    ? { part: '', keyword: 'HEADER', read }
    : { part: '', keyword: 'HEADER', fields: names, read }
}

function isOctets(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff
}
