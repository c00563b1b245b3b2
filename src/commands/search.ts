import { ArgumentError, ProtocolError } from '../model/errors.js'
import type { SeqNum, Uid } from '../model/ids.js'
import { seqs, uids, type SeqSet, type UidSet } from '../model/number-set.js'
import type { EsearchResponse, SearchResponse, Untagged } from '../model/response.js'
import { checkArray, checkCapability } from './checks.js'
import type { CollectContext, Collector, Command } from './command.js'
import {
  checkCriteria,
  usesSequenceNumbers,
  writeCriteria,
  type CoreCriteria,
  type SearchKeys,
} from './search-criteria.js'
import { coreSearchKeys } from './search-keys.js'
import { mailboxSelected } from './states.js'

/** What SEARCH can give (RFC 4731, RFC 5182): `save` keeps the result as `$` on the server. */
export type SearchReturn = 'min' | 'max' | 'count' | 'all' | 'save'

/** What a search is to give; the set of what was found by default. */
export interface SearchOptions {
  /** `save` needs SEARCHRES; all others are worked out where the server lacks ESEARCH. */
  readonly return?: readonly SearchReturn[] | undefined
}

/** The data of a search by the name of what was asked for. */
export interface SearchData<Num extends number, Set> {
  /** The lowest number; null when nothing was found. */
  readonly min: Num | null
  /** The highest number; null when nothing was found. */
  readonly max: Num | null
  /** How many messages were found. */
  readonly count: number
  /** What was found. */
  readonly all: Set
}

/** The result of a search: a set, or with `return` an object that holds what was asked for. */
export type SearchResult<O extends SearchOptions, Num extends number = Uid, Set = UidSet> = O extends {
  readonly return: readonly (infer R)[]
}
  ? Pick<SearchData<Num, Set>, R & keyof SearchData<Num, Set>> & {
      /** The highest mod-sequence of what was found, where the server tells (RFC 7162 §3.1.5, RFC 4731 §3.2). */
      readonly modSeq?: bigint
    }
  : Set

/**
 * UID SEARCH: finds messages in the selected mailbox (RFC 9051 §6.4.4); gives UIDs.
 *
 * @param keys - the search keys that are known
 * @throws ArgumentError for an unknown key, an empty `or`, or nothing to return
 */
export function search<const O extends SearchOptions = Record<never, never>>(
  criteria: CoreCriteria,
  options?: O,
  keys: SearchKeys = coreSearchKeys,
): Command<SearchResult<O>> {
  return find({ name: 'UID SEARCH', uid: true, setOf: (...parts) => uids(...parts) }, criteria, options, keys)
}

/**
 * SEARCH: finds messages in the selected mailbox; gives sequence numbers, which are a snapshot.
 *
 * @param keys - the search keys that are known
 * @throws ArgumentError for an unknown key, an empty `or`, or nothing to return
 */
export function searchSeq<const O extends SearchOptions = Record<never, never>>(
  criteria: CoreCriteria,
  options?: O,
  keys: SearchKeys = coreSearchKeys,
): Command<SearchResult<O, SeqNum, SeqSet>> {
  return find({ name: 'SEARCH', uid: false, setOf: (...parts) => seqs(...parts) }, criteria, options, keys)
}

/** The form of a search: by UID or by sequence number. */
interface Form<Set> {
  readonly name: string
  readonly uid: boolean
  setOf(...parts: readonly (string | readonly number[])[]): Set
}

function find<Set extends UidSet | SeqSet, R>(
  form: Form<Set>,
  criteria: CoreCriteria,
  options: SearchOptions | undefined,
  keys: SearchKeys,
): Command<R> {
  checkCriteria(criteria, keys)
  const returns = options?.return
  if (returns !== undefined) checkReturns(returns)
  return {
    name: form.name,
    states: mailboxSelected,
    // Not even ESEARCH lets two searches overlap: some servers that announce it answer with SEARCH, which names no tag.
    traits: { answers: 'SEARCH', seqArgs: usesSequenceNumbers(criteria), noExpunge: !form.uid },
    safe: returns?.includes('save') !== true,
    encode: (w, context) => {
      if (returns?.includes('save') === true) checkCapability(context, 'SEARCHRES', 'Saving a search result')
      if (context.has('ESEARCH')) {
        const names = returns ?? (['all'] as const)
        w.sp()
          .word('RETURN')
          .sp()
          .list(names, (name) => w.word(name.toUpperCase()))
      }
      w.sp()
      writeCriteria(w, criteria, keys, context)
    },
    collect: (context) => collectSearch(form, returns, context),
  }
}

