import { ArgumentError, ProtocolError } from '../model/errors.js'
import type { SpecialUse } from '../model/flags.js'
import type { Tagged } from '../model/response.js'
import { checkArray, checkCapability, checkName, checkString } from './checks.js'
import type { Command } from './command.js'
import { anyState, loggedIn, mailboxSelected } from './states.js'

/** CAPABILITY: asks what the server can do (RFC 9051 §6.1.1). @throws ProtocolError when the answer lacks the list. */
export function capability(): Command<readonly string[]> {
  return {
    name: 'CAPABILITY',
    states: anyState,
    traits: { answers: 'CAPABILITY' },
    safe: true,
    collect: () => {
      let found: readonly string[] | undefined
      return {
        untagged: (response) => {
          if (response.type !== 'CAPABILITY') return false
          found = response.capabilities
          return true
        },
        done: (tagged) => {
          if (found === undefined && tagged.code?.name === 'CAPABILITY') found = tagged.code.capabilities
          if (found === undefined) throw new ProtocolError('The server answered CAPABILITY without the list')
          return found
        },
      }
    },
  }
}

/** NOOP: does nothing, and lets the server tell what is new (RFC 9051 §6.1.2). */
export function noop(): Command<void> {
  return { name: 'NOOP', states: anyState, traits: {}, safe: true, collect: nothing }
}

/** LOGOUT: ends the connection politely (RFC 9051 §6.1.3). */
export function logout(): Command<void> {
  return {
    name: 'LOGOUT',
    states: anyState,
    traits: { exclusive: true, effect: { kind: 'logout' } },
    safe: true,
    collect: nothing,
  }
}

/** CHECK: asks for a checkpoint of the mailbox (RFC 3501 §6.4.1). IMAP4rev2 has no such command; NOOP serves there. */
export function check(): Command<void> {
  return { name: 'CHECK', states: mailboxSelected, traits: {}, safe: true, collect: nothing }
}

/** How a mailbox is created. */
export interface CreateOptions {
  /** The special use of the mailbox; needs CREATE-SPECIAL-USE (RFC 6154 §3). */
  readonly specialUse?: SpecialUse | readonly SpecialUse[] | undefined
}

/** What the server tells of a mailbox that it created. */
export interface CreateResult {
  /** The id of the mailbox, with OBJECTID (RFC 8474 §4.1) or OBJECTID+. */
  readonly mailboxId?: string
}

/** CREATE: makes a mailbox (RFC 9051 §6.3.4). @throws ArgumentError for an empty name. */
export function create(mailbox: string, options: CreateOptions = {}): Command<CreateResult> {
  checkName(mailbox)
  const { specialUse } = options
  const uses = specialUse === undefined ? [] : typeof specialUse === 'string' ? [specialUse] : specialUse
  checkArray('specialUse', uses)
  for (const use of uses) {
    checkString('A special use', use)
    if (!use.startsWith('\\')) throw new ArgumentError(`A special use begins with a backslash: \\${use.slice(0, 40)}`)
  }
  return {
    name: 'CREATE',
    states: loggedIn,
    traits: {},
    encode: (w, context) => {
      w.sp().mailbox(mailbox)
      if (uses.length === 0) return
      checkCapability(context, 'CREATE-SPECIAL-USE', 'A special use of a new mailbox')
      w.sp().open().word('USE').sp().flagList(uses).close()
    },
    collect: () => ({ done: createResult }),
  }
}

/** DELETE: removes a mailbox and all that is in it (RFC 9051 §6.3.5). @throws ArgumentError for an empty name. */
export function deleteMailbox(mailbox: string): Command<void> {
  return onMailbox('DELETE', mailbox, false)
}

/** RENAME: changes the name of a mailbox (RFC 9051 §6.3.6). @throws ArgumentError for an empty name. */
export function rename(from: string, to: string): Command<void> {
  checkName(from)
  checkName(to)
  return {
    name: 'RENAME',
    states: loggedIn,
    traits: {},
    encode: (w) => void w.sp().mailbox(from).sp().mailbox(to),
    collect: nothing,
  }
}

/** SUBSCRIBE: adds a name to the subscriptions (RFC 9051 §6.3.7). @throws ArgumentError for an empty name. */
export function subscribe(mailbox: string): Command<void> {
  return onMailbox('SUBSCRIBE', mailbox, true)
}

/** UNSUBSCRIBE: takes a name out of the subscriptions (RFC 9051 §6.3.8). @throws ArgumentError for an empty name. */
export function unsubscribe(mailbox: string): Command<void> {
  return onMailbox('UNSUBSCRIBE', mailbox, true)
}

function onMailbox(name: string, mailbox: string, safe: boolean): Command<void> {
  checkName(mailbox)
  return {
    name,
    states: loggedIn,
    traits: {},
    safe,
    encode: (w) => void w.sp().mailbox(mailbox),
    collect: nothing,
  }
}

function nothing(): { done(): void } {
  return { done: () => undefined }
}

function createResult({ code }: Tagged): CreateResult {
  if (code?.name === 'MAILBOXID') return { mailboxId: code.mailboxId }
  const mailboxId = code?.name === 'OBJECTID' ? code.ids.get('MAILBOXID') : undefined
  return mailboxId === undefined ? {} : { mailboxId }
}
