import type { SearchKey } from '../commands/slots.js'
import { ArgumentError } from '../model/errors.js'
import { MAX_NUMBER, type Uid } from '../model/ids.js'
import type { Extension } from './extension.js'

/** The search keys of MESSAGELIMIT (RFC 9738 §3.2). */
export interface MessageLimitCriteria {
  /** With a higher UID than this one. */
  readonly uidAfter?: Uid | number | undefined
  /** With a lower UID than this one. */
  readonly uidBefore?: Uid | number | undefined
}

/** search-key =/ "UIDAFTER" SP uniqueid / "UIDBEFORE" SP uniqueid   (RFC 9738 §5) */
function bound(key: string, word: string): SearchKey<number> {
  return {
    needs: ['MESSAGELIMIT=', 'SAVELIMIT='],
    write: (w, uid) => {
      if (!Number.isInteger(uid) || uid < 1 || uid > MAX_NUMBER) throw new ArgumentError(`${key} takes a UID`)
      w.word(word).sp().number(uid)
    },
  }
}

/** MESSAGELIMIT and SAVELIMIT: how many messages a command may take (RFC 9738). */
export const messagelimit: readonly Extension[] = [
  {
    capability: 'MESSAGELIMIT=',
    spec: [9738],
    summary: 'Bounds how many messages one command may take; imapkit goes on where the server stopped.',
    usage: 'automatic',
    note: 'Sorts, threads, watches and searches by number cannot be put together: they reject with PartialResultError.',
    examples: ['rfc9738.txt'],
    tested: ['embedded', 'transcript'],
    searchKeys: { uidAfter: bound('uidAfter', 'UIDAFTER'), uidBefore: bound('uidBefore', 'UIDBEFORE') },
  },
  {
    capability: 'SAVELIMIT=',
    spec: [9738],
    summary: 'Bounds how many messages one command may copy or append; imapkit makes several of one that takes more.',
    usage: 'automatic',
    examples: ['rfc9738.txt'],
    tested: ['embedded', 'transcript'],
  },
]
