import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { bad } from '../refusal.js'
import type { Session } from '../session.js'
import type { SearchAnswer, SearchReturn, SearchTelling } from '../slots.js'
import type { StoredMessage } from '../store/message.js'
import { orderedText, quoted, setText } from '../syntax.js'

/** An option of RETURN, read. */
interface WantedReturn {
  readonly option: SearchReturn
  readonly tell: SearchTelling
}

/** The options of RETURN that a command has, by name. */
export type WantedReturns = ReadonlyMap<string, WantedReturn>

/**
 * search-return-opts = SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")"; null without them.
 *
 * @throws Refusal
 */
export function readReturns(session: Session, args: Arguments, sorted = false): WantedReturns | null {
  const { searchReturns } = session.server.tables
  const needsOf = ({ needs, sortNeeds }: SearchReturn): readonly string[] => (sorted ? (sortNeeds ?? needs) : needs)
  const start = args.pos
  const known = [...searchReturns.values()].some((option) => session.has(...needsOf(option)))
  if (!known || !args.take(' ') || !args.takeWord('RETURN')) {
    args.pos = start
    return null
  }
  args.sp()
  const wanted = new Map<string, WantedReturn>()
  args.list(() => {
    const name = args.name('an option of RETURN')
    const option = searchReturns.get(name)
    if (option === undefined || !session.has(...needsOf(option))) {
      throw bad(`Unknown option of RETURN: ${name.slice(0, 40)}`)
    }
    const { group } = option
    if (group !== undefined && [...wanted.values()].some((other) => other.option.group === group)) {
      throw bad('Only one of ALL and PARTIAL can be returned, and only once')
    }
    wanted.set(name, { option, tell: option.read(args, session) })
  }, true)
  return wanted.size === 0 ? allReturned(session, args) : wanted
}

/** What an empty RETURN stands for, and SEARCH without RETURN in IMAP4rev2: ALL. */
export function allReturned(session: Session, args: Arguments): WantedReturns {
  return new Map([['ALL', { option: all, tell: all.read(args, session) }]])
}

/** The highest mod-sequence of messages, 0 for none. */
export function highestModSeq(messages: readonly StoredMessage[]): bigint {
  return messages.reduce((highest, { modSeq }) => (modSeq > highest ? modSeq : highest), 0n)
}

/** *(SP search-return-data), each with the space ahead; saves what is to be saved. @throws Refusal */
export function returnData(found: readonly StoredMessage[], wanted: WantedReturns, answer: SearchAnswer): string {
  const { session, context } = answer
  const counting = relevant(found, wanted)
  const data = [...wanted.values()].map(({ tell }) => tell(found, answer)).filter((text) => text !== null)
  if (context.modSeq && found.length > 0) data.push(`MODSEQ ${highestModSeq(counting)}`)
  if (wanted.has('SAVE')) session.saved = new Set(counting)
  return data.map((item) => ` ${item}`).join('')
}

/** esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data) */
export function writeExtended(found: readonly StoredMessage[], wanted: WantedReturns, answer: SearchAnswer): void {
  const data = returnData(found, wanted, answer)
  // With SAVE alone nothing is told (RFC 5182 §2.1).
  if (wanted.size > 1 || !wanted.has('SAVE')) writeData(answer, data)
}

/** Writes an answer with its data. */
export function writeData({ session, call, correlator = '' }: SearchAnswer, data: string): void {
  session.out.line(`* ESEARCH (TAG ${quoted(call.tag)}${correlator})${call.uid ? ' UID' : ''}${data}`)
}

/** With MIN, MAX or PARTIAL alone only these count, for `$` as for MODSEQ (RFC 5182 §2.4, RFC 4731 §3.2, RFC 9394 §3.2). */
function relevant(found: readonly StoredMessage[], wanted: WantedReturns): readonly StoredMessage[] {
  const telling = [...wanted.values()].filter(({ option }) => option.aside !== true)
  const counts = telling.map(({ option, tell }) => (tell.counts ?? option.counts)?.(found) ?? null)
  return counts.length === 0 || counts.includes(null) ? found : counts.flatMap((each) => each ?? [])
}

const esearch = ['ESEARCH'] as const

/** An option that takes no value. */
function option(tell: SearchTelling, counts?: SearchReturn['counts']): SearchReturn {
  return { needs: esearch, sortNeeds: ['ESORT'], read: () => tell, ...(counts === undefined ? {} : { counts }) }
}

/** The numbers of messages as a set; in an answer to SORT they keep their order (RFC 5267 §3). */
export function foundSet(found: readonly StoredMessage[], { number, sorted }: SearchAnswer): string {
  return (sorted ? orderedText : setText)(found.map(number))
}

const all: SearchReturn = {
  ...option((found, answer) => (found.length === 0 ? null : `ALL ${foundSet(found, answer)}`)),
  group: 'results',
}

/** The options of RETURN in RFC 4731 and RFC 5182. */
export const searchReturnsFeature: Feature = {
  capabilities: ['ESEARCH', 'SEARCHRES'],
  searchReturns: {
    MIN: option(
      ([first], { number }) => (first === undefined ? null : `MIN ${number(first)}`),
      (found) => found.slice(0, 1),
    ),
    MAX: option(
      (found, { number }) => found.slice(-1).map((message) => `MAX ${number(message)}`)[0] ?? null,
      (found) => found.slice(-1),
    ),
    ALL: all,
    COUNT: option((found) => `COUNT ${found.length}`),
    SAVE: { needs: ['SEARCHRES'], aside: true, read: () => () => null },
  },
}
