import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { bad } from '../refusal.js'
import { similarity } from '../search/fuzzy.js'
import type { SearchContext, SearchTest } from '../search/key.js'
import { Extra } from '../store/extra.js'
import type { StoredMessage } from '../store/message.js'

const needs = ['SEARCH=FUZZY'] as const

/** The scores of the messages of a search, 1 to 100. */
type Scores = Map<StoredMessage, number>

/** Kept by the search; null for one without FUZZY. */
const scores = new Extra<SearchContext, Scores | null>(() => null)

/** search-key =/ "FUZZY" SP search-key: texts match by their words, all else as without FUZZY (RFC 6203 §3, §5). */
function read(args: Arguments, context: SearchContext): SearchTest {
  args.sp()
  const known: Scores = scores.get(context) ?? new Map<StoredMessage, number>()
  scores.set(context, known)
  let matched: number[] = []
  const inner: SearchContext = {
    ...context,
    get modSeq() {
      return context.modSeq
    },
    set modSeq(value) {
      context.modSeq = value
    },
    holds(text, wanted) {
      const score = similarity(context.prepare(text), wanted)
      if (score > 0) matched.push(score)
      return score > 0
    },
  }
  // FUZZY within FUZZY adds to the same scores.
  scores.set(inner, known)
  const test = inner.key(args)
  return (message) => {
    matched = []
    const found = test(message)
    // A key that is no text matches or does not.
    const score = matched.length === 0 ? 100 : Math.max(...matched)
    if (found) known.set(message, Math.min(score, known.get(message) ?? 100))
    return found
  }
}

/** The scores of a search. @throws Refusal BAD when there is no FUZZY among its keys (RFC 6203 §4) */
function scoresOf(context: SearchContext): Scores {
  const known = scores.get(context)
  if (known === null) throw bad('RELEVANCY needs the key FUZZY')
  return known
}

/** SEARCH=FUZZY (RFC 6203). */
export const fuzzyFeature: Feature = {
  capabilities: ['SEARCH=FUZZY'],
  searchKeys: { FUZZY: { needs, read } },
  searchReturns: {
    // search-return-data =/ "RELEVANCY" SP "(" [score *(SP score)] ")"
    RELEVANCY: {
      needs,
      read: () => (found, answer) => {
        const known = scoresOf(answer.context)
        return `RELEVANCY (${found.map((message) => known.get(message) ?? 100).join(' ')})`
      },
    },
  },
  sortKeys: {
    // The highest score comes first (§6).
    RELEVANCY: {
      needs,
      read: (_args, context) => (a, b) => {
        const known = scoresOf(context)
        return (known.get(b) ?? 0) - (known.get(a) ?? 0)
      },
    },
  },
}
