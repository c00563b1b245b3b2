import type { Subject } from '../subject.js'

/** Order and conversations: SORT, SORT=DISPLAY, ESORT, CONTEXT=SORT, THREAD=*, I18NLEVEL=*. */
export function sortThread(_subject: Subject): void {
  // Its tests come with the commands.
}
