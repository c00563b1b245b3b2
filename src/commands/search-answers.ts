import { ProtocolError } from '../model/errors.js'
import type { EsearchResponse, Untagged } from '../model/response.js'
import type { Found, FoundPart } from './search-found.js'
import type { AskedReturns } from './search-returns.js'

/** The answer of a server that has no ESEARCH: SEARCH, or SORT. */
export interface PlainAnswer {
  readonly numbers: readonly number[]
  readonly modSeq?: bigint
}

/** What the server told in answer to one search, in SEARCH or SORT or in ESEARCH. */
export class SearchAnswers {
  readonly #uid: boolean
  readonly #tag: string
  readonly #plain: (response: Untagged) => PlainAnswer | undefined
  readonly #told: PlainAnswer[] = []
  readonly #extended: EsearchResponse[] = []

  /** @param plain - gives the data of an answer without ESEARCH; undefined for any other response */
  constructor(uid: boolean, tag: string, plain: (response: Untagged) => PlainAnswer | undefined) {
    this.#uid = uid
    this.#tag = tag
    this.#plain = plain
  }

  take(response: Untagged): boolean {
    if (response.type === 'ESEARCH') {
      // Without a tag it can only be the answer to this search, since no two of them run at a time.
      if (response.tag !== null && response.tag !== this.#tag) return false
      this.#extended.push(response)
      return true
    }
    const told = this.#plain(response)
    if (told === undefined) return false
    this.#told.push(told)
    return true
  }

  /** @throws ProtocolError when the numbers are not those that were asked for: taken for the others, they would harm */
  check({ items }: AskedReturns): void {
    const names = items.flatMap(({ item }) => (item.replacesAll === true ? Object.keys(item.read ?? {}) : []))
    const hasNumbers = ({ min, max, all, data = [] }: EsearchResponse): boolean => {
      return (
        min !== undefined || max !== undefined || all !== undefined || data.some((each) => names.includes(each.name))
      )
    }
    if (this.#extended.every((each) => each.uid === this.#uid || !hasNumbers(each))) return
    throw new ProtocolError(`The server answered the search by ${this.#uid ? 'sequence number' : 'UID'}`)
  }

  /** What was found, as parts of a set; a search that finds nothing may leave out ALL. */
  parts(): readonly FoundPart[] {
    return [...this.#told.map((each) => each.numbers), ...this.#extended.map((each) => each.all ?? '')]
  }

  /** What was asked for, by name. */
  data(found: Found<unknown>, asked: AskedReturns): object {
    const { core, items } = asked
    const min = this.#last('min') ?? found.first
    const max = this.#last('max') ?? found.last
    const count = this.#last('count') ?? found.size
    const modSeq = this.#last('modSeq') ?? this.#told.findLast((each) => each.modSeq !== undefined)?.modSeq
    return {
      ...(core.includes('min') && { min: min ?? null }),
      ...(core.includes('max') && { max: max ?? null }),
      ...(core.includes('count') && { count }),
      ...(core.includes('all') && { all: found.all }),
      ...Object.fromEntries(items.flatMap((each) => this.#itemEntry(each, found))),
      ...(modSeq !== undefined && { modSeq }),
    }
  }

  #itemEntry({ key, item, value }: AskedReturns['items'][number], found: Found<unknown>): [string, unknown][] {
    const names = Object.keys(item.read ?? {})
    const told = this.#extended.flatMap((each) => each.data ?? []).findLast((each) => names.includes(each.name))
    const isMissing = told === undefined && item.emulate !== undefined
    const result = isMissing ? item.emulate?.(found, value as never) : item.result?.(told?.value, found)
    return result === undefined ? [] : [[key, result]]
  }

  #last<K extends 'min' | 'max' | 'count' | 'modSeq'>(name: K): EsearchResponse[K] | undefined {
    return this.#extended.findLast((each) => each[name] !== undefined)?.[name]
  }
}
