import type { Collector, Command } from '../commands/command.js'
import { isRev2Pending } from '../model/capabilities.js'
import type { Segment } from '../wire/segments.js'
import { Writer } from '../wire/writer.js'
import type { ConnectionState } from './state.js'

const isRev2 = (capability: string): boolean => capability.toUpperCase() === 'IMAP4REV2'

/** A command as it goes on the wire, and the accumulator of its answer. */
export interface Encoded {
  readonly segments: readonly Segment[]
  /** Octets of all segments. */
  readonly size: number
  readonly collector: Collector<unknown>
  /** The line as it may be logged. */
  readonly trace: () => string
  /** What must not come back in the text of a refusal. */
  readonly secrets: readonly string[]
}

/**
 * Writes a command by what the server can do and what is enabled at this moment.
 *
 * @throws whatever the command throws; nothing has been sent then
 */
export function encode(command: Command<unknown>, tag: string, state: ConnectionState): Encoded {
  const { capabilities, enabled, utf8 } = state
  const writer = new Writer({
    utf8,
    literalPlus: capabilities.has('LITERAL+'),
    literalMinus: capabilities.has('LITERAL-'),
  })
  writer.command(tag, command.name)
  command.encode?.(writer, {
    has: (capability) =>
      capabilities.has(capability) && !(isRev2(capability) && isRev2Pending(capabilities.names, enabled)),
    isEnabled: (extension) => enabled.has(extension.toUpperCase()),
  })
  const { segments, size } = writer.finish()
  const collector = command.collect({ tag, exists: state.selection?.exists, uidOf: (seq) => state.uidOf(seq) })
  return { segments, size, collector, trace: () => writer.trace, secrets: writer.secrets }
}
