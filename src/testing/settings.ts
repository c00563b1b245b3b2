import type { ExtensionOptions } from './extensions/options.js'
import type { Feature, Tables } from './feature.js'
import { Offer, type WantedCapabilities } from './offer.js'

/** Which listener: implicit TLS, STARTTLS required before a password, or cleartext. */
export type ServerSecurity = 'tls' | 'starttls' | 'plaintext'

/** A message of a mailbox at the start; strings get CR LF line ends, octets stay as they are. */
export interface MessageOptions {
  /** The message: its header, an empty line, its body. */
  readonly raw: string | Uint8Array
  /** System flags and keywords; default none. */
  readonly flags?: readonly string[]
  /** When it was received, in whole seconds; default now. */
  readonly internalDate?: Date
  /** When it came into the mailbox, in whole seconds (RFC 8514); default now. */
  readonly savedDate?: Date
}

/** A message, or only its text. */
export type MessageInput = string | Uint8Array | MessageOptions

/** A mailbox at the start. */
export interface MailboxOptions {
  /** What is in it, oldest first. */
  readonly messages?: readonly MessageInput[]
  /** A special use such as `\Archive` (RFC 6154). */
  readonly specialUse?: string
  /** Whether the owner is subscribed; default true. */
  readonly subscribed?: boolean
  /** False for a name that only holds others; default true. */
  readonly selectable?: boolean
}

/** A user at the start. */
export interface UserOptions {
  /** Left out: no password is right. */
  readonly password?: string
  /** Access tokens that XOAUTH2 and OAUTHBEARER take. */
  readonly tokens?: readonly string[]
  /** By name, as people read it; INBOX is always there. */
  readonly mailboxes?: Readonly<Record<string, readonly MessageInput[] | MailboxOptions>>
}

/** What clients can make the server keep: sizes in octets, and counts. */
export interface ServerLimits {
  /** The lines of one command, without its literals; default 64 KiB. */
  readonly line?: number
  /** One literal; default 64 MiB. */
  readonly literal?: number
  /** Lines that the log keeps; default 10000. */
  readonly log?: number
  /** Sockets that are open at once; default 10000. One more is told BYE. */
  readonly connections?: number
  /** What waits for a client that does not read; default 256 MiB. Beyond it the connection is broken. */
  readonly unread?: number
  /** Names of mailboxes of a user, and as many subscriptions; default 10000. */
  readonly mailboxes?: number
  /** All messages of a user; default 1 GiB. */
  readonly storage?: number
  /** Keywords that have been in use in a mailbox; default 10000. */
  readonly keywords?: number
  /** Removals that a mailbox remembers for QRESYNC; default 100000. What vanished before is told as the RFC allows. */
  readonly history?: number
}

/** How an embedded server is started. */
export interface ServerOptions {
  /** Who can log in, by name. */
  readonly users?: Readonly<Record<string, UserOptions>>
  /** The exact list, or a function of all that the server can. What is left out behaves as not there. */
  readonly capabilities?: WantedCapabilities
  /** Extensions of your own, beside those that the server has: see {@link Feature}. */
  readonly features?: readonly Feature[]
  /** What single extensions can be told. */
  readonly extensions?: ExtensionOptions
  /** PEM of a certificate; `true` (the default) makes one for localhost, 127.0.0.1 and ::1. */
  readonly tls?: { readonly key: string; readonly cert: string } | true
  /** The listeners to open; default all three. The first is what {@link ServerSecurity} defaults to elsewhere. */
  readonly security?: ServerSecurity | readonly ServerSecurity[]
  /** How a client is greeted; `preauth` logs it in as the first user. */
  readonly greeting?: 'ok' | 'preauth' | 'bye'
  /** Whether the greeting carries the capabilities; default true. */
  readonly greetingCapabilities?: boolean
  /** The user that the EXTERNAL mechanism logs in; left out: not offered. */
  readonly external?: string
  /** The user that the ANONYMOUS mechanism logs in; left out: not offered. */
  readonly anonymous?: string
  /** Hierarchy delimiter; default `/`. */
  readonly delimiter?: string
  /** UIDVALIDITY of the first mailbox; the others count up from it. Default 1700000000. */
  readonly uidValidity?: number
  /** Mod-sequence at which mailboxes start; default 1. */
  readonly modSeq?: bigint
  /** Iteration count of SCRAM; default 4096. */
  readonly scramIterations?: number
  /** What ID answers (RFC 2971). */
  readonly id?: Readonly<Record<string, string | null>> | null
  /** What a client cannot go beyond. */
  readonly limits?: ServerLimits
  /** Puts passwords and tokens into the log as they were sent; default false. */
  readonly logSecrets?: boolean
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string
}

/** The options, completed. */
export interface ServerSettings extends Required<
  Omit<ServerOptions, 'capabilities' | 'features' | 'tls' | 'security' | 'external' | 'anonymous' | 'limits'>
> {
  /** The capabilities. */
  readonly offer: Offer
  readonly external: string | undefined
  readonly anonymous: string | undefined
  readonly securities: readonly ServerSecurity[]
  readonly limits: Required<ServerLimits>
}

/** Octets of one literal, where nothing else is said. */
export const DEFAULT_LITERAL = 64 * 1024 * 1024

const DEFAULT_LIMITS: Readonly<Required<ServerLimits>> = {
  line: 65_536,
  literal: DEFAULT_LITERAL,
  log: 10_000,
  connections: 10_000,
  unread: 256 * 1024 * 1024,
  mailboxes: 10_000,
  storage: 1024 * 1024 * 1024,
  keywords: 10_000,
  history: 100_000,
}

const DEFAULT_ID = { name: 'imapkit testing', vendor: 'imapkit' }

/** Completes the options. */
export function settle(options: ServerOptions, tables: Tables): ServerSettings {
  const mechanisms = [...tables.mechanisms.keys()].filter((name) => {
    if (name === 'EXTERNAL') return options.external !== undefined
    if (name === 'ANONYMOUS') return options.anonymous !== undefined
    return true
  })
  const computed = tables.features.flatMap((feature) => feature.announces?.(options) ?? [])
  const all = [...tables.capabilities, ...computed, ...mechanisms.map((name) => `AUTH=${name}`)]
  const { security = ['tls', 'starttls', 'plaintext'] } = options
  return {
    users: options.users ?? {},
    greeting: options.greeting ?? 'ok',
    greetingCapabilities: options.greetingCapabilities ?? true,
    delimiter: options.delimiter ?? '/',
    uidValidity: options.uidValidity ?? 1_700_000_000,
    modSeq: options.modSeq ?? 1n,
    scramIterations: options.scramIterations ?? 4096,
    id: options.id === undefined ? DEFAULT_ID : options.id,
    logSecrets: options.logSecrets ?? false,
    host: options.host ?? '127.0.0.1',
    offer: new Offer(all, options.capabilities),
    extensions: options.extensions ?? {},
    external: options.external,
    anonymous: options.anonymous,
    securities: typeof security === 'string' ? [security] : [...security],
    limits: { ...DEFAULT_LIMITS, ...options.limits },
  }
}
