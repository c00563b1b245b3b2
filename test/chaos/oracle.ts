import { ConnectionError, OutcomeUnknownError, PartialResultError, TimeoutError } from 'imapkit'
import { LETTERS, type Call, type Record } from './conversation.js'
import { arrived, said, type Passage } from './proxy.js'

/** The mailboxes of a user, as they are behind a conversation. */
export interface Seen {
  readonly mailboxes: readonly string[]
  mailbox(name: string): {
    readonly messages: readonly { readonly uid: number; readonly raw: Buffer; readonly flags: readonly string[] }[]
  }
}

/** What a call that must not be repeated sends and does. */
interface Unsafe {
  /** Matches the command in what the client sent; the first group is the tag. */
  readonly sent: RegExp
  /** The end of the command. */
  readonly end: string
  /** The call before it whose success it needs. */
  readonly after?: string
  /** How many literals, with its own, the server has to ask for by then where it takes none unasked. */
  readonly asked?: number
  /** A later call undoes what it does. */
  readonly passes?: boolean
  /** Whether it has been carried out. */
  readonly done: (user: Seen) => boolean
}

const holds = (user: Seen, ...numbers: number[]): boolean =>
  numbers.every((number) => user.mailbox('to').messages.some(({ raw }) => raw.includes(`body ${number}\r\n`)))
const has = (user: Seen, uid: number): boolean => user.mailbox('box').messages.some((each) => each.uid === uid)
const appended = (number: number): RegExp =>
  new RegExp(`(\\w+) APPEND "?\\S*to"? (?:\\(\\\\Draft\\) )?\\{\\d+\\+?\\}\r\nSubject: letter ${number}\r\n`)

