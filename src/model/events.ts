import type { ImapError } from './errors.js'
import type { MailboxInfo, MailboxStatus } from './mailbox.js'
import type { UidSet } from './number-set.js'
import type { Uid, SeqNum } from './ids.js'

/** The states of a connection (RFC 9051 §3). */
export type StateName = 'not-authenticated' | 'authenticated' | 'selected' | 'logout'

/** Why and how a connection ended. */
export interface CloseInfo {
  /** `logout`: by LOGOUT; `closed`: by `close()` or disposal; `error`: by `error`. */
  readonly reason: 'logout' | 'closed' | 'error'
  /** What ended it, for the reason `error`. */
  readonly error?: ImapError
}

/** The events of a client: name and payload. `mailbox` is always a name. */
export interface ImapEvents {
  exists: [{ readonly mailbox: string; readonly count: number; readonly previous: number }]
  expunge: [{ readonly mailbox: string; readonly seq?: SeqNum; readonly uid?: Uid }]
  vanished: [{ readonly mailbox: string; readonly uids: UidSet }]
  flags: [
    {
      readonly mailbox: string
      readonly seq?: SeqNum
      readonly uid?: Uid
      readonly flags: readonly string[]
      readonly modSeq?: bigint
    },
  ]
  status: [{ readonly mailbox: string; readonly status: MailboxStatus }]
  list: [{ readonly mailbox: MailboxInfo }]
  /** Entries that have other values now (RFC 5464 §4.4.2), by name; the mailbox `''` stands for the server. */
  metadata: [{ readonly mailbox: string; readonly entries: readonly string[] }]
  /** How far a command has come that takes long (RFC 9585): items done, of how many; null where the server does not know. */
  progress: [
    { readonly command?: string; readonly done: number | null; readonly goal: number | null; readonly text: string },
  ]
  alert: [{ readonly text: string }]
  capability: [{ readonly capabilities: ReadonlySet<string> }]
  state: [{ readonly from: StateName; readonly to: StateName }]
  bye: [{ readonly text: string }]
  close: [CloseInfo]
  warning: [{ readonly error: ImapError }]
  trace: [{ readonly direction: 'in' | 'out'; readonly text: string }]
}
