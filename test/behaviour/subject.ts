import { inspect } from 'node:util'
import { connect, type ConnectOptions, type ImapClient } from 'imapkit'
import { it } from 'vitest'
import type { Mail } from './mails.js'
import { RawClient } from './raw.js'
import { noteRow } from './rows.js'

/** The servers that the tests know; those named `base` announce nothing beyond IMAP4rev1. */
export type SubjectName = 'embedded' | 'embedded-base' | 'dovecot' | 'dovecot-base' | 'cyrus' | 'courier' | 'imap4d'

/** Who connects, and how; alice over implicit TLS unless said otherwise. */
export interface Wanted {
  readonly security?: 'tls' | 'starttls' | 'plaintext'
  /** `alice`, `bob`, or `weird`, whose password needs quoting and UTF-8. */
  readonly user?: string
}

/** What {@link Subject.target} tells: where, without credentials. */
export type Target = Pick<ConnectOptions, 'host' | 'port' | 'security' | 'tls' | 'transport'>

/** Where something is wrong with the server, or refused by it. */
export type Place =
  /** The certificate has expired; its authority is trusted. */
  | 'expired'
  /** The certificate is for another host; its authority is trusted. */
  | 'wrong host'
  /** The certificate is signed by itself, and not trusted. */
  | 'self-signed'
  /** A cleartext port where a password is not taken. */
  | 'login disabled'

/**
 * A server that the behaviours are tried on: facts and options only, so that every behaviour is the same for all.
 * Nothing may be asked for before the tests run.
 */
export interface Subject {
  readonly name: SubjectName
  /** Capabilities that a client does not find there, though behaviours ask for them. */
  readonly lacks: readonly string[]
  /** All that is announced, before or after login, in upper case; without it, everything but {@link lacks}. */
  readonly announces?: readonly string[] | undefined
  /** Behaviours of the base protocol that it does not show, by title, each with what is wrong there. */
  readonly cannot?: Readonly<Record<string, string>>
  /** What names of mailboxes have to start with. */
  readonly prefix?: string
  /** Options for `connect`. */
  options(wanted?: Wanted): ConnectOptions & { readonly auth: { readonly user: string; readonly password: string } }
  target(place: Place): Target
  /** An access token for alice. */
  token(kind: 'good' | 'expired'): string
  /** Options that log alice in without a password, by the EXTERNAL mechanism. */
  external(): ConnectOptions
  /** Options by which somebody acts for alice, by PLAIN with an authorization identity. */
  acting(): ConnectOptions
  /** Breaks all connections of a user, as a crash or an administrator does. */
  kick(user: string): Promise<void>
}

/** Behaviours of extensions that a server lacks: they are no tests of that server, and are listed at the end. */
export const notOffered: string[] = []

/** Whether a server has a capability; a name that ends in `=` stands for any value of it. */
export function offers(subject: Subject, capability: string): boolean {
  if (subject.lacks.includes(capability)) return false
  const name = capability.toUpperCase()
  const fits = (each: string) => (name.endsWith('=') ? each.startsWith(name) : each === name)
  return subject.announces?.some(fits) ?? true
}

/** Servers that announce an extension and cannot do it, each with what is wrong there. */
export type Broken = Partial<Record<SubjectName, string>>

/**
 * `it` for a behaviour of extensions: a test of every server that has all of them. Where one is missing, and where a
 * server is named as broken, there is no test; it is listed instead, see {@link noteRow}.
 */
export function itNeeds(
  subject: Subject,
  ...capabilities: readonly string[]
): (title: string, test: () => Promise<void>, broken?: Broken) => void {
  const missing = capabilities.filter((each) => !offers(subject, each))
  return (title, test, broken = {}) => {
    const why = broken[subject.name]
    if (missing.length > 0) {
      notOffered.push(`${title}: no ${missing.join(', ')}`)
      noteRow(subject.name, 'lacks', missing, title)
    } else if (why !== undefined) {
      notOffered.push(`${title}: ${why}`)
      noteRow(subject.name, 'broken', capabilities, title, why)
    } else {
      it(title, async () => {
        await test()
        noteRow(subject.name, 'ran', capabilities, title)
      })
    }
  }
}

/** `it`, with a table of rows where there is one. */
interface Tests {
  (title: string, test: () => Promise<void>): void
  /** As `it.each`: the first `%o`, `%s` or `%j` of the title stands for the first of a row. */
  each<Row extends readonly [unknown, ...unknown[]]>(
    rows: readonly Row[],
  ): (title: string, test: (...row: Row) => Promise<void>) => void
}

/**
 * `it` for a behaviour of the base protocol: a test of every server but those that do not show it, which name it in
 * `cannot`; there it is listed with the reason instead.
 */
export function itOn(subject: Subject): Tests {
  const one = (title: string, test: () => Promise<void>): void => {
    const why = subject.cannot?.[title]
    if (why === undefined) it(title, test)
    else notOffered.push(`${title}: ${why}`)
  }
  const each: Tests['each'] = (rows) => (title, test) => {
    for (const row of rows) {
      const [first] = row
      const shown = typeof first === 'string' ? first : inspect(first, { depth: 9, breakLength: Infinity })
      one(
        title.replace(/%[osj]/, () => shown),
        () => test(...row),
      )
    }
  }
  return Object.assign(one, { each })
}

let boxes = 0

/** A mailbox name that no other test uses. */
export function mailboxName(label = 'box'): string {
  boxes += 1
  return `${label}-${process.pid}-${boxes}-${Date.now().toString(36)}`
}

/** The same, as a server takes it that wants its mailboxes below a prefix. */
export function newName(subject: Subject, label?: string): string {
  return `${subject.prefix ?? ''}${mailboxName(label)}`
}

/** Connects; the caller disposes the client. */
export function open(subject: Subject, wanted: Wanted = {}, more: Partial<ConnectOptions> = {}): Promise<ImapClient> {
  return connect({ ...subject.options(wanted), ...more })
}

/** A second connection that shares no code with the library, for what happens from outside. */
export function outside(subject: Subject, user = 'alice'): Promise<RawClient> {
  const { host, port = 143, auth } = subject.options({ user, security: 'plaintext' })
  return RawClient.open(host, port, auth.user, auth.password)
}

/** Makes a mailbox with these mails, from outside; they get the UIDs 1, 2, … */
export async function mailboxWith(subject: Subject, mails: readonly Mail[] = [], user = 'alice'): Promise<string> {
  const name = newName(subject)
  await using raw = await outside(subject, user)
  await raw.run(`CREATE "${name}"`)
  await raw.append(name, mails)
  return name
}

/** Delivers mails from outside. */
export async function deliver(
  subject: Subject,
  mailbox: string,
  mails: readonly Mail[],
  user = 'alice',
): Promise<void> {
  await using raw = await outside(subject, user)
  await raw.append(mailbox, mails)
}

/** Runs commands from outside, with a mailbox selected; returns what the server said. */
export async function fromOutside(
  subject: Subject,
  mailbox: string,
  commands: readonly string[],
  user = 'alice',
): Promise<string> {
  await using raw = await outside(subject, user)
  let said = await raw.run(`SELECT "${mailbox}"`)
  for (const command of commands) said += await raw.run(command)
  return said
}
