import type { Effect } from '../commands/command.js'
import { Capabilities, type Implied } from '../model/capabilities.js'
import { ProtocolError } from '../model/errors.js'
import type { ImapEvents, StateName } from '../model/events.js'
import type { SeqNum, Uid } from '../model/ids.js'
import type {
  FetchResponse,
  NumberResponse,
  StatusResponse,
  Tagged,
  Untagged,
  VanishedResponse,
} from '../model/response.js'
import type { ResponseCode } from '../model/response-code.js'
import { applyCode } from './selection-codes.js'
import { SelectionState } from './selection.js'

/** Names that are kept of what was enabled; all that there are come nowhere near. */
const MAX_ENABLED = 1000

/** What a change of state tells the outside; called while the response is still being worked on. */
export interface StateListener {
  /** Whether somebody listens to an event that is costly to make. */
  listens(event: keyof ImapEvents): boolean
  event<K extends keyof ImapEvents>(event: K, ...payload: ImapEvents[K]): void
}

/**
 * The state of a connection (RFC 9051 §3) and how each response and each completion changes it. It does no I/O and
 * knows no time: the same inputs always lead to the same state.
 */
export class ConnectionState {
  #name: StateName = 'not-authenticated'
  #capabilities = Capabilities.UNKNOWN
  #enabled: ReadonlySet<string> = new Set()
  /** Capabilities that are not believed, in upper case. */
  #without: ReadonlySet<string> = new Set()
  #compressed = false
  #selection: SelectionState | null = null
  /** The mailbox of a SELECT in flight. */
  #pending: SelectionState | null = null
  #serials = 0
  /** Whether capabilities have come since the last command that makes older ones worthless was sent. */
  #fresh = false
  #expunged: { readonly seq: number; readonly uid: number | undefined } | undefined
  readonly #implied: Implied
  readonly #listener: StateListener

  constructor(implied: Implied, listener: StateListener) {
    this.#implied = implied
    this.#listener = listener
  }

  get name(): StateName {
    return this.#name
  }

  get capabilities(): Capabilities {
    return this.#capabilities
  }

  /** Names of what has been enabled (RFC 5161), in upper case. */
  get enabled(): ReadonlySet<string> {
    return this.#enabled
  }

  /** Whether COMPRESS has been answered by OK (RFC 4978). */
  get compressed(): boolean {
    return this.#compressed
  }

  get selection(): SelectionState | null {
    return this.#selection
  }

  /** The name of the selected mailbox, unless another one is just being selected. */
  get mailbox(): string | undefined {
    return this.#pending === null ? this.#selection?.name : undefined
  }

  /** Whether mailbox names and quoted strings are UTF-8 (RFC 9051 §5.1, RFC 6855 §3). */
  get utf8(): boolean {
    return this.#enabled.has('IMAP4REV2') || this.#enabled.has('UTF8=ACCEPT')
  }

  /** Takes for granted what a server can do that has no CAPABILITY. */
  assumeCapabilities(names: readonly string[]): void {
    this.#learnCapabilities(names)
  }

  /** Takes for enabled what a server enabled without saying so. */
  assumeEnabled(names: readonly string[]): void {
    this.#enable(names)
  }

  /** Does not believe some capabilities, in upper case, from here on. */
  doubtCapabilities(names: readonly string[]): void {
    this.#without = new Set(names)
    this.#nowEnabled(this.#enabled)
  }

  /** Forgets what the server said it can do. */
  dropCapabilities(): void {
    this.#capabilities = Capabilities.UNKNOWN
    this.#fresh = false
  }

