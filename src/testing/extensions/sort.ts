import type { Arguments } from '../arguments.js'
import type { Call, Feature } from '../feature.js'
import { lookUp } from '../lookup.js'
import type { ParsedAddress } from '../mime/address.js'
import { displayText, facts, mailboxText, subjectText } from '../search/facts.js'
import type { SearchContext } from '../search/key.js'
import { readCriteria, searchContext } from '../search/program.js'
import { highestModSeq, readReturns, writeExtended } from '../search/returns.js'
import { numberOf } from '../search/search.js'
import type { Session } from '../session.js'
import type { SortKey } from '../slots.js'
import type { StoredMessage } from '../store/message.js'

/** Compares two messages. */
type Order = (a: StoredMessage, b: StoredMessage) => number

/** All capabilities whose names start with SORT bring this command (RFC 5256 §1). */
const needs = ['SORT', 'SORT='] as const

/** sort-criteria = "(" sort-criterion *(SP sort-criterion) ")"; sort-criterion = ["REVERSE" SP] sort-key */
function readOrder(session: Session, args: Arguments, context: SearchContext): Order {
  const orders = args.list((): Order => {
    const reverse = args.takeWord('REVERSE')
    if (reverse) args.sp()
    const name = args.name('a sort key')
    const order = lookUp(session, session.server.tables.sortKeys, name, 'sort key').read(args, context)
    return reverse ? (a, b) => order(b, a) : order
  })
  return (a, b) => {
    for (const order of orders) {
      const result = order(a, b)
      if (result !== 0) return result
    }
    return 0
  }
}

/** sort = ["UID" SP] "SORT" [search-return-opts] SP sort-criteria SP search-criteria */
function sort(session: Session, args: Arguments, call: Call): void {
  const extended = session.has('ESORT', 'CONTEXT=SORT')
  const wanted = extended ? readReturns(session, args, true) : null
  args.sp()
  const context = searchContext(session)
  const order = readOrder(session, args, context)
  args.sp()
  const test = readCriteria(args, context)
  args.end()
  const { messages } = session.selected
  const found = session.limited(messages, call).filter((message) => !message.expunged && test(message))
  // Sorting is stable: what compares as equal stays in the order of the mailbox.
  const sorted = [...found].sort(order)
  const number = numberOf(session, call)
  if (wanted !== null) {
    writeExtended(sorted, wanted, { session, call, number, sorted: true, order, context, test })
    return
  }
  const { out } = session
  out.text('* SORT')
  for (const message of sorted) out.text(` ${number(message)}`)
  out.line(context.modSeq && sorted.length > 0 ? ` (MODSEQ ${highestModSeq(sorted)})` : '')
}

/** A key that compares what is made of every message once. */
function by(
  value: (message: StoredMessage, session: Session) => string | number,
  only: readonly string[] = needs,
): SortKey {
  return {
    needs: only,
    read(_args, { session }) {
      const made = new Map<StoredMessage, string | number>()
      const of = (message: StoredMessage): string | number => {
        const known = made.get(message)
        if (known !== undefined) return known
        const result = value(message, session)
        made.set(message, result)
        return result
      }
      return (a, b) => {
        const [left, right] = [of(a), of(b)]
        return left < right ? -1 : left > right ? 1 : 0
      }
    },
  }
}

/** A key that takes the first address of a field. */
function address(
  text: (session: Session, address: ParsedAddress | null) => string,
  pick: 'from' | 'to' | 'cc',
  only?: readonly string[],
): SortKey {
  return by((message, session) => text(session, facts.get(message)[pick]), only)
}

/** SORT (RFC 5256), SORT=DISPLAY (RFC 5957), ESORT (RFC 5267 §3). */
export const sortFeature: Feature = {
  capabilities: ['SORT', 'SORT=DISPLAY', 'ESORT'],
  sortKeys: {
    ARRIVAL: by(({ received }) => received.date.getTime()),
    CC: address(mailboxText, 'cc'),
    DATE: by((message) => facts.get(message).sent),
    DISPLAYFROM: address(displayText, 'from', ['SORT=DISPLAY']),
    DISPLAYTO: address(displayText, 'to', ['SORT=DISPLAY']),
    FROM: address(mailboxText, 'from'),
    SIZE: by(({ size }) => size),
    SUBJECT: by((message, session) => subjectText(session, message)),
    TO: address(mailboxText, 'to'),
  },
  commands: [
    { name: 'SORT', states: ['selected'], needs, tellsExpunge: false, run: sort },
    { name: 'UID SORT', states: ['selected'], needs, run: sort },
  ],
}
