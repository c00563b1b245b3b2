import type { Arguments } from '../arguments.js'
import type { Call, Completion, Feature } from '../feature.js'
import type { FetchItem } from '../fetch/item.js'
import { writeMessage } from '../fetch/answer.js'
import { lookUp } from '../lookup.js'
import { no } from '../refusal.js'
import type { Session } from '../session.js'
import type { StoreManner, StoreRule } from '../slots.js'
import type { FlagChange, MemoryMailbox } from '../store/mailbox.js'
import type { StoredMessage } from '../store/message.js'
import { setText } from '../syntax.js'

/** A STORE, read: what it changes and what it tells of that. */
interface Change {
  readonly manner: StoreManner
  check?(message: StoredMessage): void
  /** Changes messages; returns those that did change. */
  apply(messages: readonly StoredMessage[]): ReadonlySet<StoredMessage>
  /** Left out: the flags. */
  readonly tells?: readonly FetchItem[]
}

/** store = "STORE" SP sequence-set [SP store-modifiers] SP store-att-flags */
function store(session: Session, args: Arguments, call: Call): Completion {
  const view = session.selected
  args.sp()
  const set = args.set()
  args.sp()
  const rules = args.peek() === '(' ? readModifiers(session, args) : []
  const change = readChange(session, args)
  args.end()
  const messages = session.resolve(set, call)
  if (view.readOnly) throw no('The mailbox is open read-only')
  for (const rule of rules) rule.begin?.(session)
  const gone = messages.filter((message) => message.expunged)
  const modified = messages.filter((message) => !rules.every((rule) => rule.allows(message)))
  const held = new Set([...gone, ...modified])
  const wanted = messages.filter((message) => !held.has(message))
  for (const message of wanted) change.check?.(message)
  const changed = change.apply(wanted)
  session.tellKeywords()
  for (const message of wanted) tell(session, message, change, changed.has(message), call.uid)
  if (gone.length > 0) throw no('Some of the messages are no more', 'EXPUNGEISSUED')
  if (modified.length === 0) return {}
  const numbers = modified.map((message) => (call.uid ? message.uid : view.seqOf(message)))
  return { code: `MODIFIED ${setText(numbers)}`, text: 'Some messages had been changed' }
}

/** With CONDSTORE also a silent STORE tells the new mod-sequence (RFC 7162 §3.1.3). */
function tell(
  session: Session,
  message: StoredMessage,
  { manner, tells }: Change,
  changed: boolean,
  uid: boolean,
): void {
  // What has nothing to tell is as silent as what ends in `.SILENT` (RFC 5257 §4.5).
  if (!manner.silent && tells?.length !== 0) {
    session.selected.told(message)
    if (tells === undefined) session.tellFlags(message, uid || session.condstore || session.rev2)
    else writeMessage(session, message, tells)
  } else if (session.condstore && changed) {
    const head = session.fetchHead(message)
    if (head !== null) session.out.line(`${head}UID ${message.uid} MODSEQ (${message.modSeq}))`)
  }
}

/** "(" store-modifier *(SP store-modifier) ")" (RFC 4466 §2.5) */
function readModifiers(session: Session, args: Arguments): StoreRule[] {
  const { storeModifiers } = session.server.tables
  const rules = args.list(() => {
    const name = args.name('a modifier of STORE')
    return lookUp(session, storeModifiers, name, 'modifier of STORE').read(args, session)
  })
  args.sp()
  return rules
}

/** ["+" / "-"] item [".SILENT"] SP value (RFC 4466 §2.5) */
function readChange(session: Session, args: Arguments): Change {
  const change = args.take('+') ? 'add' : args.take('-') ? 'remove' : 'replace'
  const start = args.pos
  const full = args.name('FLAGS or FLAGS.SILENT, with + or - ahead of it or without')
  const silent = full.endsWith('.SILENT')
  const name = silent ? full.slice(0, -7) : full
  const manner = { change, silent } as const
  if (name === 'FLAGS') {
    const flags = readFlags(args)
    return { manner, apply: (messages) => storeFlags(session, messages, change, flags) }
  }
  const item = session.server.tables.storeItems.get(name)
  if (item === undefined || !session.has(...item.needs)) {
    args.pos = start
    throw args.expected('FLAGS or FLAGS.SILENT, with + or - ahead of it or without')
  }
  const { mailbox } = session.selected
  const action = item.read(args, session, manner)
  return {
    manner,
    tells: action.tells ?? [],
    check: (message) => action.check?.(message),
    apply(messages) {
      const changed = new Set(messages.filter((message) => action.apply(message)))
      mailbox.touch(changed, session.selected)
      return changed
    },
  }
}

/** SP (flag-list / (flag *(SP flag))) */
function readFlags(args: Arguments): string[] {
  args.sp()
  if (args.peek() === '(') return args.flagList()
  const flags: string[] = []
  do flags.push(args.flag())
  while (args.take(' '))
  return flags
}

/** Changes flags, those that the user may not set excepted (RFC 4314 §4). @throws Refusal `[NOPERM]` when none is left */
function storeFlags(
  session: Session,
  messages: readonly StoredMessage[],
  change: FlagChange,
  flags: readonly string[],
): ReadonlySet<StoredMessage> {
  const view = session.selected
  const { mailbox } = view
  if (session.access.may(mailbox, 'stw')) return mailbox.store(messages, change, flags, view)
  const allowed = session.permitted(mailbox, flags)
  if (allowed.length === 0 && (flags.length > 0 || !mayAny(session, mailbox))) {
    throw no('You may not change these flags', 'NOPERM')
  }
  if (change !== 'replace') return mailbox.store(messages, change, allowed, view)
  // What may not be changed stays as it is.
  const changed = new Set<StoredMessage>()
  for (const message of messages) {
    const free = new Set(session.permitted(mailbox, message.flags))
    const kept = [...message.flags].filter((flag) => !free.has(flag))
    for (const each of mailbox.store([message], 'replace', [...kept, ...allowed], view)) changed.add(each)
  }
  return changed
}

function mayAny(session: Session, mailbox: MemoryMailbox): boolean {
  return [...'stw'].some((right) => session.access.may(mailbox, right))
}

/** STORE and UID STORE (RFC 9051 §6.4.6). */
export const storeFeature: Feature = {
  commands: [
    { name: 'STORE', states: ['selected'], tellsExpunge: false, run: store },
    { name: 'UID STORE', states: ['selected'], run: store },
  ],
}
