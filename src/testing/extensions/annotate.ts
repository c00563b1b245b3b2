import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import type { FetchItem } from '../fetch/item.js'
import { bad, no } from '../refusal.js'
import type { SearchContext, SearchTest } from '../search/key.js'
import type { Session } from '../session.js'
import type { StoreAction, StoreManner } from '../slots.js'
import { Extra } from '../store/extra.js'
import type { MemoryMailbox } from '../store/mailbox.js'
import type { StoredMessage } from '../store/message.js'
import type { View } from '../store/view.js'
import { nstring, quoted } from '../syntax.js'
import { annotationsOf } from './annotate-store.js'
import {
  checkPart,
  entryMatcher,
  readAssignments,
  readAttribute,
  readEntry,
  readEntryMatch,
} from './annotate-syntax.js'
import type { Assignment, Attribute } from './annotate-syntax.js'
import { readValue, valueText } from './metadata.js'
import { accountOf, checkQuota } from './quota.js'

const needs = ['ANNOTATE-EXPERIMENT-1'] as const

/** What annotations of messages can be limited to (RFC 5257 §4.1). */
export interface AnnotationOptions {
  /** Octets of one value, 1024 or more; default 65536. */
  readonly maxSize?: number
  /** Entries of one message that one user sees, 10 or more; default 100. */
  readonly maxEntries?: number
  /** Whether there are private values; default true. */
  readonly private?: boolean
}

function limits(session: Session): Required<AnnotationOptions> {
  return { maxSize: 65_536, maxEntries: 100, private: true, ...session.server.settings.extensions.annotations }
}

