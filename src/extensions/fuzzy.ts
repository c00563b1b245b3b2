import type { SearchKey, SearchReturnItem, SortKey } from '../commands/slots.js'
import type { Cursor } from '../wire/cursor.js'
import type { Extension } from './extension.js'

/** The search key of SEARCH=FUZZY (RFC 6203). */
export interface FuzzyCriteria {
  /** Meets this in about; the server decides what that means. Needs SEARCH=FUZZY. */
  readonly fuzzy?: this | undefined
}

/** What `relevancy` in `return` gives (RFC 6203 §4). */
export interface FuzzyData {
  /**
   * How well each message fits, from 1 to 100, in the order of `all` or `partial`; empty where the server gives no
   * scores. It needs the key `fuzzy`.
   */
  readonly relevancy: readonly number[]
}

/** search-key =/ "FUZZY" SP search-key   (RFC 6203 §7) */
const fuzzyKey: SearchKey<object> = {
  needs: 'SEARCH=FUZZY',
  nests: true,
  write: (w, criteria, _context, nest) => nest(w.word('FUZZY').sp(), criteria),
}

/**
 * search-return-data =/ "RELEVANCY" SP score-list
 * score-list         = "(" [score *(SP score)] ")"   (RFC 6203 §7)
 */
function readScores(cursor: Cursor): readonly number[] {
  return cursor.list(() => cursor.number())
}

const relevancyReturn: SearchReturnItem<true> = {
  needs: () => 'SEARCH=FUZZY',
  withKey: 'fuzzy',
  write: (w) => void w.word('RELEVANCY'),
  read: { RELEVANCY: readScores },
  result: (data) => data ?? [],
}

/** sort-key =/ "RELEVANCY"; the highest score comes first */
const relevancyKey: SortKey<true> = {
  needs: 'SEARCH=FUZZY',
  withKey: 'fuzzy',
  write: (w) => void w.word('RELEVANCY'),
}

/** SEARCH=FUZZY: finds what fits in about, and tells how well it fits (RFC 6203). */
export const fuzzy: Extension = {
  capability: 'SEARCH=FUZZY',
  spec: [6203],
  summary: 'Finds messages that fit in about, tells how well, and sorts by that.',
  usage: "mailbox.search({ fuzzy: { text: 'helo' } }, { return: ['all', 'relevancy'] })",
  examples: ['rfc6203.txt'],
  tested: ['embedded', 'transcript', 'cyrus'],
  searchKeys: { fuzzy: fuzzyKey },
  searchReturns: { relevancy: relevancyReturn },
  sortKeys: { relevancy: relevancyKey },
}
