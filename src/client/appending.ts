import {
  append,
  appendContent,
  checkMessage,
  type AppendMessage as Message,
  type AppendResult,
} from '../commands/append.js'
import { checkName, checkObject } from '../commands/checks.js'
import type { Command } from '../commands/command.js'
import type { Capabilities } from '../model/capabilities.js'
import { ArgumentError, ImapError, PartialResultError } from '../model/errors.js'
import type { LiteralSource } from '../wire/segments.js'
import type { CallOptions, RunContextOptions } from './mailbox-context.js'

/** A message to append: text (line ends are made CRLF), bytes (sent as they are), or a stream with its size in octets. */
export type MessageContent = string | LiteralSource

/** What is stored with a message. */
export type AppendOptions = Omit<Message, 'content'>

/** One of several messages to append. */
export interface AppendMessage extends AppendOptions {
  readonly content: MessageContent
}

/** How to append a message. */
export interface AppendCallOptions extends AppendOptions, CallOptions {}

/** What appending needs of its client. */
export interface Appender {
  readonly capabilities: Capabilities
  run<R>(command: Command<R>, options?: RunContextOptions): Promise<R>
}

/** Appends one message, or each of a list. */
export async function appendAny(
  appender: Appender,
  mailbox: string,
  message: MessageContent | readonly AppendMessage[],
  options: AppendCallOptions,
): Promise<AppendResult | AppendResult[]> {
  if (isList(message)) return appendEach(appender, mailbox, message, options)
  return appendOne(appender, mailbox, message, options)
}

function isList(message: MessageContent | readonly AppendMessage[]): message is readonly AppendMessage[] {
  return Array.isArray(message)
}

/** Appends one message (RFC 9051 §6.3.12). */
async function appendOne(
  appender: Appender,
  mailbox: string,
  content: MessageContent,
  options: AppendCallOptions,
): Promise<AppendResult> {
  const { signal, timeout, ...how } = options
  return send(appender, mailbox, prepare(appender, { ...how, content }), { signal, timeout })
}

/**
 * Appends several messages, one after another. All are looked at before the first is sent; `timeout` is for all of them.
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
  for (const message of prepared) {
    const left = end === undefined ? undefined : Math.max(0, end - performance.now())
    try {
      results.push(await send(appender, mailbox, message, { signal, timeout: left }))
    } catch (cause) {
      if (results.length === 0) throw cause
      throw partial(messages.length, results, cause)
    }
  }
  return results
}

/** @throws ArgumentError for what the server would not take, before a byte is sent */
function prepare({ capabilities }: Appender, { content, ...how }: AppendMessage): Message {
  const message = { ...how, content: appendContent(content) }
  checkMessage(message)
  const size = message.content instanceof Uint8Array ? message.content.length : message.content.size
  const most = capabilities.appendLimit
  if (most !== undefined && size > most) {
    throw new ArgumentError(`The message has ${size} octets, and the server takes at most ${most} (APPENDLIMIT)`)
  }
  return message
}

/** Of streams, the source decides how long they take: silence and the minimum rate bound them. */
function send(appender: Appender, mailbox: string, message: Message, call: CallOptions): Promise<AppendResult> {
  const stream = !(message.content instanceof Uint8Array)
  return appender.run(append(mailbox, message), { ...call, stream })
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
