import type { Arguments } from '../arguments.js'
import { bad } from '../refusal.js'
import { findPart, parsed, type Part } from '../mime/part.js'
import type { StoredMessage } from '../store/message.js'
import { astring } from '../syntax.js'

/** What a section takes of its part. */
export type SectionText = '' | 'HEADER' | 'HEADER.FIELDS' | 'HEADER.FIELDS.NOT' | 'TEXT' | 'MIME'

/** A section of `BODY[…]` (RFC 9051 §6.4.5.1). */
export interface Section {
  readonly numbers: readonly number[]
  readonly text: SectionText
  /** Names of header fields as sent. */
  readonly names: readonly string[]
}

/** `<offset.count>` */
export interface Partial {
  readonly offset: number
  readonly count: number
}

/** section = "[" [section-spec] "]"; the opening bracket is next. */
export function readSection(args: Arguments, utf8: boolean): { section: Section; label: string } {
  args.char('[')
  const numbers = readPartNumbers(args)
  let text: SectionText = ''
  if (args.peek() !== ']') text = sectionText(args, numbers.length > 0)
  let names: string[] = []
  if (text === 'HEADER.FIELDS' || text === 'HEADER.FIELDS.NOT') {
    args.sp()
    names = args.list(() => args.astring('the name of a header field').toString('latin1'))
    if (names.some((name) => !/^[\x21-\x39\x3b-\x7e]+$/.test(name))) throw bad('That is no name of a header field')
  }
  args.char(']')
  const list = names.length > 0 ? ` (${names.map((name) => astring(name, utf8)).join(' ')})` : ''
  const path = numbers.join('.')
  const label = `[${path}${path !== '' && text !== '' ? '.' : ''}${text}${list}]`
  return { section: { numbers, text, names }, label }
}

/** section-part = nz-number *("." nz-number), and the dot ahead of what follows it */
export function readPartNumbers(args: Arguments): number[] {
  const numbers: number[] = []
  while (/[1-9]/.test(args.peek())) {
    numbers.push(args.number('a part number'))
    if (!args.take('.')) break
    if (args.peek() === ']') throw args.expected('a part number or HEADER, TEXT, MIME')
  }
  return numbers
}

function sectionText(args: Arguments, hasPart: boolean): SectionText {
  for (const word of ['HEADER.FIELDS.NOT', 'HEADER.FIELDS', 'HEADER', 'TEXT', 'MIME'] as const) {
    if (args.takeWord(word)) {
      if (word === 'MIME' && !hasPart) throw bad('MIME needs a part number')
      return word
    }
  }
  throw args.expected('a section: part numbers, HEADER, HEADER.FIELDS, HEADER.FIELDS.NOT, TEXT or MIME')
}

/** partial = "<" number "." nz-number ">" */
export function readPartial(args: Arguments): Partial | null {
  if (!args.take('<')) return null
  const offset = args.number('an offset')
  args.char('.')
  const count = args.number('a count')
  if (count === 0) throw bad('The count of a partial fetch is at least 1')
  args.char('>')
  return { offset, count }
}

/** The octets of a section, or null when the message has no such part. */
export function sectionBytes(message: StoredMessage, { numbers, text, names }: Section): Buffer | null {
  if (numbers.length === 0 && text === '') return message.raw
  const { root } = parsed(message)
  const part = findPart(root, numbers)
  if (part === null) return null
  if (text === 'MIME') return message.raw.subarray(part.start, part.header.end)
  if (text === '') return message.raw.subarray(part.bodyStart, part.bodyEnd)
  // HEADER and TEXT are those of a message: the one itself, or the one inside message/rfc822.
  const target: Part | null = numbers.length === 0 ? root : part.message
  if (target === null) return null
  if (text === 'TEXT') return message.raw.subarray(target.bodyStart, target.bodyEnd)
  if (text === 'HEADER') return message.raw.subarray(target.start, target.header.end)
  const wanted = new Set(names.map((name) => name.toLowerCase()))
  const not = text === 'HEADER.FIELDS.NOT'
  const fields = target.header.fields.filter((each) => wanted.has(each.key) !== not)
  // The empty line belongs to every header there is one in (RFC 9051 §6.4.5.1).
  return Buffer.from(fields.map((each) => each.raw).join('') + (target.header.delimiter && '\r\n'), 'latin1')
}

/** Cuts a partial out; beyond the end there is nothing. */
export function cut(bytes: Buffer, partial: Partial | null): Buffer {
  return partial === null ? bytes : bytes.subarray(partial.offset, partial.offset + partial.count)
}
