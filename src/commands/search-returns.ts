import { ArgumentError, CapabilityError } from '../model/errors.js'
import type { SeqNum, Uid } from '../model/ids.js'
import type { UidSet } from '../model/number-set.js'
import type { Writer } from '../wire/writer.js'
import { checkArray, checkCapability, hasOneOf } from './checks.js'
import type { EncodeContext } from './command.js'
import { usesKey, type CoreCriteria, type SearchKeys } from './search-criteria.js'
import type { SearchKind, SearchReturnItem } from './slots.js'

/** What SEARCH can give (RFC 4731, RFC 5182): `save` keeps the result as `$` on the server. */
export type CoreSearchReturn = 'min' | 'max' | 'count' | 'all' | 'save'

/** What a search is to give; the set of what was found by default. */
export interface CoreSearchOptions {
  /** `save` needs SEARCHRES; all others are worked out where the server lacks ESEARCH. */
  readonly return?: readonly CoreSearchReturn[] | undefined
}

/** The data of a search by the name of what was asked for. */
export interface SearchData<Num extends number = Uid | SeqNum, Set = UidSet> {
  /** The lowest number, of SORT the first one, except on Cyrus with ESORT; null when nothing was found. */
  readonly min: Num | null
  /** The highest number, of SORT the last one, except on Cyrus with ESORT; null when nothing was found. */
  readonly max: Num | null
  /** How many messages were found. */
  readonly count: number
  /** What was found. */
  readonly all: Set
}

/** What comes with the data of a search unasked. */
export interface SearchModSeq {
  /** The highest mod-sequence of what was found, where the server tells (RFC 7162 §3.1.5, RFC 4731 §3.2). */
  readonly modSeq?: bigint
}

type Named<O> = O extends { readonly return: readonly (infer R)[] } ? R : never
type MaybeNamed<O> = O extends { readonly return?: readonly (infer R)[] | undefined } ? R : never

/** Options that take a value are in the data under their own name. */
type Valued<O, Data> = { [K in keyof O & keyof Data]: undefined extends O[K] ? never : K }[keyof O & keyof Data]

/** Whether options ask for data: surely, perhaps, or not at all. */
type Asks<O, Data> = O extends { readonly return: readonly unknown[] }
  ? 'yes'
  : [Valued<O, Data>] extends [never]
    ? 'return' extends keyof O
      ? 'perhaps'
      : [keyof O & keyof Data] extends [never]
        ? 'no'
        : 'perhaps'
    : 'yes'

/** The result of a search: all that was found, or with `return` an object that holds what was asked for. */
export type SearchOutcome<O, Data, All> = {
  yes: Pick<Data, (Named<O> | Valued<O, Data>) & keyof Data> & SearchModSeq
  perhaps: All | (Partial<Pick<Data, (MaybeNamed<O> | keyof O) & keyof Data>> & SearchModSeq)
  no: All
}[Asks<O, Data>]

/** What extensions let a search return, by key. */
export type SearchReturns = Readonly<Record<string, SearchReturnItem<never>>>

/** What a search has to return. */
export interface AskedReturns {
  /** Whether anything in particular: then the result is an object. */
  readonly isAsked: boolean
  readonly core: readonly CoreSearchReturn[]
  readonly items: readonly { readonly key: string; readonly item: SearchReturnItem<never>; readonly value: unknown }[]
}

const CORE: readonly string[] = ['min', 'max', 'count', 'all', 'save']

/**
 * Finds out what options ask for.
 *
 * @param given - the options; keys that are none of `returns` are not looked at
 * @throws ArgumentError for a name that is not known, and for what does not go together
 */
