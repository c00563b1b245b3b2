import type { Subject } from '../subject.js'

/** What belongs to mailboxes and accounts: QUOTA*, ACL, RIGHTS=, METADATA*, ANNOTATE*, NOTIFY, FILTERS. */
export function admin(_subject: Subject): void {
  // Its tests come with the commands.
}
