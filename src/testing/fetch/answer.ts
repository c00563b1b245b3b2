import { Arguments } from '../arguments.js'
import { lookUp } from '../lookup.js'
import { no } from '../refusal.js'
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

/** Writes the untagged FETCH of a message, as far as it has a number in this session. */
export function writeMessage(session: Session, message: StoredMessage, items: readonly FetchItem[]): void {
  const { out, omission } = session
  const omitted = new Set(omission?.items?.map((name) => name.toUpperCase()))
  const shown = items.filter((item) => !omitted.has(item.label.toUpperCase()))
  if (shown.some((item) => item.label === 'FLAGS')) session.selected.told(message)
  const head = session.fetchHead(message)
  if (head === null) return
  out.text(head)
  for (const [i, item] of shown.entries()) {
    if (i > 0) out.text(' ')
    item.write(out, message, session)
  }
  out.line(')')
}

/** "ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")"; the UID comes with the UID form. */
export function readItems(session: Session, args: Arguments, uid: boolean): FetchItem[] {
  const items: FetchItem[] = []
  if (uid) addItem(items, namedItem(session, 'UID'))
  if (args.peek() === '(') {
    args.list(() => addItem(items, readItem(session, args)))
    return items
  }
  for (const [macro, names] of Object.entries(MACROS)) {
    if (args.takeWord(macro)) {
      for (const name of names) addItem(items, namedItem(session, name))
      return items
    }
  }
  addItem(items, readItem(session, args))
  return items
}

/** Adds an item that is not there yet. */
export function addItem(items: FetchItem[], item: FetchItem): void {
  if (!items.some((each) => each.label === item.label)) items.push(item)
}

/** The item of a name that takes nothing. */
export function namedItem(session: Session, name: string): FetchItem {
  const reader = session.server.tables.fetchItems.get(name)
  if (reader === undefined) throw no(`The server has no ${name}`)
  return reader.read(NOTHING, session)
}

/** fetch-att, with what stands behind its name. @throws Refusal */
export function readItem(session: Session, args: Arguments): FetchItem {
  const name = args.name('an item of FETCH')
  const reader = lookUp(session, session.server.tables.fetchItems, name, 'item of FETCH')
  const item = reader.read(args, session)
  if (!args.atEnd && !' )'.includes(args.peek())) throw args.expected('a space or the end of the items')
  return item
}
