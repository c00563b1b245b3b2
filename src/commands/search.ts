import type { SeqNum, Uid } from '../model/ids.js'
import type { SeqSet, UidSet } from '../model/number-set.js'
import type { Untagged } from '../model/response.js'
import type { Writer } from '../wire/writer.js'
import type { Command, EncodeContext } from './command.js'
import { SearchAnswers, type PlainAnswer } from './search-answers.js'
import {
  checkCriteria,
  usesSequenceNumbers,
  writeCriteria,
  type CoreCriteria,
  type SearchKeys,
} from './search-criteria.js'
import { foundSeqs, foundUids, type Found, type FoundPart } from './search-found.js'
import { coreSearchKeys } from './search-keys.js'
import {
  askedReturns,
  writeReturns,
  type CoreSearchOptions,
  type SearchData,
  type SearchOutcome,
  type SearchReturns,
} from './search-returns.js'
import type { SearchKind } from './slots.js'
import { mailboxSelected } from './states.js'

/** What is known of searching: the core, and what extensions add. */
export interface SearchTables {
  readonly searchKeys: SearchKeys
  readonly searchReturns: SearchReturns
}

const CORE_TABLES: SearchTables = { searchKeys: coreSearchKeys, searchReturns: {} }

/** A command that searches in the selected mailbox. */
export interface SearchForm {
  readonly kind: SearchKind
  readonly needs?: string
  /** Whether it gives UIDs. */
  readonly uid: boolean
  /** Makes what it gives of the numbers in the answers. */
  found(parts: readonly FoundPart[]): Found<unknown>
  /** Gives the data of its answer where there is no ESEARCH. */
  plain(response: Untagged): PlainAnswer | undefined
  /** Writes what stands behind RETURN, beginning with a space. */
  program(w: Writer, criteria: CoreCriteria, keys: SearchKeys, context: EncodeContext): void
}

const SEARCH: Pick<SearchForm, 'kind' | 'plain' | 'program'> = {
  kind: 'SEARCH',
  plain: (response) => (response.type === 'SEARCH' ? response : undefined),
  program: (w, criteria, keys, context) => writeCriteria(w.sp(), criteria, keys, context),
}

/** The form of UID SEARCH. */
export const uidSearch: SearchForm = { ...SEARCH, uid: true, found: foundUids }
/** The form of SEARCH. */
export const seqSearch: SearchForm = { ...SEARCH, uid: false, found: foundSeqs }

/**
 * UID SEARCH: finds messages in the selected mailbox (RFC 9051 §6.4.4); gives UIDs.
 *
 * @param tables - the search keys and results that are known
 * @throws ArgumentError for an unknown key, an empty `or`, or nothing to return
 */
export function search<const O extends CoreSearchOptions = Record<never, never>>(
  criteria: CoreCriteria,
  options?: O,
  tables: SearchTables = CORE_TABLES,
): Command<SearchOutcome<O, SearchData<Uid, UidSet>, UidSet>> {
  return find(uidSearch, criteria, options, tables)
}

/**
 * SEARCH: finds messages in the selected mailbox; gives sequence numbers, which are a snapshot.
 *
 * @param tables - the search keys and results that are known
 * @throws ArgumentError for an unknown key, an empty `or`, or nothing to return
 */
export function searchSeq<const O extends CoreSearchOptions = Record<never, never>>(
  criteria: CoreCriteria,
  options?: O,
  tables: SearchTables = CORE_TABLES,
): Command<SearchOutcome<O, SearchData<SeqNum, SeqSet>, SeqSet>> {
  return find(seqSearch, criteria, options, tables)
}

/**
 * Makes a command that searches; what it gives follows from the options.
 *
 * @throws ArgumentError for an unknown key, an empty `or`, or nothing to return
 */
export function find<R>(
  form: SearchForm,
  criteria: CoreCriteria,
  options: object | undefined,
  { searchKeys, searchReturns }: SearchTables,
): Command<R> {
  const { kind, needs, uid } = form
  checkCriteria(criteria, searchKeys)
  const asked = askedReturns(options, searchReturns, kind, criteria, searchKeys)
  return {
    name: uid ? `UID ${kind}` : kind,
    ...(needs !== undefined && { needs }),
    states: mailboxSelected,
    // Not even ESEARCH lets two searches overlap: some servers that announce it answer with SEARCH, which names no tag.
    // SORT is answered by ESEARCH as well.
    traits: {
      answers: kind === 'SEARCH' ? 'SEARCH' : ['SEARCH', kind],
      seqArgs: usesSequenceNumbers(criteria, searchKeys),
      noExpunge: !uid,
    },
    safe: !asked.core.includes('save'),
    encode: (w, context) => {
      writeReturns(w, asked, kind, context)
      form.program(w, criteria, searchKeys, context)
    },
    collect: (context) => {
      const answers = new SearchAnswers(uid, context.tag, (response) => form.plain(response))
      return {
        untagged: (response) => answers.take(response),
        done: () => {
          answers.check(asked)
          const found = form.found(answers.parts())
          return (asked.isAsked ? answers.data(found, asked) : found.all) as R
        },
      }
    },
  }
}
