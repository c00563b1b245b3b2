import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { bad } from '../refusal.js'
import { foundSet } from '../search/returns.js'
import type { Session } from '../session.js'
import type { SearchReturn } from '../slots.js'

/** A range of results. */
interface PartialRange {
  /** As sent. */
  readonly text: string
  readonly pick: <T>(results: readonly T[]) => T[]
}

/** partial-range = nz-number ":" nz-number / MINUS nz-number ":" MINUS nz-number: the latter from the end (RFC 9394 §4) */
function readRange(args: Arguments, session: Session): PartialRange {
  args.sp()
  const start = args.pos
  const fromEnd = args.take('-')
  if (fromEnd && !session.has('PARTIAL')) {
    args.pos = start
    throw args.expected('a range without "-", which needs PARTIAL')
  }
  const first = nzNumber(args)
  args.char(':')
  if (fromEnd) args.char('-')
  const second = nzNumber(args)
  const low = Math.min(first, second)
  const high = Math.max(first, second)
  return {
    text: args.text.slice(start, args.pos),
    pick: (results) =>
      fromEnd
        ? results.slice(Math.max(0, results.length - high), Math.max(0, results.length - low + 1))
        : results.slice(low - 1, high),
  }
}

function nzNumber(args: Arguments): number {
  const start = args.pos
  const value = args.number('the number of a result')
  if (value > 0) return value
  args.pos = start
  throw args.expected('the number of a result, from 1')
}

/** search-return-opt =/ "PARTIAL" SP partial-range, with "PARTIAL" SP "(" partial-range SP partial-results ")" as data */
const partial: SearchReturn = {
  needs: ['PARTIAL', 'CONTEXT=SEARCH'],
  sortNeeds: ['PARTIAL', 'CONTEXT=SORT'],
  group: 'results',
  read(args, session) {
    const range = readRange(args, session)
    return Object.assign(
      (...[found, answer]: Parameters<ReturnType<SearchReturn['read']>>) => {
        const picked = range.pick(found)
        return `PARTIAL (${range.text} ${picked.length === 0 ? 'NIL' : foundSet(picked, answer)})`
      },
      // "$" then stands for these and those of MIN and MAX (RFC 9394 §3.2).
      { counts: range.pick },
    )
  },
}

/** PARTIAL (RFC 9394), in SEARCH also for CONTEXT= (RFC 5267 §4.4). */
export const partialFeature: Feature = {
  capabilities: ['PARTIAL'],
  searchReturns: { PARTIAL: partial },
  fetchModifiers: {
    PARTIAL: {
      needs: ['PARTIAL'],
      read(args, session) {
        const range = readRange(args, session)
        return {
          begin(_session, _set, call) {
            if (!call.uid) throw bad('PARTIAL is a modifier of UID FETCH only')
          },
          pick: range.pick,
        }
      },
    },
  },
}
