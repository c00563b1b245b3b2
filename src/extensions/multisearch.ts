import { checkName, checkObject } from '../commands/checks.js'
import type { Command } from '../commands/command.js'
import { SearchAnswers } from '../commands/search-answers.js'
import { checkCriteria, usesSequenceNumbers, writeCriteria, type CoreCriteria } from '../commands/search-criteria.js'
import { foundUids } from '../commands/search-found.js'
import { coreSearchKeys } from '../commands/search-keys.js'
import {
  askedReturns,
  writeReturns,
  type AskedReturns,
  type CoreSearchOptions,
  type SearchData,
  type SearchOutcome,
} from '../commands/search-returns.js'
import type { SearchTables } from '../commands/search.js'
import { loggedIn, mailboxSelected } from '../commands/states.js'
import { ArgumentError, PartialResultError, ProtocolError } from '../model/errors.js'
import type { Uid } from '../model/ids.js'
import type { UidSet } from '../model/number-set.js'
import type { Tagged, Untagged } from '../model/response.js'
import type { Writer } from '../wire/writer.js'
import type { Extension } from './extension.js'

/**
 * The mailboxes to search (RFC 7377 §2.2, RFC 5465 §6): all that any of these name. Names are taken as they are, without
 * wildcards; no mailbox should be named twice.
 */
export interface SearchSources {
  /** The mailbox that is selected. */
  readonly selected?: true | undefined
  /** Mailboxes into which mail is delivered. */
  readonly inboxes?: true | undefined
  /** All in the personal namespaces. */
  readonly personal?: true | undefined
  /** All that are subscribed to. */
  readonly subscribed?: true | undefined
  /** These, and all below them. */
  readonly subtree?: string | readonly string[] | undefined
  /** These, and their children. */
  readonly subtreeOne?: string | readonly string[] | undefined
  /** These. */
  readonly mailboxes?: string | readonly string[] | undefined
}

/** The default result for each mailbox. */
export interface FoundAll {
  readonly all: UidSet
}

/** What was found in one mailbox. */
export type FoundIn<Outcome> = Outcome & {
  readonly mailbox: string
  readonly uidValidity: number
}

const CORE_TABLES: SearchTables = { searchKeys: coreSearchKeys, searchReturns: {} }

/** The names of sources on the wire. */
const NAMED = { subtree: 'subtree', subtreeOne: 'subtree-one', mailboxes: 'mailboxes' } as const
const GROUPS = ['selected', 'inboxes', 'personal', 'subscribed'] as const

/**
 * ESEARCH: searches several mailboxes (RFC 7377); gives UIDs by mailbox, and nothing for those where nothing was found.
 *
 * @param tables - the search keys and results that are known
 * @throws ArgumentError for no source, and for sequence numbers or `save` beyond the selected mailbox
 */
export function esearch<const O extends CoreSearchOptions = Record<never, never>>(
  sources: SearchSources,
  criteria: CoreCriteria,
  options?: O,
  tables: SearchTables = CORE_TABLES,
): Command<readonly FoundIn<SearchOutcome<O, SearchData<Uid, UidSet>, FoundAll>>[]> {
  return findIn(sources, criteria, options, tables)
}

/**
 * Makes an ESEARCH; what it gives follows from the options.
 *
 * esearch             = "ESEARCH" [SP esearch-source-opts] [SP search-return-opts] SP search-program
 * esearch-source-opts = "IN" SP "(" source-mbox [SP "(" scope-options ")"] ")"
 * source-mbox         = filter-mailboxes *(SP filter-mailboxes)   (RFC 7377 §4)
 *
 * @throws ArgumentError as {@link esearch} does
 */
export function findIn<R>(
  sources: SearchSources,
  criteria: CoreCriteria,
  options: object | undefined,
  tables: SearchTables,
): Command<readonly R[]> {
  const { searchKeys, searchReturns } = tables
  const asked = sourcesOf(sources)
  checkCriteria(criteria, searchKeys)
  const returned = askedReturns(options, searchReturns, 'SEARCH', criteria, searchKeys)
  const hasNumbers = usesSequenceNumbers(criteria, searchKeys)
  const isElsewhere = asked.some((each) => each.word !== 'selected')
  if (isElsewhere && (hasNumbers || returned.core.includes('save'))) {
    throw new ArgumentError('Sequence numbers and save belong to the selected mailbox: search there alone')
  }
  return {
    name: 'ESEARCH',
    needs: 'MULTISEARCH',
    states: asked.some((each) => each.word === 'selected') ? mailboxSelected : loggedIn,
    traits: { answers: 'SEARCH', seqArgs: hasNumbers },
    safe: !returned.core.includes('save'),
    encode: (w, context) => {
      w.sp().word('IN').sp()
      w.list(asked, (each) => writeSource(w, each))
      writeReturns(w, returned, 'SEARCH', context, true)
      writeCriteria(w.sp(), criteria, searchKeys, context)
    },
    collect: ({ tag }) => new Gathered<R>(tag, returned),
  }
}

