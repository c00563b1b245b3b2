import { Buffer } from 'node:buffer'
import { checkArray, checkString } from '../commands/checks.js'
import { ArgumentError } from '../model/errors.js'
import type { Cursor } from '../wire/cursor.js'
import type { Writer } from '../wire/writer.js'

// Entries and values, of which METADATA (RFC 5464) and ANNOTATE (RFC 5257) have the same kind.

/** A value to be stored: text goes as UTF-8; null removes the entry. */
export type EntryValue = string | Uint8Array | null

/** Reads a value: value = nstring / literal8   (RFC 5464 §5, RFC 5257 §5) */
export function readValue(cursor: Cursor): Uint8Array | null {
  return cursor.nbytes() ?? null
}

/** Writes a value; octets with NUL among them are a literal8. @throws ArgumentError for what is no value */
export function writeValue(w: Writer, value: EntryValue): void {
  checkValue(value)
  if (value === null) w.nstring(null)
  else if (typeof value === 'string' && !value.includes('\0')) w.string(value)
  else {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value
    if (bytes.includes(0)) w.literal(bytes, { binary: true })
    else w.bytes(bytes)
  }
}

/** @throws ArgumentError for anything but text, octets and null */
export function checkValue(value: EntryValue): void {
  const given: unknown = value
  if (given === null || typeof given === 'string' || given instanceof Uint8Array) return
  throw new ArgumentError('The value of an entry is text, octets, or null to remove it')
}

/**
 * Looks at the name of an entry: components behind slashes, printable ASCII.
 *
 * entry = astring ; slash-separated path to entry, MUST NOT contain "*" or "%"   (RFC 5464 §5, RFC 5257 §5)
 *
 * @param wildcards - whether `*` and `%` are allowed
 * @throws ArgumentError
 */
export function checkEntry(entry: string, wildcards = false): void {
  checkString('The name of an entry', entry)
  const isName = /^(?:\/[^\0-\x1f/\x7f-\uffff]+)+$/.test(entry) && (wildcards || !/[*%]/.test(entry))
  if (isName || (wildcards && entry === '*')) return
  throw new ArgumentError(`"${entry.slice(0, 40)}" is no name of an entry: write it like /comment, in ASCII`)
}

/** One name or several as a list. @throws ArgumentError for an empty list */
export function namesOf(what: string, names: string | readonly string[]): readonly string[] {
  const list = typeof names === 'string' ? [names] : names
  checkArray(what, list)
  if (list.length === 0) throw new ArgumentError(`${what}: at least one is needed`)
  return list
}

/** Writes one name alone, several in parentheses. */
export function writeNames(w: Writer, names: readonly string[], write: (name: string) => void): void {
  const [only] = names
  if (only !== undefined && names.length === 1) write(only)
  else w.list(names, write)
}

/** The name that was asked for where the answer has it in another case: names of entries have none. */
export function asAsked(name: string, asked: readonly string[]): string {
  const lower = name.toLowerCase()
  return asked.find((each) => each.toLowerCase() === lower) ?? name
}

/** Whether two names mean one mailbox: some servers answer with another Unicode form of the name (RFC 5198). */
export function isSameMailbox(a: string, b: string): boolean {
  return a === b || a.normalize('NFKC') === b.normalize('NFKC')
}