  /**
   * The UID at a sequence number, as it was when the response now being handed out was sent: during an EXPUNGE its
   * own number still means the message that has gone.
   */
  uidOf(seq: number): number | undefined {
    if (this.#expunged?.seq === seq) return this.#expunged.uid
    return this.#target?.view.uidOf(seq)
  }

  /** Takes the greeting (RFC 9051 §7.1). */
  greeting(greeting: StatusResponse): void {
    if (greeting.type === 'PREAUTH') this.#become('authenticated')
    this.#code(greeting.code, greeting.text)
  }

  /** A command is going out. */
  sent(effect: Effect | undefined): void {
    if (effect?.kind === 'select') {
      this.#pending = new SelectionState(++this.#serials, effect.mailbox, effect.readOnly)
    } else if (effect?.kind === 'authenticate' || effect?.kind === 'unauthenticate') {
      this.#fresh = false
    }
  }

  /** Takes an untagged response, before anybody else sees it. */
  untagged(response: Untagged): void {
    this.#expunged = undefined
    switch (response.type) {
      case 'FETCH':
        return this.#fetch(response)
      case 'EXISTS':
        return this.#exists(response)
      case 'EXPUNGE':
        return this.#expunge(response)
      case 'VANISHED':
        return this.#vanished(response)
      case 'RECENT':
        if (this.#target !== null) this.#target.recent = response.number
        return
      case 'FLAGS':
        if (this.#target !== null) this.#target.flags = response.flags
        return
      case 'CAPABILITY':
        return this.#learnCapabilities(response.capabilities)
      case 'ENABLED':
        return this.#enable(response.capabilities)
      case 'BYE':
        this.#code(response.code, response.text)
        this.#listener.event('bye', { text: response.text })
        return this.#become('logout')
      case 'OK':
      case 'NO':
      case 'BAD':
        return this.#code(response.code, response.text)
      default:
    }
  }

  /** Takes the tagged response that ends a command, before the command's promise settles. */
  completed(effect: Effect | undefined, tagged: Tagged): void {
    this.#expunged = undefined
    // What was said before TLS could be anybody's (RFC 9051 §6.2.1).
    if (effect?.kind !== 'starttls') this.#code(tagged.code, tagged.text)
    this.#target?.settleModSeq()
    if (effect === undefined) return
    if (effect.kind === 'select') this.#selected(tagged)
    else if (tagged.status === 'OK') this.#took(effect)
  }

  /** The connection is gone. */
  lost(): void {
    this.#selection = null
    this.#pending = null
    this.#become('logout')
  }

  /** While a SELECT is in flight, data on a mailbox are taken to be about the new one; CLOSED puts that right. */
  get #target(): SelectionState | null {
    return this.#pending ?? this.#selection
  }

  #become(name: StateName): void {
    const from = this.#name
    if (from === name) return
    this.#name = name
    this.#listener.event('state', { from, to: name })
  }

  #took(effect: Effect): void {
    switch (effect.kind) {
      case 'authenticate':
        if (!this.#fresh) this.dropCapabilities()
        return this.#become('authenticated')
      case 'unselect':
        this.#selection = null
        return this.#become('authenticated')
      case 'unauthenticate':
        this.#selection = null
        this.#compressed = false
        this.#nowEnabled(new Set())
        if (!this.#fresh) this.dropCapabilities()
        return this.#become('not-authenticated')
      case 'compress':
        this.#compressed = true
        return
      case 'starttls':
        return this.dropCapabilities()
      case 'logout':
        this.#selection = null
        return this.#become('logout')
      default:
    }
  }

  /** After NO nothing is selected; BAD changes nothing (RFC 9051 §6, §6.3.2). */
  #selected(tagged: Tagged): void {
    const pending = this.#pending
    this.#pending = null
    if (tagged.status === 'OK' && pending !== null) {
      this.#selection = pending
      this.#become('selected')
    } else if (tagged.status === 'NO') {
      this.#selection = null
      this.#become('authenticated')
    }
  }

  #learnCapabilities(names: readonly string[]): void {
    this.#capabilities = new Capabilities(names, this.#implied, true, this.#enabled, this.#without)
    this.#fresh = true
    this.#listener.event('capability', { capabilities: this.#capabilities.names })
  }