interface Source {
  readonly word: string
  readonly mailboxes: readonly string[]
}

function sourcesOf(sources: SearchSources): readonly Source[] {
  checkObject('What to search', sources)
  const given: Readonly<Record<string, unknown>> = { ...sources }
  const asked: Source[] = []
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue
    if ((GROUPS as readonly string[]).includes(key)) {
      if (value !== true) throw new ArgumentError(`${key} of the mailboxes to search is true or left out`)
      asked.push({ word: key, mailboxes: [] })
    } else if (Object.hasOwn(NAMED, key)) {
      asked.push({ word: NAMED[key as keyof typeof NAMED], mailboxes: namesOf(key, value) })
    } else {
      throw new ArgumentError(`A search goes over ${[...GROUPS, ...Object.keys(NAMED)].join(', ')}`)
    }
  }
  if (asked.length === 0) throw new ArgumentError("There is nothing to search: name mailboxes: ['INBOX'], or personal")
  return asked
}

function namesOf(key: string, value: unknown): readonly string[] {
  const names = (Array.isArray(value) ? value : [value]) as readonly string[]
  if (names.length === 0) throw new ArgumentError(`${key} needs the name of a mailbox`)
  for (const name of names) checkName(name)
  return names
}

/**
 * filter-mailboxes-other = "inboxes" / "personal" / "subscribed" / ("subtree" SP one-or-more-mailbox) /
 *                          ("mailboxes" SP one-or-more-mailbox) / ("subtree-one" SP one-or-more-mailbox)
 * one-or-more-mailbox    = mailbox / many-mailboxes
 * many-mailboxes         = "(" mailbox *(SP mailbox) ")"   (RFC 5465 §8, RFC 7377 §4)
 */
function writeSource(w: Writer, { word, mailboxes }: Source): void {
  w.word(word)
  const [only] = mailboxes
  if (only === undefined) return
  w.sp()
  if (mailboxes.length === 1) w.mailbox(only)
  else w.list(mailboxes, (name) => w.mailbox(name))
}

/** Gathers the answers by mailbox. */
class Gathered<R> {
  readonly #tag: string
  readonly #asked: AskedReturns
  readonly #mailboxes = new Map<string, { readonly uidValidity: number; readonly answers: SearchAnswers }>()

  constructor(tag: string, asked: AskedReturns) {
    this.#tag = tag
    this.#asked = asked
  }

  untagged(response: Untagged): boolean {
    if (response.type !== 'ESEARCH' || (response.tag !== null && response.tag !== this.#tag)) return false
    const { mailbox, uidValidity } = response
    if (mailbox === undefined || uidValidity === undefined) {
      throw new ProtocolError('The server does not say in which mailbox it found messages', { command: 'ESEARCH' })
    }
    let found = this.#mailboxes.get(mailbox)
    if (found === undefined) {
      found = { uidValidity, answers: new SearchAnswers(true, this.#tag, () => undefined) }
      this.#mailboxes.set(mailbox, found)
    }
    return found.answers.take(response)
  }

  /** @throws PartialResultError when the server stopped before the end (RFC 7377 §2.4, RFC 9738 §3.1) */
  done(tagged: Tagged): readonly R[] {
    const results = [...this.#mailboxes].map(([mailbox, { uidValidity, answers }]) => {
      answers.check(this.#asked)
      const found = foundUids(answers.parts())
      const data = this.#asked.isAsked ? answers.data(found, this.#asked) : { all: found.all }
      return { mailbox, uidValidity, ...data } as R
    })
    const code = tagged.code?.name
    if (code !== 'LIMIT' && code !== 'MESSAGELIMIT') return results
    throw new PartialResultError(
      'The server searched only a part of the mailboxes: search fewer of them, or for less',
      { done: '', remaining: '', results },
      { command: 'ESEARCH' },
    )
  }
}

/** MULTISEARCH: searches several mailboxes at once (RFC 7377). */
export const multisearch: Extension = {
  capability: 'MULTISEARCH',
  spec: [7377, 6237],
  summary: 'Searches many mailboxes in one command, without selecting them.',
  usage: "client.searchIn({ personal: true }, { from: 'a@example.org' })",
  examples: ['rfc7377.txt', 'rfc6237.txt'],
  tested: ['embedded', 'transcript'],
}