/** By the name of the call. Everything else may be repeated. */
const UNSAFE: Readonly<{ [name: string]: Unsafe }> = {
  create: { sent: /(\w+) CREATE \S*made/, end: '\r\n', passes: true, done: (user) => user.mailboxes.includes('made') },
  rename: {
    sent: /(\w+) RENAME \S*made\S* \S*named/,
    end: '\r\n',
    after: 'create',
    passes: true,
    done: (user) => user.mailboxes.includes('named'),
  },
  deleteMailbox: {
    sent: /(\w+) DELETE \S*named/,
    end: '\r\n',
    after: 'rename',
    done: (user) => !user.mailboxes.includes('named'),
  },
  storeIf: {
    sent: /(\w+) UID STORE 4 \(UNCHANGEDSINCE/,
    end: '\r\n',
    done: (user) =>
      user
        .mailbox('box')
        .messages.find(({ uid }) => uid === 4)
        ?.flags.includes('\\Answered') === true,
  },
  append: { sent: appended(11), end: 'body 11\r\n\r\n', asked: 1, done: (user) => holds(user, ...LETTERS.append) },
  upload: { sent: appended(12), end: 'body 12\r\n\r\n', asked: 2, done: (user) => holds(user, ...LETTERS.upload) },
  copy: { sent: /(\w+) UID COPY 1:2 \S*to/, end: '\r\n', done: (user) => holds(user, 1, 2) },
  move: { sent: /(\w+) UID (?:MOVE|COPY) 3 \S*to/, end: '\r\n', done: (user) => holds(user, 3) },
  expunge: { sent: /(\w+) EXPUNGE/, end: '\r\n', after: 'mark', done: (user) => !has(user, 5) },
}

/** What is wrong with how the calls of a conversation ended whose line broke; nothing when all is right. */
export function judge(record: Record, passage: Passage | undefined, user: Seen): string[] {
  const wrong: string[] = []
  const failed = new Set<string>()
  for (const call of record.calls) {
    if ('error' in call) failed.add(call.name)
    const complain = (what: string): void => void wrong.push(`${call.name}: ${what}: ${shown(call.error)}`)
    if (!isTyped(call.error)) complain('an error of another kind')
    const unsafe = UNSAFE[call.name]
    if (call.name === 'appendAll') judgeAll(call, user, complain)
    else if (call.name === 'delete') continue
    else if (unsafe === undefined) {
      if (call.error instanceof OutcomeUnknownError) complain('it may be repeated')
    } else if (unsafe.after === undefined || !failed.has(unsafe.after)) {
      judgeUnsafe(call, unsafe, { record, passage, user, complain })
    } else if (!(call.error instanceof ConnectionError)) complain('it was not sent')
  }
  const { end } = record
  const isLost = [...failed].some((name) => name !== 'connect' && name !== 'logout')
  if (isLost && (end?.reason !== 'error' || !isTyped(end.error)))
    wrong.push(`the end: ${end?.reason}: ${shown(end?.error)}`)
  return wrong
}

interface Case {
  readonly record: Record
  /** Undefined where what crossed the line cannot be read. */
  readonly passage: Passage | undefined
  readonly user: Seen
  readonly complain: (what: string) => void
}

function judgeUnsafe(call: Call, unsafe: Unsafe, { record, passage, user, complain }: Case): void {
  const isDone = unsafe.done(user)
  if (!('error' in call)) {
    if (!isDone && unsafe.passes !== true) complain('it was not carried out')
    return
  }
  const { error } = call
  if (passage === undefined) {
    if (isDone && isRepeatable(error)) complain('it was carried out')
    return
  }
  const [sent, heard] = [said(passage, 'client'), arrived(passage, 'server')]
  const match = unsafe.sent.exec(sent)
  const answer = match === null ? null : new RegExp(`(?:^|\n)${match[1]} (?:OK|NO|BAD) .*\r\n`).exec(heard)
  const isWhole = match !== null && sent.slice(match.index).includes(unsafe.end)
  if (error instanceof PartialResultError) {
    // The copying part of a move without MOVE was answered.
    if (answer === null) complain('the first part had no answer')
    return
  }
  // A call that ran out of time says by that it may not be repeated.
  const isUnknown = error instanceof OutcomeUnknownError || (error instanceof TimeoutError && !error.retryable)
  if (isDone && !isUnknown) complain('it was carried out')
  if (isWhole && answer === null && !isUnknown) complain('it was sent, and its answer was lost')
  if (!isUnknown) return
  // An answer that was passed on need not have been read before the time was over.
  if (answer !== null && !ranOut(error)) complain('its answer had come')
  if (askedFor(record, heard) < (unsafe.asked ?? 0)) complain('its literal was never asked for')
  if (error.retryable) complain('it must not be repeated')
  if (!record.lines.some((line) => unsafe.sent.exec(`${line}\r\n`) !== null || isAppend(line)))
    complain('it was not sent')
}

function ranOut(error: Error): boolean {
  return error instanceof TimeoutError || error.cause instanceof TimeoutError
}

function isRepeatable(error: unknown): boolean {
  return error instanceof ConnectionError && error.retryable
}

/** How many literals the server has asked for; no end of them where it takes them unasked. */
function askedFor({ lines }: Record, heard: string): number {
  const waits = lines.some((line) => / APPEND .*\{\d+\}/.test(line))
  return waits ? heard.split(/(?:^|\n)\+ .*\r/).length - 1 : Infinity
}

/** The trace cuts a command at its literal. */
function isAppend(line: string): boolean {
  return / APPEND /.test(line)
}

function judgeAll({ error }: Call, user: Seen, complain: (what: string) => void): void {
  const stored = LETTERS.appendAll.filter((number) => holds(user, number)).length
  const known = error === undefined ? 2 : error instanceof PartialResultError ? error.results.length : 0
  const cause = error instanceof PartialResultError ? error.cause : error
  const most = isRepeatable(cause) ? known : 2
  if (stored < known || stored > most) complain(`${stored} were stored`)
}

/** The family of errors for a connection that was lost; nothing is right as well. */
function isTyped(error: unknown): boolean {
  if (error === undefined) return true
  const { cause } = error as { cause?: unknown }
  if (error instanceof PartialResultError) return cause !== undefined && isTyped(cause)
  if (error instanceof OutcomeUnknownError) return cause instanceof ConnectionError
  return error instanceof ConnectionError
}

/** Whether any call ran into a bound, which must not happen on a line that is cut. */
export function timedOut(record: Record): string[] {
  return record.calls.flatMap(({ name, error }) =>
    error instanceof Error && ranOut(error) ? [`${name}: ${shown(error)}`] : [],
  )
}

function shown(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
