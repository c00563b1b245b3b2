import { Buffer } from 'node:buffer'
import { ArgumentError } from '../model/errors.js'
import { ATOM, CHAR, hasLoneSurrogate, isAll, TEXT } from './chars.js'

/** Quoted strings are written up to this many octets; servers limit the length of a line. */
const MAX_QUOTED = 1000

/** What a string of a command is written as (RFC 9051 §4.3). */
export type StringForm =
  { readonly kind: 'text'; readonly octets: string } | { readonly kind: 'literal'; readonly bytes: Uint8Array }

/** Which forms are allowed where the string stands. */
export interface FormOptions {
  /** The classes of characters of which an atom may be made here; 0 where none may stand. */
  readonly atom: number
  /** Whether quoted strings may hold UTF-8. */
  readonly utf8: boolean
}

/**
 * Chooses how a string is written: an atom, else quoted, else a literal.
 *
 * `NIL` is never an atom, since servers read it as no string at all.
 *
 * @throws ArgumentError for NUL and for half of a surrogate pair, which no form can carry
 */
export function formOf(text: string, { atom, utf8 }: FormOptions): StringForm {
  if (text.length <= MAX_QUOTED && atom !== 0 && isAll(text, atom) && text.toUpperCase() !== 'NIL') {
    return { kind: 'text', octets: text }
  }
  if (text === '' || (text.length <= MAX_QUOTED && isAll(text, TEXT))) return { kind: 'text', octets: quote(text) }
  checkText(text)
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.length > MAX_QUOTED || bytes.includes(CHAR.CR) || bytes.includes(CHAR.LF)) return { kind: 'literal', bytes }
  const ascii = bytes.length === text.length
  return ascii || utf8 ? { kind: 'text', octets: quote(bytes.toString('latin1')) } : { kind: 'literal', bytes }
}

/** Chooses how octets are written: quoted when they are short and 7-bit text, else a literal. */
export function formOfBytes(bytes: Uint8Array): StringForm {
  if (bytes.length <= MAX_QUOTED) {
    const octets = Buffer.from(bytes).toString('latin1')
    if (octets === '' || isAll(octets, TEXT)) return { kind: 'text', octets: quote(octets) }
  }
  checkBytes(bytes)
  return { kind: 'literal', bytes }
}

/** @throws ArgumentError when bytes that are to stand in a literal hold a NUL, which only a literal8 can carry. */
export function checkBytes(bytes: Uint8Array): void {
  if (bytes.includes(CHAR.NUL)) {
    throw new ArgumentError('The data hold a NUL octet, which IMAP allows in binary literals only (RFC 9051 §4.3)')
  }
}

/** @throws ArgumentError when text cannot be written in any form. */
export function checkText(text: string): void {
  if (text.includes('\0')) throw new ArgumentError('An argument holds a NUL character, which IMAP cannot carry')
  if (hasLoneSurrogate(text)) throw new ArgumentError('An argument holds half of a surrogate pair: it is no text')
}

/** Whether text can stand as an atom: 1*ATOM-CHAR. */
export function isAtom(text: string): boolean {
  return isAll(text, ATOM)
}

/** A text as it may stand in the message of an error: short, and without controls. */
export function shown(text: string): string {
  const short = text.length > 40 ? `${text.slice(0, 40)}…` : text
  return JSON.stringify(short)
}

function quote(octets: string): string {
  return `"${octets.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
