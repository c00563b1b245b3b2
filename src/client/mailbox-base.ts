import type { AnnotationSupport } from '../extensions/annotate.js'
import type { Resync } from '../extensions/qresync.js'
import { StateError } from '../model/errors.js'
import type { ModSeq, Uid } from '../model/ids.js'
import type { CallOptions, MailboxContext } from './mailbox-context.js'

/** The view of a mailbox that is selected, and whether it still is. */
export abstract class MailboxBase {
  /** What the handle works with. @internal */
  protected readonly context: MailboxContext

  /** Made by `client.select` and `client.examine`. @internal */
  constructor(context: MailboxContext) {
    this.context = context
  }

  /** The name of the mailbox. */
  get name(): string {
    return this.context.selection.name
  }

  /** How many messages there are, as the server told last. */
  get exists(): number {
    return this.context.selection.exists
  }

  /** The UID that the next message gets, or a higher one; where the server told. */
  get uidNext(): Uid | undefined {
    return this.context.selection.uidNext as Uid | undefined
  }

  /** With another value than before, no UID of before means anything (RFC 9051 §2.3.1.1). */
  get uidValidity(): number | undefined {
    return this.context.selection.uidValidity
  }

  /** The mod-sequence of the mailbox, with CONDSTORE (RFC 7162 §3.1.2.1). */
  get highestModSeq(): ModSeq | undefined {
    return this.context.selection.highestModSeq
  }

  /** The flags that are used in the mailbox (RFC 9051 §7.3.5). */
  get flags(): readonly string[] {
    return this.context.selection.flags
  }

  /** The flags that can be changed for good; `\*` stands for new keywords (RFC 9051 §7.1). */
  get permanentFlags(): readonly string[] {
    return this.context.selection.permanentFlags
  }

  /** Whether the server lets nothing be changed. */
  get readOnly(): boolean {
    return this.context.selection.readOnly
  }

  /** What has happened since the state that was given to `select` as `qresync` (RFC 7162 §3.2.5). */
  get resync(): Resync | undefined {
    return this.context.told.qresync
  }

  /** What the mailbox allows of annotations (RFC 5257 §4.1), where it was selected with `annotate` and the server told. */
  get annotations(): AnnotationSupport {
    return this.context.told.annotate
  }

  /** The id of the mailbox, which survives renaming (OBJECTID, RFC 8474 §4). */
  get mailboxId(): string | undefined {
    return this.context.selection.mailboxId
  }

  /** The mailbox as plain data for a log. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, exists: this.exists, readOnly: this.readOnly }
  }

  /** What `console.log` shows: the view, and nothing of the connection. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `${this.constructor.name} { name: ${JSON.stringify(this.name)}, exists: ${this.exists}, readOnly: ${this.readOnly} }`
  }

  /** Whether this is still the mailbox that is selected. @internal */
  protected get isCurrent(): boolean {
    const { connection, selection } = this.context
    return connection.isOpen && !selection.stale && connection.selected?.serial === selection.serial
  }

  /** @throws StateError when another mailbox was selected meanwhile @internal */
  protected checkCurrent(): void {
    const { connection, selection } = this.context
    if (!connection.isOpen || this.isCurrent) return
    throw new StateError(`The handle of ${selection.name} is stale: its mailbox is not selected any more`)
  }
}

/** What of the options of a call bounds it. */
export function callOf(options: CallOptions | undefined): CallOptions {
  return { signal: options?.signal, timeout: options?.timeout }
}
