import type { FetchModifier } from '../commands/fetch.js'
import type { FoundMessages, SearchReturnItem } from '../commands/slots.js'
import { ArgumentError } from '../model/errors.js'
import { MAX_NUMBER } from '../model/ids.js'
import type { Cursor } from '../wire/cursor.js'
import type { Extension } from './extension.js'

/** The option of SEARCH and SORT that PARTIAL (RFC 9394) and CONTEXT=* (RFC 5267) add. */
export interface PartialOptions {
  /**
   * Only the results at these places: `1:50` for the first fifty, `-1:-50` for the last ones. Where the server cannot
   * tell them alone they are cut out of all.
   */
  readonly partial?: string | undefined
}

/** The result that comes with {@link PartialOptions}. */
export interface PartialData<Set> {
  /** What was found at the places of `partial`; those that do not exist are left out. */
  readonly partial: Set
}

/** The places of a range, counted from 1, the lower one first; from the end where they are negative. */
export interface Places {
  readonly low: number
  readonly high: number
  readonly fromEnd: boolean
}

/**
 * partial-range       = partial-range-first / partial-range-last
 * partial-range-first = nz-number ":" nz-number
 * partial-range-last  = MINUS nz-number ":" MINUS nz-number   (RFC 9394 §4)
 *
 * @throws ArgumentError for any other text
 */
export function placesOf(range: string): Places {
  const given: unknown = range
  const [, sign, first, other, second] = (typeof given === 'string' && /^(-?)(\d+):(-?)(\d+)$/.exec(given)) || []
  const ends = [Number(first), Number(second)]
  if (sign !== other || !ends.every((end) => end >= 1 && end <= MAX_NUMBER)) {
    throw new ArgumentError("partial is a range of places, such as '1:50', or '-1:-50' for the last ones")
  }
  return { low: Math.min(...ends), high: Math.max(...ends), fromEnd: sign === '-' }
}

/**
 * ret-data-partial = "PARTIAL" SP "(" partial-range SP partial-results ")"
 * partial-results  = sequence-set / "NIL"   (RFC 9394 §4)
 *
 * Gives the text of the set, which is empty for NIL.
 */
function readPartial(cursor: Cursor): string {
  cursor.char('(')
  cursor.skipSpaces()
  cursor.atom()
  cursor.skipSpaces()
  const set = cursor.tryNil() ? '' : cursor.set()
  cursor.skipSpaces()
  cursor.char(')')
  return set
}

/** What of all that was found stands at the places of a range; it has the form that its command gives. */
export function cutOut(found: FoundMessages, range: string): unknown {
  const { low, high, fromEnd } = placesOf(range)
  if (!fromEnd) return found.slice(low, high)
  const { size } = found
  return low > size ? found.slice(size + 1, size) : found.slice(Math.max(1, size - high + 1), size - low + 1)
}

/** search-return-opt =/ modifier-partial; modifier-partial = "PARTIAL" SP partial-range */
const partialReturn: SearchReturnItem<string> = {
  takesValue: true,
  replacesAll: true,
  // RFC 5267 counts from the start only, and RFC 9394 knows no SORT.
  needs: (kind, range) => {
    if (placesOf(range).fromEnd) return kind === 'SEARCH' ? 'PARTIAL' : []
    return kind === 'SEARCH' ? ['PARTIAL', 'CONTEXT=SEARCH'] : 'CONTEXT=SORT'
  },
  check: (range) => void placesOf(range),
  write: (w, range) => void w.word('PARTIAL').sp().word(range),
  read: { PARTIAL: readPartial },
  result: (data, found) => found.read(typeof data === 'string' ? data : ''),
  emulate: cutOut,
}

/**
 * fetch-modifier =/ modifier-partial   (RFC 9394 §4)
 *
 * @throws ArgumentError for what is no range
 */
export function partialModifier(range: string): FetchModifier {
  placesOf(range)
  return { needs: 'PARTIAL', write: (w) => void w.word('PARTIAL').sp().word(range) }
}

/** PARTIAL: parts of the results of a search or a fetch (RFC 9394). */
export const partial: Extension = {
  capability: 'PARTIAL',
  spec: [9394],
  summary: 'Gives the first or the last results of a search or a fetch, without the others.',
  usage: "mailbox.search({ seen: false }, { partial: '-1:-50' })",
  note: 'CONTEXT=SEARCH and CONTEXT=SORT serve as well; elsewhere the range is cut out of all results',
  examples: ['rfc9394.txt'],
  tested: ['embedded', 'transcript'],
  searchReturns: { partial: partialReturn },
}
