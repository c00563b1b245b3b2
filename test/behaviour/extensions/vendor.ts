import type { Subject } from '../subject.js'

/** What vendors made, and what was before IMAP4rev1: X-GM-EXT-1, XLIST, ANNOTATEMORE, SORT=MODSEQ, IMAP2. */
export function vendor(_subject: Subject): void {
  // Its tests come with the commands.
}