function checkReturns(returns: readonly SearchReturn[]): void {
  checkArray('return', returns)
  if (returns.length === 0) throw new ArgumentError("return needs something to give, such as ['count']")
  for (const name of returns) {
    const known: readonly unknown[] = ['min', 'max', 'count', 'all', 'save']
    if (!known.includes(name)) throw new ArgumentError('return of SEARCH takes min, max, count, all or save')
  }
}

function collectSearch<Set extends UidSet | SeqSet, R>(
  form: Form<Set>,
  returns: readonly SearchReturn[] | undefined,
  context: CollectContext,
): Collector<R> {
  const answers = new SearchAnswers(form.uid, context.tag)
  return {
    untagged: (response) => answers.take(response),
    done: () => {
      answers.check()
      const found = foundBy(form, answers)
      return (returns === undefined ? found : answers.data(found, returns)) as R
    },
  }
}

/** @throws ProtocolError for a set that is none, or that has `*` */
function foundBy<Set extends UidSet | SeqSet>(form: Form<Set>, answers: SearchAnswers): Set {
  try {
    const found = form.setOf(...answers.parts())
    if (!found.hasStar) return found
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error
  }
  throw new ProtocolError('The server answered the search with what is no set of message numbers')
}

/** What the server told in answer to one search, in SEARCH or in ESEARCH. */
class SearchAnswers {
  readonly #uid: boolean
  readonly #tag: string
  readonly #plain: SearchResponse[] = []
  readonly #extended: EsearchResponse[] = []

  constructor(uid: boolean, tag: string) {
    this.#uid = uid
    this.#tag = tag
  }

  take(response: Untagged): boolean {
    if (response.type === 'SEARCH') this.#plain.push(response)
    // Without a tag it can only be the answer to this search, since no two of them run at a time.
    else if (response.type === 'ESEARCH' && (response.tag === null || response.tag === this.#tag)) {
      this.#extended.push(response)
    } else return false
    return true
  }

  /** @throws ProtocolError when the numbers are not those that were asked for: taken for the others, they would harm */
  check(): void {
    if (this.#extended.every((each) => each.uid === this.#uid || !hasNumbers(each))) return
    throw new ProtocolError(`The server answered the search by ${this.#uid ? 'sequence number' : 'UID'}`)
  }

  /** What was found, as parts of a set; a search that finds nothing may leave out ALL. */
  parts(): readonly (string | readonly number[])[] {
    return [...this.#plain.map((each) => each.numbers), ...this.#extended.map((each) => each.all ?? '')]
  }

  data(found: UidSet | SeqSet, returns: readonly SearchReturn[]): object {
    const min = this.#last('min') ?? found.min
    const max = this.#last('max') ?? found.max
    const count = this.#last('count') ?? found.size
    const modSeq = this.#last('modSeq') ?? this.#plain.findLast((each) => each.modSeq !== undefined)?.modSeq
    return {
      ...(returns.includes('min') && { min: min ?? null }),
      ...(returns.includes('max') && { max: max ?? null }),
      ...(returns.includes('count') && { count }),
      ...(returns.includes('all') && { all: found }),
      ...(modSeq !== undefined && { modSeq }),
    }
  }

  #last<K extends 'min' | 'max' | 'count' | 'modSeq'>(name: K): EsearchResponse[K] | undefined {
    return this.#extended.findLast((each) => each[name] !== undefined)?.[name]
  }
}

function hasNumbers(response: EsearchResponse): boolean {
  return response.min !== undefined || response.max !== undefined || response.all !== undefined
}
