import type { Arguments } from '../arguments.js'
import { sectionBytes } from '../fetch/section.js'
import { bad } from '../refusal.js'
import type { StoredMessage } from '../store/message.js'
import type { Scope } from './annotate-store.js'
import { readValue } from './metadata.js'

/** A value to be stored. */
export interface Assignment {
  readonly entry: string
  readonly scope: Scope
  readonly value: Buffer | null
}

/** An attribute as it is asked for. */
export interface Attribute {
  readonly name: 'value' | 'size'
  readonly scope: Scope
}

// entry-match = list-mailbox, and no mailbox name: no part of it is decoded.
const MATCH = /[^(){ "\\\x00-\x1f\x7f-\xff]+/y

/** entry-match = list-mailbox: a path that may hold `*` and `%`. @throws Refusal */
export function readEntryMatch(args: Arguments): string {
  const start = args.pos
  const next = args.peek()
  let text: string
  if (next === '"' || next === '{') text = args.string('an entry').toString('latin1')
  else {
    MATCH.lastIndex = start
    text = MATCH.exec(args.text)?.[0] ?? ''
    args.pos += text.length
  }
  return checked(args, start, text, /^(\*.*|(\/[^/\0\x80-\xff]+)+)$/)
}

/** entry = astring: slash-separated, without `*` and `%`. @throws Refusal BAD */
export function readEntry(args: Arguments): string {
  const start = args.pos
  return checked(args, start, args.astring('an entry').toString('latin1'), /^(\/[^/*%\0\x80-\xff]+)+$/)
}

function checked(args: Arguments, start: number, text: string, form: RegExp): string {
  const first = /^\/([0-9][^/]*)/.exec(text)?.[1]
  const part = first === undefined || /[*%]/.test(first) || /^[1-9]\d*(\.[1-9]\d*)*$/.test(first)
  if (form.test(text) && part) return text
  args.pos = start
  throw args.expected('an entry such as /comment or /1/comment')
}

/** Makes sure that the part that an entry is about is there (RFC 5257 §3.2.1). @throws Refusal BAD */
export function checkPart(entry: string, message: StoredMessage): void {
  const part = /^\/([1-9][\d.]*)(\/|$)/.exec(entry)?.[1]
  if (part === undefined) return
  const numbers = part.split('.').map(Number)
  if (sectionBytes(message, { numbers, text: '', names: [] }) === null) throw bad(`The message has no part ${part}`)
}

/** attrib = astring: `value` or `size`, with `.priv` or `.shared` or both of them. @throws Refusal BAD */
export function readAttribute(args: Arguments): Attribute[] {
  const start = args.pos
  const match = /^(value|size)(?:\.(priv|shared))?$/.exec(args.astring('an attribute').toString('latin1'))
  if (match === null) {
    args.pos = start
    throw args.expected('value or size, with .priv or .shared behind it or without')
  }
  const name = match[1] === 'size' ? 'size' : 'value'
  if (match[2] === undefined)
    return [
      { name, scope: 'priv' },
      { name, scope: 'shared' },
    ]
  return [{ name, scope: match[2] === 'priv' ? 'priv' : 'shared' }]
}

/** "(" entry-att *(SP entry-att) ")"; entry-att = entry SP "(" att-value *(SP att-value) ")" */
export function readAssignments(args: Arguments): Assignment[] {
  return args
    .list(() => {
      const entry = readEntry(args)
      if (/^\/flags(\/|$)/.test(entry)) throw bad('/flags is reserved')
      args.sp()
      return args.list(() => {
        const start = args.pos
        const [attribute, other] = readAttribute(args)
        if (attribute?.name !== 'value' || other !== undefined) {
          args.pos = start
          throw args.expected('value.priv or value.shared')
        }
        args.sp()
        const value = readValue(args)
        if (/^\/[\d.]+\/flags\//.test(entry) && value !== null && !/^[01]$/.test(value.toString('latin1'))) {
          throw bad('A flag of a part is 0, 1 or NIL')
        }
        return { entry, scope: attribute.scope, value }
      })
    })
    .flat()
}

/** Makes a test for entries: `*` stands for anything, `%` for anything within one level. */
export function entryMatcher(pattern: string): (entry: string) => boolean {
  if (!/[*%]/.test(pattern)) return (entry) => entry === pattern
  const source = pattern
    .replace(/[*%]*\*[*%]*/g, '*')
    .replace(/%+/g, '%')
    .replace(/[\\^$.|?+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('%', '[^/]*')
  const test = new RegExp(`^${source}$`, 's')
  return (entry) => test.test(entry)
}
