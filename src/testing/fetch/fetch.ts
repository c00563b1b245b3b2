import type { Arguments } from '../arguments.js'
import type { Call, Completion, Feature } from '../feature.js'
import { lookUp } from '../lookup.js'
import type { Poison } from '../faults.js'
import { bad, no, Refusal } from '../refusal.js'
import type { Session } from '../session.js'
import type { FetchRule } from '../slots.js'
import type { StoredMessage } from '../store/message.js'
import { addItem, namedItem, readItems, writeMessage } from './answer.js'
import type { FetchItem } from './item.js'

/** fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")") [SP modifiers] */
async function fetch(session: Session, args: Arguments, call: Call): Promise<Completion> {
  args.sp()
  const set = args.set()
  args.sp()
  const items = readItems(session, args, call.uid)
  const rules = args.take(' ') ? readModifiers(session, args) : []
  args.end()
  // Where a modifier picks messages, these are what the command treats, all of them or none (RFC 9738 §3.1).
  const picks = rules.some((rule) => rule.pick !== undefined)
  const all = picks ? session.numbered(set, call.uid) : session.resolve(set, call)
  for (const rule of rules) {
    rule.begin?.(session, set, call, rules)
    for (const name of rule.items ?? []) addItem(items, namedItem(session, name))
  }
  const picked = rules.reduce<readonly StoredMessage[]>((left, rule) => rule.pick?.(left) ?? left, all)
  if (picks) session.limited(picked, call, true)
  const messages = picked.filter((message) => rules.every((rule) => rule.takes?.(message) ?? true))
  for (const item of items) item.prepare?.(session)
  const failed = await answer(session, messages, items)
  if (failed !== null) throw failed
  return {}
}

/** Answers the messages; what cannot be answered is left out, and said at the end. */
async function answer(session: Session, messages: readonly StoredMessage[], items: readonly FetchItem[]) {
  const { out } = session
  const view = session.selected
  const setsSeen = items.some((item) => item.setsSeen) && !view.readOnly && session.access.may(view.mailbox, 's')
  let failed: Refusal | null = null
  for (const message of messages) {
    if (session.omission?.uids?.includes(message.uid) === true) continue
    if (strikes(session.poison, message, items)) return poisoned(session.poison)
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

/** Whether a fault keeps a message from being answered. */
function strikes(poison: Poison | null, message: StoredMessage, items: readonly FetchItem[]): poison is Poison {
  if (poison?.uids.includes(message.uid) !== true) return false
  return poison.items === undefined || items.some(({ label }) => poison.items?.includes(label.replace(/<\d+>$/, '')))
}

/** The refusal that a fault wants. */
function poisoned({ answer = 'NO [UNAVAILABLE] Server error while fetching messages' }: Poison): Refusal {
  const [, kind = 'NO', code, text = ''] = /^(NO|BAD) (?:\[([^\]]*)\] ?)?(.*)$/.exec(answer) ?? []
  return kind === 'BAD' ? bad(text, code) : no(text, code)
}

/** A message that becomes seen tells its flags in the same answer (RFC 9051 §6.4.5). */
function withFlags(session: Session, items: readonly FetchItem[]): readonly FetchItem[] {
  const extra = session.condstore ? ['FLAGS', 'MODSEQ'] : ['FLAGS']
  const all = [...items]
  for (const name of extra) addItem(all, namedItem(session, name))
  return all
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
