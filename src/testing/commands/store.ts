import type { Arguments } from '../arguments.js'
import type { Call, Completion, Feature } from '../feature.js'
import { lookUp } from '../lookup.js'
import { no } from '../refusal.js'
import type { Session } from '../session.js'
import type { StoreRule } from '../slots.js'
import type { FlagChange } from '../store/mailbox.js'
import type { StoredMessage } from '../store/message.js'
import { setText } from '../syntax.js'

/** store = "STORE" SP sequence-set [SP "(" store-modifier ")"] SP store-att-flags */
function store(session: Session, args: Arguments, { uid }: Call): Completion {
  const view = session.selected
  args.sp()
  const set = args.set()
  args.sp()
  const rules = args.peek() === '(' ? readModifiers(session, args) : []
  const { change, silent, flags } = readFlags(args)
  args.end()
  const messages = view.resolve(set, uid, session.saved)
  if (view.readOnly) throw no('The mailbox is open read-only')
  for (const rule of rules) rule.begin?.(session)
  const gone = messages.filter((message) => message.expunged)
  const modified = messages.filter((message) => !rules.every((rule) => rule.allows(message)))
  const held = new Set([...gone, ...modified])
  const wanted = messages.filter((message) => !held.has(message))
  const changed = view.mailbox.store(wanted, change, flags, view)
  session.tellKeywords()
  for (const message of wanted) tell(session, message, silent, changed.has(message), uid)
  if (gone.length > 0) throw no('Some of the messages are no more', 'EXPUNGEISSUED')
  if (modified.length === 0) return {}
  const numbers = modified.map((message) => (uid ? message.uid : view.seqOf(message)))
  return { code: `MODIFIED ${setText(numbers)}`, text: 'Some messages had been changed' }
}

/** With CONDSTORE also a silent STORE tells the new mod-sequence (RFC 7162 §3.1.3). */
function tell(session: Session, message: StoredMessage, silent: boolean, changed: boolean, uid: boolean): void {
  if (!silent) {
    session.selected.told(message)
    session.tellFlags(message, uid || session.condstore || session.rev2)
  } else if (session.condstore && changed) {
    const seq = session.selected.seqOf(message)
    session.out.line(`* ${seq} FETCH (UID ${message.uid} MODSEQ (${message.modSeq}))`)
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

/** store-att-flags = ["+" / "-"] "FLAGS" [".SILENT"] SP (flag-list / (flag *(SP flag))) */
function readFlags(args: Arguments): { change: FlagChange; silent: boolean; flags: string[] } {
  const change = args.take('+') ? 'add' : args.take('-') ? 'remove' : 'replace'
  const silent = args.takeWord('FLAGS.SILENT')
  if (!silent && !args.takeWord('FLAGS'))
    throw args.expected('FLAGS or FLAGS.SILENT, with + or - ahead of it or without')
  args.sp()
  if (args.peek() === '(') return { change, silent, flags: args.flagList() }
  const flags: string[] = []
  do flags.push(args.flag())
  while (args.take(' '))
  return { change, silent, flags }
}

/** STORE and UID STORE (RFC 9051 §6.4.6). */
export const storeFeature: Feature = {
  commands: [
    { name: 'STORE', states: ['selected'], tellsExpunge: false, run: store },
    { name: 'UID STORE', states: ['selected'], run: store },
  ],
}
