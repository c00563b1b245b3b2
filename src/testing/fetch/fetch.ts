import { Arguments } from '../arguments.js'
import type { Call, Completion, Feature } from '../feature.js'
import { lookUp } from '../lookup.js'
import { no, Refusal } from '../refusal.js'
import type { Session } from '../session.js'
import type { FetchRule } from '../slots.js'
import type { StoredMessage } from '../store/message.js'
import type { FetchItem } from './item.js'

/** Items of a macro take nothing from the command. */
const NOTHING = new Arguments({ text: '', literals: [] })

const MACROS: Readonly<Record<string, readonly string[]>> = {
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
}

/** fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")") [SP modifiers] */
async function fetch(session: Session, args: Arguments, call: Call): Promise<Completion> {
  const view = session.selected
  args.sp()
  const set = args.set()
  args.sp()
  const items = readItems(session, args, call.uid)
  const rules = args.take(' ') ? readModifiers(session, args) : []
  args.end()
  const all = view.resolve(set, call.uid, session.saved)
  for (const rule of rules) {
    rule.begin?.(session)
    for (const name of rule.items ?? []) add(items, named(session, name))
  }
  const messages = all.filter((message) => rules.every((rule) => rule.takes?.(message) ?? true))
  for (const item of items) item.prepare?.(session)
  const failed = await answer(session, messages, items)
  if (failed !== null) throw failed
  return {}
}

/** Answers the messages; what cannot be answered is left out, and said at the end. */
async function answer(session: Session, messages: readonly StoredMessage[], items: readonly FetchItem[]) {
  const { out } = session
  const view = session.selected
  const setsSeen = items.some((item) => item.setsSeen) && !view.readOnly
  let failed: Refusal | null = null
  for (const message of messages) {
    if (session.omission?.uids?.includes(message.uid) === true) continue
    try {
      for (const item of items) item.check?.(message)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      failed = error
      continue
    }
    const nowSeen = setsSeen && !message.flags.has('\\Seen') && !message.expunged
    if (nowSeen) view.mailbox.store([message], 'add', ['\\Seen'], view)
    writeMessage(session, message, nowSeen ? withFlags(session, items) : items)
    await out.room()
  }
  return failed
}

/** A message that becomes seen tells its flags in the same answer (RFC 9051 §6.4.5). */
function withFlags(session: Session, items: readonly FetchItem[]): readonly FetchItem[] {
  const extra = session.condstore ? ['FLAGS', 'MODSEQ'] : ['FLAGS']
  const all = [...items]
  for (const name of extra) add(all, named(session, name))
  return all
}

function writeMessage(session: Session, message: StoredMessage, items: readonly FetchItem[]): void {
  const { out, omission } = session
  const seq = session.selected.seqOf(message)
  const omitted = new Set(omission?.items?.map((name) => name.toUpperCase()))
  const shown = items.filter((item) => !omitted.has(item.label.toUpperCase()))
  if (shown.some((item) => item.label === 'FLAGS')) session.selected.told(message)
  out.text(`* ${seq} FETCH (`)
  for (const [i, item] of shown.entries()) {
    if (i > 0) out.text(' ')
    item.write(out, message, session)
  }
  out.line(')')
}

function readItems(session: Session, args: Arguments, uid: boolean): FetchItem[] {
  const items: FetchItem[] = []
  if (uid) add(items, named(session, 'UID'))
  if (args.peek() === '(') {
    args.list(() => add(items, readItem(session, args)))
    return items
  }
  for (const [macro, names] of Object.entries(MACROS)) {
    if (args.takeWord(macro)) {
      for (const name of names) add(items, named(session, name))
      return items
    }
  }
  add(items, readItem(session, args))
  return items
}

function add(items: FetchItem[], item: FetchItem): void {
  if (!items.some((each) => each.label === item.label)) items.push(item)
}

function readItem(session: Session, args: Arguments): FetchItem {
  const name = args.name('an item of FETCH')
  const reader = lookUp(session, session.server.tables.fetchItems, name, 'item of FETCH')
  const item = reader.read(args, session)
  if (!args.atEnd && !' )'.includes(args.peek())) throw args.expected('a space or the end of the items')
  return item
}

function named(session: Session, name: string): FetchItem {
  const reader = session.server.tables.fetchItems.get(name)
  if (reader === undefined) throw no(`The server has no ${name}`)
  return reader.read(NOTHING, session)
}

/** "(" fetch-modifier *(SP fetch-modifier) ")" (RFC 4466 §2.4) */
function readModifiers(session: Session, args: Arguments): FetchRule[] {
  const { fetchModifiers } = session.server.tables
  return args.list(() => {
    const name = args.name('a modifier of FETCH')
    return lookUp(session, fetchModifiers, name, 'modifier of FETCH').read(args, session)
  })
}

/** FETCH and UID FETCH. */
export const fetchFeature: Feature = {
  commands: [
    { name: 'FETCH', states: ['selected'], tellsExpunge: false, run: fetch },
    { name: 'UID FETCH', states: ['selected'], run: fetch },
  ],
}
