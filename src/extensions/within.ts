import type { SearchKey } from '../commands/slots.js'
import { ArgumentError } from '../model/errors.js'
import { MAX_NUMBER } from '../model/ids.js'
import type { Extension } from './extension.js'

/** The search keys of WITHIN (RFC 5032). */
export interface WithinCriteria {
  /** Received within the last so many seconds; needs WITHIN. */
  readonly younger?: number | undefined
  /** Received so many seconds ago or earlier; needs WITHIN. */
  readonly older?: number | undefined
}

/** search-key =/ ("OLDER" / "YOUNGER") SP nz-number   (RFC 5032 §4) */
function interval(key: string, word: string): SearchKey<number> {
  return {
    needs: 'WITHIN',
    write: (w, seconds) => {
      if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_NUMBER) {
        throw new ArgumentError(`${key} is a whole number of seconds from 1 up`)
      }
      w.word(word).sp().number(seconds)
    },
  }
}

/** WITHIN: searches by the age of messages (RFC 5032). */
export const within: Extension = {
  capability: 'WITHIN',
  spec: [5032],
  summary: 'Finds messages by their age in seconds, by the clock of the server.',
  usage: 'mailbox.search({ younger: 3600 })',
  examples: ['rfc5032.txt'],
  tested: ['embedded', 'dovecot', 'cyrus'],
  searchKeys: { younger: interval('younger', 'YOUNGER'), older: interval('older', 'OLDER') },
}
