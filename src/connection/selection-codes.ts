import type { ResponseCode } from '../model/response-code.js'
import type { SelectionState } from './selection.js'

/**
 * Notes what a response code tells of the mailbox (RFC 9051 §7.1, RFC 7162, RFC 8474, OBJECTID+).
 *
 * @param selected - false while the SELECT that the code belongs to has no answer yet
 */
export function applyCode(target: SelectionState, code: ResponseCode, selected: boolean): void {
  switch (code.name) {
    case 'UIDVALIDITY':
      if (selected && target.uidValidity !== undefined && target.uidValidity !== code.uidValidity) {
        target.stale = true
        target.view.forget()
      }
      target.uidValidity = code.uidValidity
      return
    case 'UIDNEXT':
      target.uidNext = code.uidNext
      return
    case 'HIGHESTMODSEQ':
      target.stateModSeq(code.modSeq)
      return
    case 'NOMODSEQ':
      target.noModSeq = true
      return
    case 'PERMANENTFLAGS':
      target.permanent = code.flags
      return
    case 'UNSEEN':
      target.unseen = code.seq
      return
    case 'READ-ONLY':
      target.readOnly = true
      return
    case 'READ-WRITE':
      target.readOnly = false
      return
    case 'UIDNOTSTICKY':
      target.uidNotSticky = true
      return
    case 'MAILBOXID':
      target.mailboxId = code.mailboxId
      return
    case 'OBJECTID':
      target.mailboxId = code.ids.get('MAILBOXID') ?? target.mailboxId
      return
    default:
  }
}
