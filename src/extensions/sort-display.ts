import type { SortKey } from '../commands/slots.js'
import type { Extension } from './extension.js'

/** What SORT=DISPLAY sorts by (RFC 5957 §4): the names of the first addresses as they are shown. */
export type DisplaySortKey = 'displayFrom' | 'displayTo'

/** sort-key =/ "DISPLAYFROM" / "DISPLAYTO"   (RFC 5957 §5) */
const sortKeys: Readonly<Record<DisplaySortKey, SortKey<true>>> = {
  displayFrom: { needs: 'SORT=DISPLAY', write: (w) => void w.word('DISPLAYFROM') },
  displayTo: { needs: 'SORT=DISPLAY', write: (w) => void w.word('DISPLAYTO') },
}

/** SORT=DISPLAY: sorts by names of people (RFC 5957). */
export const sortDisplay: Extension = {
  capability: 'SORT=DISPLAY',
  spec: [5957],
  summary: 'Sorts by the names of senders and recipients as they are shown.',
  usage: "mailbox.sort(['displayFrom'])",
  examples: ['rfc5957.txt'],
  tested: ['embedded', 'dovecot', 'cyrus'],
  sortKeys,
}
