import type { LiteralHead } from '../commands/command.js'
import { type ImapError, ProtocolError } from '../model/errors.js'
import type { Response } from '../model/response.js'
import type { Frame } from '../wire/framer.js'
import type { Limits } from '../wire/limits.js'
import type { ProtocolTables, ReadOptions } from './options.js'
import { Secrets } from './secrets.js'

/** What a {@link Decoder} works with. */
export interface DecoderSetup {
  readonly protocol: ProtocolTables
  readonly limits: Limits
  /** Whether names are UTF-8 at this moment. */
  readonly isUtf8: () => boolean
  /** Is told of tolerated faults. */
  readonly warn: (error: ImapError) => void
}

/** A response, or why it could not be read, with its text as it may be shown. */
export interface Decoded {
  readonly text: string
  readonly response: Response | ProtocolError
}

/** Reads responses by the grammar it is given, and keeps the secrets that a server echoes out of them. */
export class Decoder {
  readonly #protocol: ProtocolTables
  readonly #options: ReadOptions
  readonly #secrets = new Secrets()

  constructor({ protocol, limits, isUtf8, warn }: DecoderSetup) {
    this.#protocol = protocol
    this.#options = {
      get utf8() {
        return isUtf8()
      },
      limits,
      warn,
    }
  }

  /** Notes what went out as a secret. */
  secret(octets: string): void {
    this.#secrets.add(octets)
  }

  /**
   * Reads a response; whatever goes wrong is given, since the framing is intact all the same.
   *
   * @param shown - is told the text before it is read
   */
  read(received: Frame, shown: (text: string) => void): Decoded {
    const text = this.#secrets.hide(received.text)
    shown(text)
    const frame = text === received.text ? received : { text, literals: received.literals }
    try {
      return { text, response: this.#protocol.readResponse(frame, this.#options) }
    } catch (cause) {
      const isKnown = cause instanceof ProtocolError
      return { text, response: isKnown ? cause : new ProtocolError('A response could not be read', { cause }) }
    }
  }

  /** Reads what came of a FETCH answer before a literal; undefined when the literal is no section of one. */
  readHead(head: Frame): Omit<LiteralHead, 'size'> | undefined {
    return this.#protocol.readFetchHead(head, this.#options)
  }
}

/** What looks like the tag of a response that could not be read. */
export function tagOf(text: string): string | undefined {
  return /^([A-Za-z0-9]{1,64}) /.exec(text)?.[1]
}

/** What looks like the name of an untagged response that could not be read, in upper case. */
export function nameOf(text: string): string | undefined {
  return /^\* *(?:\d+ +)?([A-Za-z][A-Za-z0-9-]*)/.exec(text)?.[1]?.toUpperCase()
}
