import {
  append,
  appendContent,
  checkMessage,
  type AppendMessage as Message,
  type AppendResult,
} from '../commands/append.js'
import type { Command } from '../commands/command.js'
import type { Capabilities } from '../model/capabilities.js'
import { ArgumentError, PartialResultError, type ImapError } from '../model/errors.js'
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

/** Appends one message (RFC 9051 §6.3.12). */
export async function appendOne(
  appender: Appender,
  mailbox: string,
  content: MessageContent,
  options: AppendCallOptions,
): Promise<AppendResult> {
  const { signal, timeout, ...how } = options
  const source = appendContent(content)
  checkMessage({ ...how, content: source })
  const size = source instanceof Uint8Array ? source.length : source.size
  const most = appender.capabilities.appendLimit
  if (most !== undefined && size > most) {
    throw new ArgumentError(`The message has ${size} octets, and the server takes at most ${most} (APPENDLIMIT)`)
  }
  const stream = !(source instanceof Uint8Array)
  return appender.run(append(mailbox, { ...how, content: source }), { signal, timeout, stream })
}

/** Appends several messages, one after another; after a failure it tells which are done. */
export async function appendEach(
  appender: Appender,
  mailbox: string,
  messages: readonly AppendMessage[],
  call: CallOptions,
): Promise<AppendResult[]> {
  const results: AppendResult[] = []
  for (const { content, ...how } of messages) {
    try {
      results.push(await appendOne(appender, mailbox, content, { ...how, ...call }))
    } catch (cause) {
      if (results.length === 0) throw cause
      const [done, all] = [results.length, messages.length]
      const parts = { done: range(1, done), remaining: range(done + 1, all), results }
      const { command, retryable } = cause as ImapError
      throw new PartialResultError(
        `Of ${all} messages ${done} were appended, then: ${(cause as Error).message}`,
        parts,
        {
          cause,
          command,
          retryable,
        },
      )
    }
  }
  return results
}

function range(from: number, to: number): string {
  return from === to ? String(from) : `${from}:${to}`
}
