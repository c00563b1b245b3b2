import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { lookUp } from '../lookup.js'
import type { Session } from '../session.js'
import type { SearchAnswer, SearchReturn } from '../slots.js'
import type { StoredMessage } from '../store/message.js'
import { orderedText, quoted, setText } from '../syntax.js'

/** The options of RETURN that a command has. */
export interface WantedReturns {
  readonly options: ReadonlyMap<string, SearchReturn>
  readonly data: readonly ReturnType<SearchReturn['read']>[]
}

/** search-return-opts = SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")"; null without them. */
export function readReturns(session: Session, args: Arguments): WantedReturns | null {
  const { searchReturns } = session.server.tables
  const start = args.pos
  const known = [...searchReturns.values()].some(({ needs }) => session.has(...needs))
  if (!known || !args.take(' ') || !args.takeWord('RETURN')) {
    args.pos = start
    return null
  }
  args.sp()
  const options = new Map<string, SearchReturn>()
  const data = args.list(() => {
    const name = args.name('an option of RETURN')
    const option = lookUp(session, searchReturns, name, 'option of RETURN')
    options.set(name, option)
    return option.read(args, session)
  }, true)
  return options.size === 0 ? allReturned(session, args) : { options, data }
}

/** What an empty RETURN stands for, and SEARCH without RETURN in IMAP4rev2: ALL. */
export function allReturned(session: Session, args: Arguments): WantedReturns {
  const option = lookUp(session, session.server.tables.searchReturns, 'ALL', 'option of RETURN')
  return { options: new Map([['ALL', option]]), data: [option.read(args, session)] }
}

/** The highest mod-sequence of messages, 0 for none. */
export function highestModSeq(messages: readonly StoredMessage[]): bigint {
  return messages.reduce((highest, { modSeq }) => (modSeq > highest ? modSeq : highest), 0n)
}

/**
 * esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)
 *
 * `correlator` is what stands in the parentheses behind the tag (RFC 7377 §2.1).
 */
export function writeExtended(
  found: readonly StoredMessage[],
  wanted: WantedReturns,
  answer: SearchAnswer,
  correlator = '',
): void {
  const { session, call, context } = answer
  const counting = relevant(found, wanted)
  const data = wanted.data.map((tell) => tell(found, answer)).filter((text) => text !== null)
  if (context.modSeq && found.length > 0) data.push(`MODSEQ ${highestModSeq(counting)}`)
  if (wanted.options.has('SAVE')) session.saved = new Set(counting)
  // With SAVE alone nothing is told (RFC 5182 §2.1).
  if (wanted.options.size === 1 && wanted.options.has('SAVE')) return
  const head = `* ESEARCH (TAG ${quoted(call.tag)}${correlator})${call.uid ? ' UID' : ''}`
  session.out.line(`${head}${data.map((item) => ` ${item}`).join('')}`)
}

/** With MIN or MAX alone only these count, for `$` as for MODSEQ (RFC 5182 §2.4, RFC 4731 §3.2). */
function relevant(found: readonly StoredMessage[], { options }: WantedReturns): readonly StoredMessage[] {
  const telling = [...options].filter(([name]) => name !== 'SAVE').map(([, option]) => option)
  const counts = telling.map((option) => option.counts?.(found) ?? null)
  return counts.length === 0 || counts.includes(null) ? found : counts.flatMap((each) => each ?? [])
}

const esearch = ['ESEARCH'] as const

/** An option that takes no value. */
function option(tell: ReturnType<SearchReturn['read']>, counts?: SearchReturn['counts']): SearchReturn {
  return { needs: esearch, read: () => tell, ...(counts === undefined ? {} : { counts }) }
}

/** The numbers of messages as a set; in an answer to SORT they keep their order (RFC 5267 §3). */
export function foundSet(found: readonly StoredMessage[], { number, sorted }: SearchAnswer): string {
  return (sorted ? orderedText : setText)(found.map(number))
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
    ALL: option((found, answer) => (found.length === 0 ? null : `ALL ${foundSet(found, answer)}`)),
    COUNT: option((found) => `COUNT ${found.length}`),
    SAVE: { needs: ['SEARCHRES'], read: () => () => null },
  },
}
