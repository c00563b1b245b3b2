import {
  append,
  appendAll,
  appendContent,
  checkMessage,
  needsUtf8,
  sizeOf,
  type AppendMessage as Message,
  type AppendResult,
} from '../commands/append.js'
import { checkCapability, checkName, checkObject } from '../commands/checks.js'
import type { StatusQuery, StatusResult } from '../commands/status.js'
import type { Command } from '../commands/command.js'
import { type CatenateContent, sourcesOf } from '../extensions/catenate.js'
import type { ExtensionAppend } from '../extensions/options.js'
import type { Capabilities } from '../model/capabilities.js'
import { ArgumentError, ImapError, PartialResultError, ResponseError } from '../model/errors.js'
import type { Protocol } from '../protocol.js'
import type { LiteralSource } from '../wire/segments.js'
import type { CallOptions, RunContextOptions } from './mailbox-context.js'
import { messageLimit } from './message-limit.js'

/** A message to append: text (line ends are made CRLF), bytes (sent as they are), or a stream with its size in octets. */
export type MessageContent = string | LiteralSource

/** What is stored with a message. */
export type AppendOptions = Omit<Message, 'content'> & ExtensionAppend

/** The content of a message: given, or put together by the server of parts that it has (CATENATE, RFC 4469). */
export type AppendContent = { readonly content: MessageContent } | CatenateContent

/** One of several messages to append. */
export type AppendMessage = AppendOptions & AppendContent

/** How to append a message. */
export interface AppendCallOptions extends AppendOptions, CallOptions {}

/** What appending needs of its client. */
export interface Appender {
  readonly capabilities: Capabilities
  readonly enabled: ReadonlySet<string>
  readonly protocol: Pick<Protocol, 'appendItems'>
  run<R>(command: Command<R>, options?: RunContextOptions): Promise<R>
}

/** Appends one message, or each of a list. */
export async function appendAny(
  appender: Appender,
  mailbox: string,
  message: MessageContent | CatenateContent | readonly AppendMessage[],
  options: AppendCallOptions,
): Promise<AppendResult | AppendResult[]> {
  if (isList(message)) return appendEach(appender, mailbox, message, options)
  return appendOne(appender, mailbox, asAppendContent(message), options)
}

function isList(
  message: MessageContent | CatenateContent | readonly AppendMessage[],
): message is readonly AppendMessage[] {
  return Array.isArray(message)
}

/** Tells content that is given from content that the server puts together. */
export function asAppendContent(message: MessageContent | CatenateContent): AppendContent {
  const given: unknown = message
  const isMade = typeof given === 'object' && given !== null && 'catenate' in given
  return isMade ? (message as CatenateContent) : { content: message as MessageContent }
}

/** Appends one message (RFC 9051 §6.3.12). */
async function appendOne(
  appender: Appender,
  mailbox: string,
  content: AppendContent,
  options: AppendCallOptions,
): Promise<AppendResult> {
  const { signal, timeout, ...how } = options
  return send(appender, mailbox, prepare(appender, { ...how, ...content }), { signal, timeout })
}

/**
 * Appends several messages, in one command where the server has MULTIAPPEND: then all are stored or none. Elsewhere one
 * after another, and in several commands where the server takes only so many messages in one (RFC 9738). All are looked at
 * before the first is sent; `timeout` is for all of them.
 *
 * @throws PartialResultError when a later one fails; it tells which are done, and is not retryable as a whole
 */
async function appendEach(
  appender: Appender,
  mailbox: string,
  messages: readonly AppendMessage[],
  { signal, timeout }: CallOptions,
): Promise<AppendResult[]> {
  checkName(mailbox)
  const prepared = messages.map((message) => {
    checkObject('A message to append', message)
    return prepare(appender, message)
  })
  const end = timeout === undefined ? undefined : performance.now() + timeout
  const results: AppendResult[] = []
  for (const group of groupsOf(appender.capabilities, prepared)) {
    const left = end === undefined ? undefined : Math.max(0, end - performance.now())
    try {
      results.push(...(await sendAll(appender, mailbox, group, { signal, timeout: left })))
    } catch (cause) {
      if (results.length === 0) throw cause
      throw partial(messages.length, results, cause)
    }
  }
  return results
}

/** What goes into one command each. */
function groupsOf(capabilities: Capabilities, messages: readonly Message[]): readonly (readonly Message[])[] {
  const most = capabilities.has('MULTIAPPEND') ? messageLimit(capabilities, ['MESSAGELIMIT', 'SAVELIMIT']) : 1
  const size = Math.min(most, messages.length)
  const groups: (readonly Message[])[] = []
  for (let at = 0; at < messages.length; at += size) groups.push(messages.slice(at, at + size))
  return groups
}

