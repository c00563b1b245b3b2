import { MailboxView } from './mailbox-view.js'

/** The selected mailbox as the server has described it so far (RFC 9051 §6.3.2): a live view. */
export interface Selection {
  /** Counts the selections of one connection. */
  readonly serial: number
  readonly name: string
  readonly readOnly: boolean
  /** UIDVALIDITY has changed while it was selected: nothing known of it holds any more. */
  readonly stale: boolean
  readonly exists: number
  readonly recent: number
  readonly uidNext: number | undefined
  readonly uidValidity: number | undefined
  /** HIGHESTMODSEQ of the mailbox, kept as RFC 7162 §6 demands: it rises with what messages show at tagged responses only. */
  readonly highestModSeq: bigint | undefined
  /** Sequence number of the first unseen message, where the server tells (RFC 3501 §7.1). */
  readonly unseen: number | undefined
  readonly flags: readonly string[]
  readonly permanentFlags: readonly string[]
  /** MAILBOXID (RFC 8474 §4.2). */
  readonly mailboxId: string | undefined
  /** UIDs do not last beyond this session (UIDNOTSTICKY, RFC 4315 §3). */
  readonly uidNotSticky: boolean
  /** The mailbox keeps no mod-sequences (RFC 7162 §3.1.2.2). */
  readonly noModSeq: boolean
  readonly view: MailboxView
}

/** A {@link Selection} while the connection writes it. */
export class SelectionState implements Selection {
  readonly serial: number
  readonly name: string
  readonly view = new MailboxView()
  readOnly: boolean
  stale = false
  recent = 0
  uidNext: number | undefined
  uidValidity: number | undefined
  highestModSeq: bigint | undefined
  unseen: number | undefined
  flags: readonly string[] = []
  permanent: readonly string[] | undefined
  mailboxId: string | undefined
  uidNotSticky = false
  noModSeq = false

  #seen: bigint | undefined
  #stated = false

  constructor(serial: number, name: string, readOnly: boolean) {
    this.serial = serial
    this.name = name
    this.readOnly = readOnly
  }

  get exists(): number {
    return this.view.exists
  }

  /** A message shows its mod-sequence. */
  seeModSeq(modSeq: bigint): void {
    if (this.#seen === undefined || modSeq > this.#seen) this.#seen = modSeq
  }

  /** The server states HIGHESTMODSEQ: it holds even when messages have shown more, since their expunges may be late. */
  stateModSeq(modSeq: bigint): void {
    this.highestModSeq = modSeq
    this.#stated = true
  }

  /** A tagged response has come: what was seen up to it counts, unless the server has stated something. */
  settleModSeq(): void {
    const { highestModSeq } = this
    if (!this.#stated && this.#seen !== undefined && highestModSeq !== undefined && this.#seen > highestModSeq) {
      this.highestModSeq = this.#seen
    }
    this.#seen = undefined
    this.#stated = false
  }

  /** Where the server does not tell, all flags can be changed (RFC 9051 §6.3.2). */
  get permanentFlags(): readonly string[] {
    return this.permanent ?? this.flags
  }
}