export function askedReturns(
  given: object | undefined,
  returns: SearchReturns,
  kind: SearchKind,
  criteria: CoreCriteria,
  keys: SearchKeys,
): AskedReturns {
  const options: Readonly<Record<string, unknown>> = { ...given }
  const names = namesOf(options['return'], returns, kind)
  const items = [
    ...names.filter((name) => !CORE.includes(name)).map((key) => ({ key, value: true })),
    ...Object.keys(returns)
      .filter((key) => returns[key]?.takesValue === true && options[key] !== undefined)
      .map((key) => ({ key, value: options[key] })),
  ].flatMap(({ key, value }) => {
    const item = returns[key]
    return item === undefined ? [] : [{ key, item, value }]
  })
  const core = CORE.filter((name) => names.includes(name)) as CoreSearchReturn[]
  for (const { key, item, value } of items) {
    item.check?.(value as never)
    if (item.replacesAll === true && core.includes('all')) {
      throw new ArgumentError(`all and ${key} cannot be asked for in one search (RFC 9394 §3.1)`)
    }
    if (item.withKey !== undefined && !usesKey(criteria, keys, item.withKey)) {
      throw new ArgumentError(`${key} needs the search key ${item.withKey}`)
    }
  }
  return { isAsked: options['return'] !== undefined || items.length > 0, core, items }
}

function namesOf(given: unknown, returns: SearchReturns, kind: SearchKind): readonly string[] {
  if (given === undefined) return []
  checkArray('return', given)
  if (given.length === 0) throw new ArgumentError("return needs something to give, such as ['count']")
  // SORT has nothing to save its result in: RFC 5182 knows SEARCH alone.
  const core = kind === 'SORT' ? CORE.filter((name) => name !== 'save') : CORE
  const known = [...core, ...Object.keys(returns).filter((key) => returns[key]?.takesValue !== true)]
  for (const name of given) {
    if (typeof name === 'string' && known.includes(name)) continue
    throw new ArgumentError(`return of ${kind} takes ${known.join(', ')}`)
  }
  return given as readonly string[]
}

/** The capabilities by which a command takes RETURN. */
const EXTENDED: Readonly<Record<SearchKind, string>> = { SEARCH: 'ESEARCH', SORT: 'ESORT' }

/**
 * Writes what a search has to return, where the server can be asked for it, with a space in front of it.
 *
 * search-return-opts = SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")"
 *
 * @param isExtended - whether the server takes RETURN
 * @throws CapabilityError for what the server can neither tell nor what it tells be worked out
 */
export function writeReturns(
  w: Writer,
  asked: AskedReturns,
  kind: SearchKind,
  context: EncodeContext,
  isExtended = context.has(EXTENDED[kind]),
): void {
  const { core } = asked
  const items = asked.items.filter(({ item, value }) => {
    return item.isHint !== true || (isExtended && hasOneOf(context, item.needs(kind, value as never)))
  })
  if (core.includes('save')) checkCapability(context, 'SEARCHRES', 'Saving a search result')
  const needs = ({ item, value }: AskedReturns['items'][number]) => item.needs(kind, value as never)
  const told = isExtended ? items.filter((each) => hasOneOf(context, needs(each))) : []
  const lacking = items.filter((each) => !told.includes(each))
  for (const each of lacking) {
    // `$` would stand for all that was found, not for what is cut out of it.
    if (each.item.emulate !== undefined && !(each.item.replacesAll === true && core.includes('save'))) continue
    checkCapability(context, needs(each), `${each.key} of ${kind}`)
    const extended = EXTENDED[kind]
    throw new CapabilityError(extended, `${each.key} of ${kind} needs ${extended}, which the server does not announce`)
  }
  if (!isExtended) return
  const names: string[] = asked.isAsked ? [...core] : ['all']
  // What the server cannot tell is worked out of all that was found.
  if (lacking.length > 0 && !names.includes('all')) names.push('all')
  const writers = [
    ...names.map((name) => () => void w.word(name.toUpperCase())),
    ...told.map(
      ({ item, value }) =>
        () =>
          item.write(w, value as never, context),
    ),
  ]
  w.sp()
    .word('RETURN')
    .sp()
    .list(writers, (write) => write())
}
