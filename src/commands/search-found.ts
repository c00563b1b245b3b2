import { ArgumentError, ProtocolError } from '../model/errors.js'
import { seqs, uids, type SeqSet, type UidSet } from '../model/number-set.js'
import type { FoundMessages } from './slots.js'

/** Numbers of messages as they came: text of a set, or numbers in order. */
export type FoundPart = string | readonly number[]

/** All that a search found, in the form that its command gives. */
export interface Found<All> extends FoundMessages {
  readonly all: All
  readonly first: number | undefined
  readonly last: number | undefined
  slice(from: number, to: number): All
  read(text: string): All
}

/** What a SORT may answer at most: a range such as `1:4294967295` would fill the memory. */
export const MAX_SORTED = 10_000_000

/** The result of SEARCH: a set. */
class FoundSet<Set extends UidSet | SeqSet> implements Found<Set> {
  readonly all: Set
  readonly #make: (parts: readonly FoundPart[]) => Set

  constructor(make: (parts: readonly FoundPart[]) => Set, parts: readonly FoundPart[]) {
    this.#make = make
    this.all = checkedSet(make, parts)
  }

  get size(): number {
    return this.all.size
  }

  get first(): number | undefined {
    return this.all.min
  }

  get last(): number | undefined {
    return this.all.max
  }

  slice(from: number, to: number): Set {
    const all: UidSet | SeqSet = this.all
    return all.take(from - 1).tail.take(to - from + 1).head as Set
  }

  read(text: string): Set {
    return checkedSet(this.#make, [text])
  }
}

/** The result of SORT: an array. */
class FoundList implements Found<readonly number[]> {
  readonly all: readonly number[]

  constructor(parts: readonly FoundPart[]) {
    this.all = inOrder(parts)
  }

  get size(): number {
    return this.all.length
  }

  get first(): number | undefined {
    return this.all[0]
  }

  get last(): number | undefined {
    return this.all.at(-1)
  }

  slice(from: number, to: number): readonly number[] {
    return this.all.slice(from - 1, to)
  }

  read(text: string): readonly number[] {
    return inOrder([text])
  }
}

/** Makes what was found of UIDs. */
export function foundUids(parts: readonly FoundPart[]): Found<UidSet> {
  return new FoundSet((given) => uids(...given), parts)
}

/** Makes what was found of sequence numbers. */
export function foundSeqs(parts: readonly FoundPart[]): Found<SeqSet> {
  return new FoundSet((given) => seqs(...given), parts)
}

/** Makes what was found of numbers that are in an order of their own. */
export function foundInOrder(parts: readonly FoundPart[]): Found<readonly number[]> {
  return new FoundList(parts)
}

/** Makes the set of UIDs that a server has written. @throws ProtocolError for what is none, and for one that has `*` */
export function writtenUids(text: string): UidSet {
  return checkedSet((parts) => uids(...parts), [text])
}

/** @throws ProtocolError for a set that is none, or that has `*` */
function checkedSet<Set extends UidSet | SeqSet>(
  make: (parts: readonly FoundPart[]) => Set,
  parts: readonly FoundPart[],
): Set {
  try {
    const found = make(parts)
    if (!found.hasStar) return found
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error
  }
  throw noSet()
}

/**
 * The numbers of sets in the order in which they are written. Ranges ascend, whichever end comes first (RFC 5267 §3.2).
 *
 * @throws ProtocolError for what is no set, or has more members than any mailbox
 */
export function inOrder(parts: readonly FoundPart[]): readonly number[] {
  const numbers: number[] = []
  for (const part of parts) {
    if (typeof part !== 'string') for (const number of part) numbers.push(number)
    else if (part !== '') for (const range of part.split(',')) pushRange(numbers, range)
  }
  return numbers
}

function pushRange(numbers: number[], text: string): void {
  const range = writtenUids(text)
  if (range.size > MAX_SORTED - numbers.length) throw noSet()
  for (const number of range) numbers.push(number)
}

function noSet(): ProtocolError {
  return new ProtocolError('The server answered the search with what is no set of message numbers')
}
