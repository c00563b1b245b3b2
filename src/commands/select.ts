import type { MailboxInfo } from '../model/mailbox.js'
import type { Writer } from '../wire/writer.js'
import { canonicalMailbox, checkCapability, checkName } from './checks.js'
import type { Command, EncodeContext } from './command.js'
import type { Needs, SelectCollector } from './slots.js'
import { loggedIn } from './states.js'

/** A parameter of SELECT and EXAMINE that an extension adds (RFC 4466 §2.1). */
export interface SelectParam {
  readonly needs?: Needs
  /** Under which key the result tells what came because of it. */
  readonly key?: string
  /** Writes the parameter, without a space around it. */
  write(w: Writer, context: EncodeContext): void
  /** Makes what takes the answer. */
  collect?(): SelectCollector
}

/** How a mailbox is selected. */
export interface SelectOptions {
  /** Asks for mod-sequences (RFC 7162 §3.1.8). */
  readonly condstore?: boolean | undefined
  /** Parameters of extensions, such as QRESYNC. */
  readonly params?: readonly SelectParam[] | undefined
}

/** What came because of parameters, by their keys; all else is in the connection's selection. */
export type SelectData = Readonly<Record<string, unknown>>

const condstore: SelectParam = { needs: 'CONDSTORE', write: (w) => void w.word('CONDSTORE') }

/** SELECT: opens a mailbox (RFC 9051 §6.3.2). What the server tells of it is in the connection's selection. */
export function select(mailbox: string, options: SelectOptions = {}): Command<SelectData> {
  return open('SELECT', mailbox, options, false)
}

/** EXAMINE: opens a mailbox for reading only (RFC 9051 §6.3.3). */
export function examine(mailbox: string, options: SelectOptions = {}): Command<SelectData> {
  return open('EXAMINE', mailbox, options, true)
}

function open(
  name: 'SELECT' | 'EXAMINE',
  mailbox: string,
  options: SelectOptions,
  readOnly: boolean,
): Command<SelectData> {
  checkName(mailbox)
  const canonical = canonicalMailbox(mailbox)
  const params = [...(options.condstore === true ? [condstore] : []), ...(options.params ?? [])]
  return {
    name,
    states: loggedIn,
    // IMAP4rev2 tells the mailbox in a LIST, which could not be told from that of a LIST command.
    traits: { answers: 'LIST', effect: { kind: 'select', mailbox: canonical, readOnly } },
    safe: true,
    encode: (w, context) => {
      for (const param of params) checkCapability(context, param.needs, `This parameter of ${name}`)
      w.sp().mailbox(mailbox)
      if (params.length > 0) w.sp().list(params, (param) => param.write(w, context))
    },
    collect: () => {
      const parts = params.flatMap((param) => {
        const part = param.collect?.()
        return part === undefined ? [] : [{ key: param.key ?? '', part }]
      })
      return {
        untagged: (response) =>
          (response.type === 'LIST' && isAbout(response.mailbox, canonical)) ||
          parts.some(({ part }) => part.untagged(response)),
        done: () => Object.fromEntries(parts.map(({ key, part }) => [key, part.done()])),
      }
    },
  }
}

/** The server gives the name in its own form, and then the one that was asked for as OLDNAME (RFC 9051 §6.3.2). */
function isAbout({ name, oldName }: MailboxInfo, mailbox: string): boolean {
  return name === mailbox || oldName === mailbox
}