  #enable(names: readonly string[]): void {
    const enabled = new Set(this.#enabled)
    // A server may tell it at any time: it must not fill the memory with names of its own.
    for (const name of names) if (enabled.size < MAX_ENABLED) enabled.add(name.toUpperCase())
    // RFC 7162 §3.2.3: enabling QRESYNC enables CONDSTORE.
    if (enabled.has('QRESYNC')) enabled.add('CONDSTORE')
    this.#nowEnabled(enabled)
  }

  /** What is enabled decides what IMAP4rev2 includes. */
  #nowEnabled(enabled: ReadonlySet<string>): void {
    this.#enabled = enabled
    const { known, names } = this.#capabilities
    if (known) this.#capabilities = new Capabilities(names, this.#implied, known, enabled, this.#without)
  }

  #fetch({ seq, data }: FetchResponse): void {
    const { uid, modSeq } = data
    const target = this.#target
    if (target === null) return
    if (modSeq !== undefined) target.seeModSeq(modSeq)
    if (uid === undefined) return
    if (seq > 0 && !target.view.learn(seq, uid))
      this.#warn(`FETCH gives message ${seq} a UID that contradicts an earlier one`)
    if (target.uidNext !== undefined && uid >= target.uidNext) target.uidNext = uid + 1
  }

  #exists({ number: count }: NumberResponse): void {
    const target = this.#target
    if (target === null) return
    const previous = target.exists
    if (!target.view.setExists(count)) this.#warn(`EXISTS fell from ${previous} to ${count} without EXPUNGE`)
    if (target === this.#pending || count === previous) return
    this.#listener.event('exists', { mailbox: target.name, count, previous })
  }

  #expunge({ number: seq }: NumberResponse): void {
    const target = this.#target
    if (target === null) return
    const uid = target.view.expunge(seq)
    if (uid === false) return this.#warn(`EXPUNGE ${seq}: the mailbox has ${target.exists} messages`)
    this.#expunged = { seq, uid }
    if (target !== this.#pending) this.#gone(target.name, seq, uid)
  }

  #vanished({ earlier, uids }: VanishedResponse): void {
    const target = this.#target
    if (earlier || target === null) return
    const known = new Set<number>()
    const tell = target !== this.#pending && this.#listener.listens('expunge')
    const before = target.exists
    target.view.vanish(uids, (uid, seq) => {
      if (!tell) return
      known.add(uid)
      this.#gone(target.name, seq, uid)
    })
    if (target === this.#pending) return
    // One that was not in the map has no number; a list longer than the mailbox is not believed.
    const unknown = before - target.exists - known.size
    if (tell && unknown > 0 && !uids.hasStar && uids.size <= before) {
      for (const uid of uids) if (!known.has(uid)) this.#gone(target.name, undefined, uid)
    }
    this.#listener.event('vanished', { mailbox: target.name, uids })
  }

  #gone(mailbox: string, seq: number | undefined, uid: number | undefined): void {
    this.#listener.event('expunge', {
      mailbox,
      ...(seq !== undefined && { seq: seq as SeqNum }),
      ...(uid !== undefined && { uid: uid as Uid }),
    })
  }

  #code(code: ResponseCode | null, text: string): void {
    if (code === null) return
    if (code.name === 'ALERT') return this.#listener.event('alert', { text })
    if (code.name === 'CAPABILITY') return this.#learnCapabilities(code.capabilities)
    if (code.name === 'CLOSED') return this.#closed()
    const target = this.#target
    if (target === null) return
    const wasStale = target.stale
    applyCode(target, code, target === this.#selection)
    if (target.stale && !wasStale) this.#warn(`UIDVALIDITY of ${target.name} changed while it was selected`)
  }

  /** All data before CLOSED belong to the mailbox that was selected before (RFC 9051 §7.1). */
  #closed(): void {
    if (this.#selection === null) return
    this.#selection = null
    const { serial, name, readOnly } = this.#pending ?? {}
    if (serial !== undefined && name !== undefined && readOnly !== undefined) {
      this.#pending = new SelectionState(serial, name, readOnly)
    }
    this.#become('authenticated')
  }

  #warn(message: string): void {
    this.#listener.event('warning', { error: new ProtocolError(message) })
  }
}
