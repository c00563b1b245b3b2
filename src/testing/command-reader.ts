import type { ByteSource } from './byte-source.js'
import { bad, no, Refusal } from './refusal.js'

/** A literal of a command, and where its marker stands in the text. */
export interface Literal {
  readonly at: number
  readonly bytes: Buffer
  /** Whether it came as literal8, `~{n}` (RFC 3516 §4.4). */
  readonly binary: boolean
}

/** A whole command as it was sent: lines joined, literal markers kept in place. */
export interface CommandText {
  /** One char per octet, without the final CRLF. */
  readonly text: string
  readonly literals: readonly Literal[]
  /** Why the command must be refused whatever it says, or null. */
  readonly fault: Refusal | null
}

/** How the reader of commands asks for, and bounds, literals. */
export interface LiteralPolicy {
  /** Octets of the lines of one command. */
  readonly line: number
  /** Octets of one literal. */
  readonly literal: number
  /** Octets of all literals of one command. */
  readonly total: number
  /** Octets of a non-synchronizing literal; 0 where they are not allowed (RFC 7888 §4, §5). */
  readonly nonSynchronizing: number
  /** Whether `~{n}` is known. */
  readonly binary: boolean
  /** Sends the go-ahead for a synchronizing literal; null when the command is refused at this point. */
  grant(text: string, literals: readonly Literal[]): Refusal | null | Promise<Refusal | null>
}

/** Where a client says more than this in one literal, the connection ends: skipping it would take for ever. */
const HOPELESS = 2 ** 32

// literal = "{" number64 ["+"] "}" CRLF *CHAR8        literal8 = "~{" number64 ["+"] "}" CRLF *OCTET
const MARKER = /(~?)\{(\d{1,19})(\+?)\}$/

/**
 * Reads one command with its literals (RFC 9051 §2.2.1, §4.3). Synchronizing literals are granted or refused as they
 * come; what is refused after a non-synchronizing one is read to its end and thrown away.
 *
 * @returns null when the client is gone.
 */
export async function readCommand(source: ByteSource, policy: LiteralPolicy): Promise<CommandText | null> {
  let text = ''
  let fault: Refusal | null = null
  let total = 0
  const literals: Literal[] = []
  for (;;) {
    const line = await source.line(Math.max(0, policy.line - text.length))
    if (line === null) return null
    const part = line.bytes.toString('latin1')
    text += part
    fault ??= line.cut ? bad('The line is too long', 'TOOBIG') : lineFault(part, line.crlf)
    const marker = MARKER.exec(line.tail.toString('latin1'))
    if (marker === null) return { text, literals, fault }
    const size = Number(marker[2])
    const binary = marker[1] === '~'
    if (size > HOPELESS && marker[3] === '+') {
      return { text, literals, fault: new Refusal('BYE', 'The literal is far too long', 'TOOBIG') }
    }
    fault ??= literalFault(marker, size, total + size, policy)
    if (marker[3] === '') {
      // The client waits: a refusal here ends the command, and nothing of the literal will come.
      fault ??= await policy.grant(text, literals)
      if (fault !== null) return { text, literals, fault }
    }
    if (fault === null) {
      const bytes = await source.bytes(size)
      if (bytes === null) return null
      if (!binary && bytes.includes(0)) fault = bad('NUL in a literal: only literal8 may hold one')
      literals.push({ at: text.length - marker[0].length, bytes, binary })
      total += size
    } else if (!(await source.skip(size))) return null
  }
}

function lineFault(text: string, crlf: boolean): Refusal | null {
  if (!crlf) return bad('A line must end in CR LF, this one ended in a bare LF')
  if (text.includes('\r')) return bad('Bare CR in a line')
  if (text.includes('\0')) return bad('NUL in a line')
  return null
}

function literalFault(marker: RegExpExecArray, size: number, total: number, policy: LiteralPolicy): Refusal | null {
  const nonSynchronizing = marker[3] === '+'
  if (marker[1] === '~' && !policy.binary) return bad('literal8 needs BINARY')
  if (nonSynchronizing && policy.nonSynchronizing === 0)
    return bad('Non-synchronizing literals need LITERAL+ or LITERAL-')
  if (nonSynchronizing && size > policy.nonSynchronizing) {
    return bad(`A non-synchronizing literal may have at most ${policy.nonSynchronizing} octets here`, 'TOOBIG')
  }
  if (size > policy.literal || total > policy.total) return no('The literal is too long', 'TOOBIG')
  return null
}
