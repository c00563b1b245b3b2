import type { Command } from '../commands/command.js'
import { writtenUids } from '../commands/search-found.js'
import type { SearchReturnItem } from '../commands/slots.js'
import { mailboxSelected } from '../commands/states.js'
import { ArgumentError } from '../model/errors.js'
import type { SearchReturnData } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import type { Extension } from './extension.js'

/** One step of an update: messages that came to a result, or left it. */
export interface ContextChange {
  readonly kind: 'ADDTO' | 'REMOVEFROM'
  /** The place of the first one, counted from 1; 0 leaves it to the order of the mailbox. */
  readonly position: number
  /** UIDs, or sequence numbers, as they were written: in the order of the result. */
  readonly set: string
}

/** The steps of one ESEARCH, in order: they have to be applied one after the other (RFC 5267 §4.3.2). */
export function contextChanges(data: readonly SearchReturnData[] = []): readonly ContextChange[] {
  return data.flatMap(({ name, value }) =>
    name === 'ADDTO' || name === 'REMOVEFROM'
      ? (value as readonly Omit<ContextChange, 'kind'>[]).map((each) => ({ kind: name, ...each }) as const)
      : [],
  )
}

/**
 * ret-data-addto      = "ADDTO" SP "(" context-position SP sequence-set *(SP context-position SP sequence-set) ")"
 * ret-data-removefrom = "REMOVEFROM" SP "(" context-position SP sequence-set *(SP context-position SP sequence-set) ")"
 * context-position    = number   (RFC 5267 §5)
 */
function readChanges(cursor: Cursor): readonly Omit<ContextChange, 'kind'>[] {
  return cursor.list(() => {
    const position = cursor.number()
    cursor.sp()
    const set = cursor.set()
    // Not expanded here: a few octets can name millions, and nobody may have asked.
    writtenUids(set)
    return { position, set }
  })
}

const needs: SearchReturnItem['needs'] = (kind) => `CONTEXT=${kind}`

/** modifier-context = "CONTEXT"   (RFC 5267 §5) */
const contextReturn: SearchReturnItem<true> = { needs, isHint: true, write: (w) => void w.word('CONTEXT') }

/** modifier-update = "UPDATE"   (RFC 5267 §5); the updates come later, with the tag of the search */
const updateReturn: SearchReturnItem<true> = {
  needs,
  write: (w) => void w.word('UPDATE'),
  read: { ADDTO: readChanges, REMOVEFROM: readChanges },
}

/**
 * CANCELUPDATE: ends the updates of searches (RFC 5267 §4.3.5).
 *
 * command-select =/ "CANCELUPDATE" 1*(SP quoted)
 *
 * @param tags - the tags of the searches
 * @throws ArgumentError for no tags
 */
export function cancelUpdate(tags: readonly string[]): Command<void> {
  if (tags.length === 0) throw new ArgumentError('CANCELUPDATE needs the tag of a search')
  return {
    name: 'CANCELUPDATE',
    needs: ['CONTEXT=SEARCH', 'CONTEXT=SORT'],
    states: mailboxSelected,
    traits: {},
    safe: true,
    encode: (w) => {
      for (const tag of tags) w.sp().string(tag)
    },
    collect: () => ({ done: () => undefined }),
  }
}

/** CONTEXT=SEARCH and CONTEXT=SORT: results that the server keeps up to date (RFC 5267). */
export const contexts: readonly Extension[] = [
  {
    capability: 'CONTEXT=SEARCH',
    spec: [5267],
    summary: 'Keeps the result of a search up to date, and gives parts of it.',
    usage: 'mailbox.watchSearch({ flagged: true })',
    examples: ['rfc5267.txt'],
    tested: ['embedded', 'transcript', 'dovecot'],
    searchReturns: { context: contextReturn, update: updateReturn },
  },
  {
    capability: 'CONTEXT=SORT',
    spec: [5267],
    summary: 'Keeps the result of a sort up to date, and gives parts of it.',
    usage: "mailbox.watchSort(['date'], { flagged: true })",
    examples: ['rfc5267.txt'],
    tested: ['embedded', 'transcript'],
  },
]
