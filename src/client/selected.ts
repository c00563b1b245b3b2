import type { Command } from '../commands/command.js'
import { examine, select, type SelectData, type SelectOptions, type SelectParam } from '../commands/select.js'
import type { Connection } from '../connection/connection.js'
import type { Selection } from '../connection/selection.js'
import type { ExtensionSelectOptions } from '../extensions/options.js'
import { ProtocolError, StateError } from '../model/errors.js'
import type { Protocol } from '../protocol.js'
import { checkCall } from './call-options.js'
import type { CallOptions, MailboxContext } from './mailbox-context.js'
import { Mailbox } from './mailbox.js'
import type { Quirks } from './quirks.js'
import { ReadonlyMailbox } from './readonly-mailbox.js'

/** How a mailbox is selected. */
export interface SelectCallOptions extends CallOptions, ExtensionSelectOptions {
  /** Asks for mod-sequences (RFC 7162 §3.1.8); CONDSTORE is enabled after login where the server has it. */
  readonly condstore?: boolean | undefined
}

/** As the table of parameters has it, whatever the type of its value. */
type Collect = (value: unknown) => ReturnType<NonNullable<SelectParam['collect']>>

/** Makes the handles of selected mailboxes and knows the one that is selected now. */
export class SelectedMailbox {
  readonly #connection: Connection
  readonly #protocol: Protocol
  readonly #hooks: Pick<MailboxContext, 'warn' | 'watch'>
  readonly #quirks: Quirks
  #handle: Mailbox | ReadonlyMailbox | null = null
  #serial: number | undefined

  constructor(
    connection: Connection,
    protocol: Protocol,
    quirks: Quirks,
    hooks: Pick<MailboxContext, 'warn' | 'watch'>,
  ) {
    this.#quirks = quirks
    this.#connection = connection
    this.#protocol = protocol
    this.#hooks = hooks
  }

  /**
   * The handle of the mailbox that is selected, or null. One that was selected by a command value gets its handle here,
   * a read-only one when the server says so.
   */
  get current(): Mailbox | ReadonlyMailbox | null {
    const { selected } = this.#connection
    if (selected === null) return null
    if (this.#handle === null || this.#serial !== selected.serial) {
      const context = this.#context(selected, {})
      this.#keep(selected, selected.readOnly ? new ReadonlyMailbox(context) : new Mailbox(context))
    }
    return this.#handle
  }

  /** Runs SELECT. */
  async select(mailbox: string, options: SelectCallOptions): Promise<Mailbox> {
    const { selection, data } = await this.#run(select(mailbox, this.#params(options)), mailbox, options)
    const handle = new Mailbox(this.#context(selection, data))
    this.#keep(selection, handle)
    return handle
  }

  /** Runs EXAMINE. */
  async examine(mailbox: string, options: SelectCallOptions): Promise<ReadonlyMailbox> {
    const { selection, data } = await this.#run(examine(mailbox, this.#params(options)), mailbox, options)
    const handle = new ReadonlyMailbox(this.#context(selection, data))
    this.#keep(selection, handle)
    return handle
  }

  #keep(selection: Selection, handle: Mailbox | ReadonlyMailbox): void {
    this.#serial = selection.serial
    this.#handle = handle
  }

  /** The options of extensions as parameters. @throws ArgumentError for a value that cannot be right */
  #params(options: SelectCallOptions): SelectOptions {
    const { selectItems } = this.#protocol
    checkCall(options, ['condstore'])
    const params: SelectParam[] = []
    for (const [key, item] of Object.entries(selectItems)) {
      const value: unknown = (options as Readonly<Record<string, unknown>>)[key]
      if (value === undefined || value === false) continue
      item.check?.(value as never)
      params.push({
        key,
        ...(item.needs !== undefined && { needs: item.needs }),
        write: (w, context) => item.write(w, value as never, context),
        ...(item.collect !== undefined && { collect: () => (item.collect as Collect)(value) }),
      })
    }
    return { condstore: options.condstore, params }
  }

  /** The selection is taken at the tagged answer: until the promise resolves, it may be another one already. */
  async #run(
    command: Command<SelectData>,
    mailbox: string,
    { signal, timeout }: CallOptions,
  ): Promise<{ readonly selection: Selection; readonly data: SelectData }> {
    let selection: Selection | null = null
    const data = await this.#connection.run<SelectData>(
      {
        ...command,
        collect: (context) => {
          const collector = command.collect(context)
          return {
            ...collector,
            done: (tagged) => {
              selection = this.#connection.selected
              return collector.done(tagged)
            },
          }
        },
      },
      { signal, timeout },
    )
    const { exists } = present(selection, mailbox)
    if (this.#quirks.mayHideMore(exists)) {
      const message = `${mailbox} shows ${exists} messages, and this server shows no more of any mailbox`
      this.#hooks.warn(new ProtocolError(message))
    }
    return { selection: present(selection, mailbox), data }
  }

  #context(selection: Selection, told: SelectData): MailboxContext {
    const connection = this.#connection
    return {
      connection,
      selection,
      told,
      limits: { ...connection.limits, commandLine: this.#quirks.commandLine(connection.limits.commandLine) },
      protocol: this.#protocol,
      run: (command, options = {}) => connection.run(command, { selection: selection.serial, ...options }),
      ...this.#hooks,
    }
  }
}

/** @throws StateError when the server answered OK and selected nothing */
function present(selection: Selection | null, mailbox: string): Selection {
  if (selection === null) throw new StateError(`${mailbox} was closed as soon as it was selected: select it again`)
  return selection
}
