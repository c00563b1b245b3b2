import { Buffer } from 'node:buffer'

/** Decodes bytes piece by piece. What is malformed is passed on or left out, never an error. */
export interface ByteDecoder {
  /** Gives what can be decoded so far. */
  push(chunk: Uint8Array): Uint8Array
  /** Gives the rest. */
  end(): Uint8Array
}

const NOTHING = new Uint8Array(0)

/** Makes a decoder for a Content-Transfer-Encoding (RFC 2045 §6); one that is not known leaves the bytes as they are. */
export function transferDecoder(encoding: string): ByteDecoder {
  switch (encoding.trim().toLowerCase()) {
    case 'base64':
      return new Base64Decoder()
    case 'quoted-printable':
      return new QuotedPrintableDecoder()
    default:
      return { push: (chunk) => chunk, end: () => NOTHING }
  }
}

/** RFC 2045 §6.8: characters outside the alphabet are passed over; padding ends a group, and text may follow it. */
class Base64Decoder implements ByteDecoder {
  /** Up to three characters of a group that is not complete. */
  #rest = ''

  push(chunk: Uint8Array): Uint8Array {
    const text = this.#rest + asLatin1(chunk).replace(/[^A-Za-z0-9+/=]+/g, '')
    this.#rest = ''
    if (!text.includes('=')) return this.#groups(text)
    // Several encodings one after the other, as when parts were joined: each one ends in its padding.
    const runs = text.split(/=+/)
    const last = runs.pop() ?? ''
    return Buffer.concat([...runs.map((run) => Buffer.from(run, 'base64')), this.#groups(last)])
  }

  end(): Uint8Array {
    const rest = this.#rest
    this.#rest = ''
    return Buffer.from(rest, 'base64')
  }

  #groups(text: string): Uint8Array {
    const whole = text.length - (text.length % 4)
    this.#rest = text.slice(whole)
    return Buffer.from(whole === text.length ? text : text.slice(0, whole), 'base64')
  }
}

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const EQUALS = 0x3d

/** No line of a message is longer (RFC 5322 §2.1.1); spaces beyond it are kept, whatever follows them. */
const MAX_PADDING = 998

/**
 * RFC 2045 §6.7: `=XX` is an octet, `=` at the end of a line joins it with the next one, spaces at the end of a line are
 * padding of the transport. Anything else after `=` is kept as it is.
 */
class QuotedPrintableDecoder implements ByteDecoder {
  /** What cannot be decided yet: spaces that may end the line, or an escape that is cut. */
  #rest: Uint8Array = NOTHING

  push(chunk: Uint8Array): Uint8Array {
    return this.#decode(this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]), false)
  }

  end(): Uint8Array {
    return this.#decode(this.#rest, true)
  }

  #decode(input: Uint8Array, isLast: boolean): Uint8Array {
    const output = Buffer.allocUnsafe(input.length)
    let length = 0
    let at = 0
    this.#rest = NOTHING
    while (at < input.length) {
      const octet = input[at] as number
      if (octet !== EQUALS && octet !== SPACE && octet !== TAB) {
        output[length++] = octet
        at++
        continue
      }
      // An escape is one octet, then what may be padding; a run of spaces stands by itself.
      let end = octet === EQUALS ? at + 1 : at
      while (end < input.length && end - at <= MAX_PADDING && (input[end] === SPACE || input[end] === TAB)) end++
      const isCut = end === input.length || (input[end] === CR && end + 1 === input.length)
      if (isCut && !isLast && end - at <= MAX_PADDING) {
        this.#rest = input.slice(at)
        break
      }
      const lineEnd = end === input.length ? (isLast ? end : -1) : endOfLine(input, end)
      if (octet === EQUALS) {
        if (lineEnd >= 0) {
          at = lineEnd
          continue
        }
        const value = end === at + 1 ? hexOctet(input, end) : -1
        if (value === CUT && !isLast) {
          this.#rest = input.slice(at)
          break
        }
        output[length++] = value >= 0 ? value : octet
        at += value >= 0 ? 3 : 1
      } else {
        if (lineEnd < 0) {
          output.set(input.subarray(at, end), length)
          length += end - at
        }
        at = end
      }
    }
    return output.subarray(0, length)
  }
}

/** Where the line break at `at` ends, or -1 where there is none. */
function endOfLine(input: Uint8Array, at: number): number {
  if (input[at] === LF) return at + 1
  return input[at] === CR && input[at + 1] === LF ? at + 2 : -1
}

const CUT = -2

/** The octet of two hexadecimal digits, -1 for anything else, CUT where the second digit has not come. */
function hexOctet(input: Uint8Array, at: number): number {
  const high = hexDigit(input[at])
  if (high < 0) return -1
  if (at + 1 === input.length) return CUT
  const low = hexDigit(input[at + 1])
  return low < 0 ? -1 : high * 16 + low
}

function hexDigit(octet: number | undefined): number {
  if (octet === undefined) return -1
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30
  const letter = octet | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

function asLatin1(chunk: Uint8Array): string {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1')
}
