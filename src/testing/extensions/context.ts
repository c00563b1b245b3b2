import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { bad } from '../refusal.js'
import { writeData } from '../search/returns.js'
import type { Session } from '../session.js'
import type { SearchAnswer, SearchReturn } from '../slots.js'
import { Extra } from '../store/extra.js'
import type { StoredMessage } from '../store/message.js'
import { orderedText, quoted, setText } from '../syntax.js'

const needs = ['CONTEXT=SEARCH', 'CONTEXT=SORT'] as const

/** Searches with UPDATE of one session at once, where no option says otherwise. */
const DEFAULT_LIMIT = 16

/** A search whose results are kept up to date (RFC 5267 §4.3). */
interface Context {
  readonly answer: SearchAnswer
  /** As the client knows them, in order. */
  results: readonly StoredMessage[]
  /** The state of the mailbox at which they were told. */
  state: string
}

/** The contexts of a session. */
class Contexts {
  /** By tag. */
  readonly active = new Map<string, Context>()
  /** Of the command in progress. */
  pending: Context | null = null
}

const contexts = new Extra<Session, Contexts>(() => new Contexts())

/** search-return-opt =/ "UPDATE": the context begins when the command has succeeded. */
const update: SearchReturn = {
  needs: ['CONTEXT=SEARCH'],
  sortNeeds: ['CONTEXT=SORT'],
  aside: true,
  read: () => (found, answer) => {
    const { session, call, context } = answer
    const kept = contexts.get(session)
    if (kept.active.has(call.tag)) throw bad('Tag reuse: a search of this tag tells its updates')
    // Of several mailboxes only the selected one is watched (RFC 7377 §2.2).
    if (context.view === session.view) kept.pending = { answer, results: found, state: '' }
    return null
  },
}

/** search-return-opt =/ "CONTEXT": a hint, and there is nothing here that it could speed up (RFC 5267 §4.2). */
const hint: SearchReturn = {
  needs: ['CONTEXT=SEARCH'],
  sortNeeds: ['CONTEXT=SORT'],
  aside: true,
  read: () => () => null,
}

/** Begins the context that a command asked for, or refuses it (RFC 5267 §4.3.1). */
function begin(session: Session): boolean {
  const kept = contexts.get(session)
  const { pending } = kept
  kept.pending = null
  if (pending === null) return false
  const { tag } = pending.answer.call
  if (kept.active.size >= (session.server.settings.extensions.updateContexts ?? DEFAULT_LIMIT)) {
    session.out.line(`* NO [NOUPDATE ${quoted(tag)}] Too many contexts`)
    return false
  }
  kept.active.set(tag, pending)
  return true
}

/** Tells what is no longer a result since it was removed: ahead of EXPUNGE, since numbers change with that (§4.3.4). */
function tellRemoved(session: Session): void {
  for (const context of contexts.get(session).active.values()) {
    const left = context.results.filter((message) => !message.expunged)
    if (left.length < context.results.length) tellChange(context, left)
  }
}

/** Tells what has become a result and what no longer is one. */
function tellChanged(session: Session): void {
  for (const context of contexts.get(session).active.values()) {
    const { view, session: owner } = context.answer.context
    const state = `${view.mailbox.highestModSeq} ${view.messages.length}`
    if (view !== owner.view || state === context.state) continue
    context.state = state
    const found = view.messages.filter((message) => !message.expunged && context.answer.test(message))
    tellChange(context, context.answer.order === undefined ? found : found.sort(context.answer.order))
  }
}

/** ret-data-removefrom and ret-data-addto (RFC 5267 §5). */
function tellChange(context: Context, next: readonly StoredMessage[]): void {
  const { results: old, answer } = context
  context.results = next
  const [before, after] = [new Set(old), new Set(next)]
  const kept = next.filter((message) => before.has(message))
  // Where the order of what stays has changed, all of it moves.
  const moved = old.filter((message) => after.has(message)).some((message, i) => message !== kept[i])
  const removed = runs(old, (message) => moved || !after.has(message), answer, true)
  const added = runs(next, (message) => moved || !before.has(message), answer, false)
  const data = [removed === '' ? '' : ` REMOVEFROM (${removed})`, added === '' ? '' : ` ADDTO (${added})`].join('')
  if (data !== '') writeData(answer, data)
}

/** context-position SP sequence-set *(SP context-position SP sequence-set); positions count only in a sort. */
function runs(
  list: readonly StoredMessage[],
  chosen: (message: StoredMessage) => boolean,
  { sorted, number }: SearchAnswer,
  removing: boolean,
): string {
  if (!sorted) {
    const numbers = list.filter(chosen).map(number)
    return numbers.length === 0 ? '' : `0 ${setText(numbers)}`
  }
  const pairs: string[] = []
  let gone = 0
  for (let i = 0; i < list.length; i++) {
    const start = i
    while (i < list.length && chosen(list[i] as StoredMessage)) i++
    if (i === start) continue
    pairs.push(`${start + 1 - gone} ${orderedText(list.slice(start, i).map(number))}`)
    // What is removed moves all that follows.
    if (removing) gone += i - start
  }
  return pairs.join(' ')
}

/** "CANCELUPDATE" 1*(SP quoted); a tag without updates has none to cancel. */
function cancel(session: Session, args: Arguments): void {
  const tags: string[] = []
  do {
    args.sp()
    if (args.peek() !== '"') throw args.expected('a tag in quotes')
    tags.push(args.string('a tag').toString('latin1'))
  } while (!args.atEnd)
  for (const tag of tags) contexts.get(session).active.delete(tag)
}

/** CONTEXT=SEARCH and CONTEXT=SORT (RFC 5267 §4); PARTIAL stands in `partial.ts`. */
export const contextFeature: Feature = {
  capabilities: ['CONTEXT=SEARCH', 'CONTEXT=SORT'],
  searchReturns: { UPDATE: update, CONTEXT: hint },
  commands: [
    {
      name: 'CANCELUPDATE',
      states: ['selected'],
      needs,
      run(session, args) {
        cancel(session, args)
        return { text: 'No further updates' }
      },
    },
  ],
  hooks: {
    needs,
    beforeCommand: (session) => void (contexts.get(session).pending = null),
    onComplete: (session, _call, completion) =>
      begin(session) ? { ...completion, text: completion.text ?? 'Search completed, will notify' } : completion,
    beforeUpdates: tellRemoved,
    onUpdates: tellChanged,
    onUnselect: (session) => contexts.delete(session),
  },
}
