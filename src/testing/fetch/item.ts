import type { Arguments } from '../arguments.js'
import type { Output } from '../output.js'
import type { Session } from '../session.js'
import type { StoredMessage } from '../store/message.js'

/** One item of a FETCH command, read and ready to be answered. */
export interface FetchItem {
  /** The name in the answer, such as `FLAGS` or `BODY[1]<0>`. */
  readonly label: string
  /** Whether reading it sets `\Seen` (RFC 9051 §6.4.5). */
  readonly setsSeen?: boolean
  /** Runs once, before the first message. */
  prepare?(session: Session): void
  /** Throws a Refusal when this message cannot be answered; called before anything of it is written. */
  check?(message: StoredMessage): void
  /** Writes the name, a space and the value. */
  write(out: Output, message: StoredMessage, session: Session): void
}

/** Reads what stands behind the name of an item, such as a section. */
export type FetchItemReader = {
  readonly needs?: readonly string[]
  /** Reads it. */
  read(args: Arguments, session: Session): FetchItem
}
