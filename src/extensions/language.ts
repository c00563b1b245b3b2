import { checkArray, checkString } from '../commands/checks.js'
import type { Collector, Command } from '../commands/command.js'
import { loggedIn } from '../commands/states.js'
import { ArgumentError, ProtocolError } from '../model/errors.js'
import type { StateName } from '../model/events.js'
import type { ExtensionResponse, Untagged } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import type { Extension } from './extension.js'

/** The order in which the server compares text (RFC 5255 §4.8). */
export interface ComparatorInfo {
  /** The comparator that is in use, such as `i;unicode-casemap`. */
  readonly active: string
  /** Those that match what was asked for; empty where the server tells none. */
  readonly matching: readonly string[]
}

interface LanguageResponse extends ExtensionResponse {
  readonly type: 'X:LANGUAGE'
  readonly tags: readonly string[]
}

interface ComparatorResponse extends ExtensionResponse {
  readonly type: 'X:COMPARATOR'
  readonly comparator: ComparatorInfo
}

/** language-data = "LANGUAGE" SP "(" lang-tag-quoted *(SP lang-tag-quoted) ")"   (RFC 5255 §5) */
function readLanguage(cursor: Cursor): LanguageResponse {
  return { kind: 'untagged', type: 'X:LANGUAGE', tags: cursor.list(() => cursor.astring()) }
}

/** comparator-data = "COMPARATOR" SP comp-sel-quoted [SP "(" comp-id-quoted *(SP comp-id-quoted) ")"]   (RFC 5255 §5) */
function readComparator(cursor: Cursor): ComparatorResponse {
  const active = cursor.astring()
  cursor.skipSpaces()
  const matching = cursor.atEnd ? [] : cursor.list(() => cursor.astring())
  return { kind: 'untagged', type: 'X:COMPARATOR', comparator: { active, matching } }
}

const isLanguage = (response: Untagged): response is LanguageResponse => response.type === 'X:LANGUAGE'
const isComparator = (response: Untagged): response is ComparatorResponse => response.type === 'X:COMPARATOR'

const ANY_STATE: readonly StateName[] = ['not-authenticated', 'authenticated', 'selected']

/**
 * LANGUAGE: asks for the texts of the server in one of these languages, the best first, and gives the one it took; without
 * ranges it gives the languages that there are (RFC 5255 §3.2).
 *
 * @param ranges - language ranges of RFC 4647, such as `de-CH`; `default` is what the administrator chose
 */
export function language(ranges: readonly string[] = []): Command<readonly string[]> {
  checkTexts('A language range', ranges)
  return {
    name: 'LANGUAGE',
    states: ANY_STATE,
    needs: 'LANGUAGE',
    // The new namespaces come with the answer (RFC 5255 §3.4).
    traits: { answers: ['LANGUAGE', 'NAMESPACE'] },
    safe: true,
    encode: (w) => {
      for (const range of ranges) w.sp().string(range)
    },
    collect: (): Collector<readonly string[]> => {
      let tags: readonly string[] | undefined
      return {
        untagged: (response) => {
          if (!isLanguage(response)) return false
          tags = response.tags
          return true
        },
        done: () => required('LANGUAGE', tags),
      }
    },
  }
}

/**
 * COMPARATOR: asks which order the server compares text by, or for the first that it has of those that are named
 * (RFC 5255 §4.7).
 *
 * @param orders - names or patterns of comparators, such as `i;unicode-casemap` or `i;*`
 */
export function comparator(orders: readonly string[] = []): Command<ComparatorInfo> {
  checkTexts('A comparator', orders)
  return {
    name: 'COMPARATOR',
    states: loggedIn,
    needs: 'I18NLEVEL=2',
    traits: { answers: 'COMPARATOR' },
    safe: true,
    encode: (w) => {
      for (const order of orders) w.sp().string(order)
    },
    collect: (): Collector<ComparatorInfo> => {
      let found: ComparatorInfo | undefined
      return {
        untagged: (response) => {
          if (!isComparator(response)) return false
          found = response.comparator
          return true
        },
        done: () => required('COMPARATOR', found),
      }
    },
  }
}

function checkTexts(what: string, texts: readonly string[]): void {
  checkArray(`${what} stands in a list: that`, texts)
  for (const text of texts) {
    checkString(what, text)
    if (!/^[\x21-\x7e]{1,255}$/.test(text))
      throw new ArgumentError(`${what} is 1 to 255 ASCII characters without spaces`)
  }
}

/** @throws ProtocolError when the server said OK and nothing else */
function required<T>(name: string, found: T | undefined): T {
  if (found === undefined) throw new ProtocolError(`The server answered ${name} without telling what it took`)
  return found
}

/** Internationalization (RFC 5255). */
export const languages: readonly Extension[] = [
  {
    capability: 'LANGUAGE',
    spec: [5255],
    summary: 'Chooses the language of the texts that are meant for people.',
    usage: "client.language.use(['de', 'en'])",
    examples: ['rfc5255.txt'],
    tested: ['embedded'],
    untagged: { LANGUAGE: readLanguage, COMPARATOR: readComparator },
  },
  {
    capability: 'I18NLEVEL=1',
    spec: [5255, 4790, 5051],
    summary: 'Searches and sorts text beyond ASCII without regard to case.',
    usage: 'automatic',
    examples: ['rfc5255.txt'],
    tested: ['embedded', 'dovecot'],
  },
  {
    capability: 'I18NLEVEL=2',
    spec: [5255, 4790, 5051],
    summary: 'Lets the order be chosen by which text is searched and sorted.',
    usage: "client.language.comparator(['i;unicode-casemap'])",
    examples: ['rfc5255.txt'],
    tested: ['embedded'],
    implies: ['I18NLEVEL=1'],
  },
]
