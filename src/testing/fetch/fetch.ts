import { Arguments } from '../arguments.js'
import type { Call, Completion, Feature } from '../feature.js'
import { bad, no, Refusal } from '../refusal.js'
import type { Session } from '../session.js'
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
  const changedSince = args.take(' ') ? readModifiers(session, args) : null
  args.end()
  let messages = view.resolve(set, call.uid, session.saved)
  // RFC 7162 §3.1.4.1: only what changed, and its MODSEQ with it.
  if (changedSince !== null) {
    session.enableCondstore()
    add(items, named(session, 'MODSEQ'))
    messages = messages.filter((message) => message.modSeq > changedSince)
  }
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
  const reader = session.server.tables.fetchItems.get(name)
  if (reader === undefined || (reader.needs !== undefined && !session.has(...reader.needs))) {
    throw bad(`Unknown item of FETCH: ${name.slice(0, 40)}`)
  }
  const item = reader.read(args, session)
  if (!args.atEnd && !' )'.includes(args.peek())) throw args.expected('a space or the end of the items')
  return item
}

function named(session: Session, name: string): FetchItem {
  const reader = session.server.tables.fetchItems.get(name)
  if (reader === undefined) throw no(`The server has no ${name}`)
  return reader.read(NOTHING, session)
}

/** fetch-modifier = "CHANGEDSINCE" SP mod-sequence-value (RFC 7162 §7) */
function readModifiers(session: Session, args: Arguments): bigint {
  let since: bigint | null = null
  args.list(() => {
    const name = args.name('a modifier of FETCH')
    if (name !== 'CHANGEDSINCE' || !session.has('CONDSTORE'))
      throw bad(`Unknown modifier of FETCH: ${name.slice(0, 40)}`)
    args.sp()
    since = args.modSeq()
  })
  if (since === null) throw bad('The list of modifiers is empty')
  return since
}

/** FETCH and UID FETCH. */
export const fetchFeature: Feature = {
  commands: [
    { name: 'FETCH', states: ['selected'], tellsExpunge: false, run: fetch },
    { name: 'UID FETCH', states: ['selected'], run: fetch },
  ],
}