const entryText = (entry: string): string =>
  /^[^(){ %*"\\\x00-\x1f\x7f]+$/.test(entry) ? entry : nstring(entry, false)

/** fetch-att =/ "ANNOTATION" SP "(" entries SP attribs ")" */
function readFetch(args: Arguments, session: Session): FetchItem {
  args.sp()
  args.char('(')
  const patterns = args.peek() === '(' ? args.list(() => readEntryMatch(args)) : [readEntryMatch(args)]
  args.sp()
  const attributes = args.peek() === '(' ? args.list(() => readAttribute(args)).flat() : readAttribute(args)
  args.char(')')
  const user = session.owner
  return {
    label: 'ANNOTATION',
    check: (message) => patterns.forEach((pattern) => checkPart(pattern, message)),
    write(out, message) {
      const known = annotationsOf.get(message).entries(user)
      // What was named and has no value is told as NIL.
      const entries = patterns.flatMap((each) => (/[*%]/.test(each) ? known.filter(entryMatcher(each)) : each))
      const texts = [...new Set(entries)].map((entry) => {
        const values = attributes.map((attribute) => attributeText(session, message, entry, attribute))
        return `${entryText(entry)} (${values.join(' ')})`
      })
      out.text(`ANNOTATION (${texts.join(' ')})`)
    },
  }
}

function attributeText(session: Session, message: StoredMessage, entry: string, { name, scope }: Attribute): string {
  const value = annotationsOf.get(message).get(session.owner, entry, scope)
  return `${name}.${scope} ${name === 'size' ? quoted(String(value?.length ?? 0)) : valueText(session, value)}`
}

/** Whether values may be stored, whatever message they are for. @throws Refusal */
function checkValues(session: Session, mailbox: MemoryMailbox, assignments: readonly Assignment[]): void {
  const { maxSize, private: own } = limits(session)
  for (const { scope, value } of assignments) {
    if (scope === 'priv' && !own) throw no('There are no private annotations here', 'CANNOT')
    if (scope === 'shared' && !mayShare(session, mailbox)) throw no('This needs the right "n"', 'NOPERM')
    if (value !== null && value.length > maxSize) throw no(`A value has at most ${maxSize} octets`, 'ANNOTATE TOOBIG')
  }
}

/** The right `n` (RFC 5257 §3.4); without ACL whoever may write may do so. */
const mayShare = (session: Session, mailbox: MemoryMailbox): boolean =>
  !session.has('ACL') || session.access.may(mailbox, 'n')

/** Whether a message can take values. @throws Refusal */
function checkMessage(session: Session, message: StoredMessage, assignments: readonly Assignment[]): void {
  const after = new Set(annotationsOf.get(message).entries(session.owner))
  const before = after.size
  for (const { entry, value } of assignments) {
    checkPart(entry, message)
    if (value !== null) after.add(entry)
  }
  if (after.size > before && after.size > limits(session).maxEntries) throw no('There are too many', 'ANNOTATE TOOMANY')
}

/** Octets by which a message would grow. */
function growth(session: Session, message: StoredMessage, assignments: readonly Assignment[]): number {
  const annotations = annotationsOf.get(message)
  return assignments.reduce((sum, { entry, scope, value }) => {
    return sum + (value?.length ?? 0) - (annotations.get(session.owner, entry, scope)?.length ?? 0)
  }, 0)
}

/** store-att-flags =/ "ANNOTATION" SP "(" entry-att *(SP entry-att) ")": it tells nothing by itself (§4.5). */
function readStore(args: Arguments, session: Session, { change, silent }: StoreManner): StoreAction {
  if (change !== 'replace' || silent) throw bad('ANNOTATION is stored without + and - and without .SILENT')
  args.sp()
  const assignments = readAssignments(args)
  const { mailbox } = session.selected
  let more = 0
  return {
    check(message) {
      checkValues(session, mailbox, assignments)
      checkMessage(session, message, assignments)
      more += growth(session, message, assignments)
      checkQuota(session, accountOf(session, mailbox), 'ANNOTATION-STORAGE', more)
    },
    apply: (message) => assign(session, mailbox, message, assignments),
  }
}

/** Stores values, and tells those who have asked for that. */
function assign(
  session: Session,
  mailbox: MemoryMailbox,
  message: StoredMessage,
  assignments: readonly Assignment[],
): boolean {
  const annotations = annotationsOf.get(message)
  const changed = assignments.filter(({ entry, scope, value }) => annotations.set(session.owner, entry, scope, value))
  for (const watcher of watchers.get(mailbox)) {
    if (watcher.session === session) continue
    const mine = watcher.session.account === session.account
    const names = changed.filter(({ scope }) => scope === 'shared' || mine).map(({ entry }) => entry)
    if (names.length === 0) continue
    const pending = watcher.pending.get(message) ?? new Set()
    for (const name of names) pending.add(name)
    watcher.pending.set(message, pending)
  }
  return changed.length > 0
}

/** A session that selected the mailbox with ANNOTATE, and what it has not been told yet (§4.4). */
interface AnnotationWatcher {
  readonly session: Session
  readonly view: View
  readonly pending: Map<StoredMessage, Set<string>>
}

const watchers = new Extra<MemoryMailbox, Set<AnnotationWatcher>>(() => new Set())

/** Only the names of entries, never values (§4.4). */
function tellPending(session: Session): void {
  const { view } = session
  if (view === null) return
  for (const watcher of watchers.get(view.mailbox)) {
    if (watcher.view !== view) continue
    for (const [message, entries] of watcher.pending) {
      const head = message.expunged ? null : session.fetchHead(message)
      if (head !== null) {
        session.out.line(`${head}UID ${message.uid} ANNOTATION (${[...entries].map(entryText).join(' ')}))`)
      }
    }
    watcher.pending.clear()
  }
}

/** What an APPEND in progress wants to store. */
const appending = new Extra<Session, Assignment[]>(() => [])

/** append-ext =/ "ANNOTATION" SP "(" entry-att *(SP entry-att) ")" */
function readAppend(args: Arguments, session: Session): (message: StoredMessage) => void {
  args.sp()
  const assignments = readAssignments(args)
  appending.get(session).push(...assignments)
  return (message) => {
    const annotations = annotationsOf.get(message)
    for (const { entry, scope, value } of assignments) annotations.set(session.owner, entry, scope, value)
  }
}

/** A copy has what is shared, and what is private to the user who copies (§4.6). */
function copyValues(session: Session, mailbox: MemoryMailbox, added: readonly StoredMessage[]): void {
  const shares = mayShare(session, mailbox)
  for (const message of added) {
    if (message.origin === null) continue
    const from = annotationsOf.get(message.origin)
    const to = annotationsOf.get(message)
    for (const entry of from.entries(session.owner)) {
      to.set(session.owner, entry, 'priv', from.get(session.owner, entry, 'priv'))
      if (shares) to.set(session.owner, entry, 'shared', from.get(session.owner, entry, 'shared'))
    }
  }
}

/** search-key =/ "ANNOTATION" SP entry-match SP att-search SP value */
function readSearch(args: Arguments, context: SearchContext): SearchTest {
  args.sp()
  const fits = entryMatcher(readEntryMatch(args))
  args.sp()
  const attributes = readAttribute(args)
  if (attributes.some(({ name }) => name !== 'value')) throw bad('Only value, value.priv and value.shared are searched')
  args.sp()
  const sent = readValue(args)
  const wanted = sent === null ? null : context.text(sent)
  const user = context.session.owner
  return (message) => {
    const annotations = annotationsOf.get(message)
    const values = annotations
      .entries(user)
      .filter(fits)
      .flatMap((entry) => attributes.map(({ scope }) => annotations.get(user, entry, scope)))
      .filter((value) => value !== null)
    return wanted === null ? values.length === 0 : values.some((value) => context.holds(value.toString('utf8'), wanted))
  }
}

/** sort-key =/ "ANNOTATION" SP entry SP att-sort */
function readSort(args: Arguments, context: SearchContext): (a: StoredMessage, b: StoredMessage) => number {
  args.sp()
  const entry = readEntry(args)
  args.sp()
  const [attribute, other] = readAttribute(args)
  if (attribute?.name !== 'value' || other !== undefined) throw bad('Only value.priv and value.shared are sorted by')
  const user = context.session.owner
  const text = (message: StoredMessage): string => {
    const value = annotationsOf.get(message).get(user, entry, attribute.scope)
    return value === null ? '' : context.text(value)
  }
  return (a, b) => {
    const [left, right] = [text(a), text(b)]
    return left === right ? 0 : left < right ? -1 : 1
  }
}

/** ANNOTATE-EXPERIMENT-1 (RFC 5257). */
export const annotateFeature: Feature = {
  capabilities: ['ANNOTATE-EXPERIMENT-1'],
  fetchItems: { ANNOTATION: { needs, read: readFetch } },
  storeItems: { ANNOTATION: { needs, read: readStore } },
  appendOptions: { ANNOTATION: { needs, read: readAppend } },
  searchKeys: { ANNOTATION: { needs, read: readSearch } },
  sortKeys: { ANNOTATION: { needs, read: readSort } },
  selectParameters: {
    ANNOTATE: {
      needs,
      read: (_args, session) => (view) => void watchers.get(view.mailbox).add({ session, view, pending: new Map() }),
    },
  },
  hooks: {
    needs,
    beforeCommand: (session) => appending.delete(session),
    beforeAdd: (session, mailbox) => checkValues(session, mailbox, appending.get(session)),
    onAdd: copyValues,
    onSelect(session, { readOnly }) {
      const { maxSize, private: own } = limits(session)
      session.out.line(`* OK [ANNOTATIONS ${readOnly ? 'READ-ONLY' : maxSize}${own ? '' : ' NOPRIVATE'}] Annotations`)
    },
    onUnselect(_session, view) {
      const all = watchers.get(view.mailbox)
      for (const watcher of all) if (watcher.view === view) all.delete(watcher)
    },
    onUpdates: tellPending,
  },
}
