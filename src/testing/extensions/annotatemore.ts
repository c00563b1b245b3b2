import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { matcher } from '../list/pattern.js'
import { bad, no } from '../refusal.js'
import type { Session } from '../session.js'
import { mailboxName, quoted } from '../syntax.js'
import { entryMatcher } from './annotate-syntax.js'
import { mailboxMetadata, mayAnnotate, serverMetadata, type Metadata } from './metadata-store.js'
import { readValue, storeEntries, valueText } from './metadata.js'

const needs = ['ANNOTATEMORE'] as const

/** What an attribute is called in METADATA, which came after: `value.priv` of `/comment` is `/private/comment`. */
const SCOPES: Readonly<Record<string, string>> = { priv: '/private', shared: '/shared' }

/** string / "(" string *(SP string) ")": entries and attributes stand in quotes or literals. */
function readStrings(args: Arguments, what: string): string[] {
  const read = (): string => args.string(what).toString('latin1')
  return args.peek() === '(' ? args.list(read) : [read()]
}

/** A mailbox name that may hold `*` and `%`, as every mailbox that fits; the empty name is the server. @throws Refusal */
function targets(session: Session, pattern: string): { readonly name: string; readonly metadata: Metadata }[] {
  if (pattern === '') return [{ name: '', metadata: serverMetadata.get(session.server) }]
  const test = matcher(pattern, session.owner.delimiter)
  const found = session.access.candidates().flatMap(({ name, mailbox }) => {
    if (mailbox === null || !test(name) || !mayAnnotate(session, mailbox)) return []
    return { name, metadata: mailboxMetadata.get(mailbox) }
  })
  if (found.length === 0 && !/[*%]/.test(pattern)) throw no('There is no such mailbox', 'NONEXISTENT')
  return found
}

/** An attribute: `value` or `size`, of `priv`, `shared` or both; `*` and `%` stand for all of them. */
function attributesOf(pattern: string): { readonly name: string; readonly scope: string; readonly size: boolean }[] {
  const all = ['value.priv', 'value.shared', 'size.priv', 'size.shared'].filter(
    (name) => entryMatcher(pattern)(name) || name.startsWith(`${pattern}.`),
  )
  if (all.length === 0) throw bad('The attributes are value and size, with .priv or .shared or both')
  return all.map((name) => ({
    name,
    scope: SCOPES[name.slice(name.indexOf('.') + 1)] ?? '',
    size: name.startsWith('size'),
  }))
}

/** "GETANNOTATION" SP list-mailbox SP entries SP attribs */
function getAnnotation(session: Session, args: Arguments): void {
  args.sp()
  const pattern = args.listMailbox()
  args.sp()
  const entries = readStrings(args, 'an entry')
  args.sp()
  const attributes = readStrings(args, 'an attribute').flatMap(attributesOf)
  args.end()
  if (!entries.every((entry) => /^(\/|[*%])/.test(entry))) throw bad('An entry begins with a slash')
  const { out, owner, utf8 } = session
  for (const { name, metadata } of targets(session, pattern)) {
    const known = new Set(metadata.names(owner).map((each) => each.replace(/^\/(private|shared)/i, '')))
    for (const entry of known) {
      if (!entries.some((each) => entryMatcher(each.toLowerCase())(entry.toLowerCase()))) continue
      const values = attributes.flatMap(({ name: attribute, scope, size }) => {
        const value = metadata.get(owner, scope + entry)
        if (value === null) return []
        return `${quoted(attribute)} ${size ? quoted(String(value.length)) : valueText(session, value)}`
      })
      if (values.length === 0) continue
      const shown = name === '' ? '""' : mailboxName(name, utf8)
      out.line(`* ANNOTATION ${shown} ${quoted(entry)} (${values.join(' ')})`)
    }
  }
}

/** entry SP "(" attribute SP value *(SP attribute SP value) ")", as entries of METADATA */
function readEntry(args: Arguments): (readonly [entry: string, value: Buffer | null])[] {
  const entry = args.string('an entry').toString('latin1')
  if (!/^(\/[^/*%\x00-\x1f\x7f-\xff]+)+$/.test(entry)) throw bad('An entry is a path such as /comment')
  args.sp()
  return args.list(() => {
    const attribute = args.string('an attribute').toString('latin1')
    const scope = SCOPES[/^value\.(priv|shared)$/.exec(attribute)?.[1] ?? '']
    if (scope === undefined) throw bad('Only value.priv and value.shared can be set')
    args.sp()
    return [scope + entry, readValue(args)] as const
  })
}

/** "SETANNOTATION" SP list-mailbox SP (entry-att / "(" entry-att *(SP entry-att) ")") */
function setAnnotation(session: Session, args: Arguments): void {
  args.sp()
  const pattern = args.listMailbox()
  args.sp()
  const several = args.take('(')
  const values = readEntry(args)
  if (several) {
    while (args.take(' ')) values.push(...readEntry(args))
    args.char(')')
  }
  args.end()
  for (const { name, metadata } of targets(session, pattern)) storeEntries(session, name, metadata, values)
}

/** ANNOTATEMORE, a draft that became METADATA: it shows the same entries under their older names. */
export const annotatemoreFeature: Feature = {
  capabilities: ['ANNOTATEMORE'],
  commands: [
    { name: 'GETANNOTATION', states: ['authenticated'], needs, run: getAnnotation },
    { name: 'SETANNOTATION', states: ['authenticated'], needs, run: setAnnotation },
  ],
}