/** @throws ArgumentError for what the server would not take, before a byte is sent */
export function prepare(
  { capabilities, protocol }: Omit<Appender, 'run' | 'enabled'>,
  message: AppendMessage,
): Message {
  const prepared: Message =
    'content' in message ? { ...message, content: appendContent(message.content) } : { ...message, content: undefined }
  checkMessage(prepared, protocol.appendItems)
  checkItems(prepared, protocol.appendItems, capabilities)
  // What the server adds to a message that it puts together is for the server to count.
  const size = sources(prepared).reduce((sum, source) => sum + sizeOf(source), 0)
  const most = capabilities.appendLimit
  if (most !== undefined && size > most) {
    throw new ArgumentError(`The message has ${size} octets, and the server takes at most ${most} (APPENDLIMIT)`)
  }
  return prepared
}

/** @throws CapabilityError for what the server lacks: of several messages, none may be stored before that is known */
function checkItems(message: Message, items: Protocol['appendItems'], capabilities: Capabilities): void {
  const context = { has: (name: string) => capabilities.has(name), isEnabled: () => false }
  for (const [key, { needs }] of Object.entries(items)) {
    if ((message as Readonly<Record<string, unknown>>)[key] !== undefined) checkCapability(context, needs, key)
  }
}

/** Whether the message comes from a source that decides how long it takes. */
export function isStreamed(message: Message): boolean {
  return sources(message).some((source) => !(source instanceof Uint8Array))
}

function sources(message: Message & Partial<CatenateContent>): readonly LiteralSource[] {
  const { content, catenate = [] } = message
  return content === undefined ? sourcesOf(catenate) : [content]
}

async function sendAll(
  appender: Appender,
  mailbox: string,
  messages: readonly Message[],
  call: CallOptions,
): Promise<readonly AppendResult[]> {
  const [only] = messages
  if (only !== undefined && messages.length === 1) return [await send(appender, mailbox, only, call)]
  const stream = messages.some(isStreamed)
  try {
    return await appender.run(appendAll(mailbox, messages, appender.protocol.appendItems), { ...call, stream })
  } catch (error) {
    // A stream serves one run of a command.
    if (!isNotUnderstood(error) || stream || !messages.some((each) => hasUtf8Item(appender, each))) throw error
    return sendAll(
      appender,
      mailbox,
      messages.map((each) => ({ ...each, utf8: 'plain' })),
      call,
    )
  }
}

/** Of streams, the source decides how long they take: silence and the minimum rate bound them. */
async function send(appender: Appender, mailbox: string, message: Message, call: CallOptions): Promise<AppendResult> {
  const command = append(mailbox, message, appender.protocol.appendItems)
  try {
    return await appender.run(command, { ...call, stream: isStreamed(message) })
  } catch (error) {
    if (!isNotUnderstood(error) || !hasUtf8Item(appender, message)) throw error
    return send(appender, mailbox, { ...message, utf8: 'plain' }, call)
  }
}

/** A refusal has stored nothing; Courier refuses what it does not know by NO, and without a code. */
function isNotUnderstood(error: unknown): boolean {
  return error instanceof ResponseError && (error.status === 'BAD' || error.responseCode === null)
}

function hasUtf8Item({ enabled }: Appender, { content, utf8 }: Message): boolean {
  if (utf8 !== undefined || !(content instanceof Uint8Array)) return false
  return needsUtf8(content, { isEnabled: (name) => enabled.has(name.toUpperCase()) })
}

function partial(all: number, results: readonly AppendResult[], cause: unknown): PartialResultError<AppendResult> {
  const done = results.length
  const said = cause instanceof Error ? cause.message : String(cause)
  return new PartialResultError(
    `Of ${all} messages ${done} were appended, then: ${said}`,
    { done: range(1, done), remaining: range(done + 1, all), results },
    // The same call again would store the first ones twice.
    { cause, command: cause instanceof ImapError ? cause.command : 'APPEND', retryable: false },
  )
}

function range(from: number, to: number): string {
  return from === to ? String(from) : `${from}:${to}`
}

/**
 * STATUS, where the limit of all mailboxes is announced, and a server need not know it as an item (RFC 7889 §2): then it
 * is answered from there, and the server is asked for the rest.
 */
export async function withAppendLimit<Q extends StatusQuery>(
  capabilities: Capabilities,
  query: Q,
  ask: (rest: StatusQuery) => Promise<object>,
): Promise<StatusResult<Q>> {
  const given: unknown = query
  const { appendLimit } = capabilities
  const isAsked = typeof given === 'object' && given !== null && 'appendLimit' in given && given.appendLimit === true
  if (!isAsked || appendLimit === undefined) return (await ask(query)) as StatusResult<Q>
  const rest = { ...query, appendLimit: false }
  const others = Object.values(rest).includes(true) ? await ask(rest) : {}
  const values: object = { ...others, appendLimit }
  return values as StatusResult<Q>
}
