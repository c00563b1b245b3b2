import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import type { FetchItem } from '../fetch/item.js'
import { cut, readPartial, readPartNumbers } from '../fetch/section.js'
import { decodeBody } from '../mime/decode.js'
import { field } from '../mime/headers.js'
import { findPart, parsed } from '../mime/part.js'
import { no } from '../refusal.js'
import type { StoredMessage } from '../store/message.js'

/** section-binary = "[" [section-part] "]" */
function readSection(args: Arguments): readonly number[] {
  args.char('[')
  const numbers = readPartNumbers(args)
  args.char(']')
  return numbers
}

/** The decoded octets of a part, null when there is no such part. @throws Refusal `[UNKNOWN-CTE]` */
function decoded(message: StoredMessage, numbers: readonly number[]): Buffer | null {
  if (numbers.length === 0) return message.raw
  const part = findPart(parsed(message).root, numbers)
  if (part === null) return null
  const bytes = message.raw.subarray(part.bodyStart, part.bodyEnd)
  // A part that holds others has no encoding of its own (RFC 2045 §6.4).
  if (part.children.length > 0 || part.message !== null) return bytes
  const result = decodeBody(bytes, field(part.header, 'content-transfer-encoding') ?? '7bit')
  if (result === null) throw no('The transfer encoding of a part is not known', 'UNKNOWN-CTE')
  return result
}

/** "BINARY" [".PEEK"] section-binary [partial] */
function content(args: Arguments, setsSeen: boolean): FetchItem {
  const numbers = readSection(args)
  const partial = readPartial(args)
  const label = `BINARY[${numbers.join('.')}]${partial === null ? '' : `<${partial.offset}>`}`
  return {
    label,
    setsSeen,
    check: (message) => void decoded(message, numbers),
    write(out, message) {
      const whole = decoded(message, numbers)
      if (whole === null) {
        out.text(`${label} NIL`)
        return
      }
      const bytes = cut(whole, partial)
      out.text(`${label} `).literal(bytes, bytes.includes(0))
    },
  }
}

/** "BINARY.SIZE" section-binary */
function size(args: Arguments): FetchItem {
  const numbers = readSection(args)
  const label = `BINARY.SIZE[${numbers.join('.')}]`
  return {
    label,
    check: (message) => void decoded(message, numbers),
    write: (out, message) => void out.text(`${label} ${decoded(message, numbers)?.length ?? 0}`),
  }
}

/** BINARY (RFC 3516): decoded parts; literal8 of APPEND is read where all literals are. */
export const binaryFeature: Feature = {
  capabilities: ['BINARY'],
  fetchItems: {
    BINARY: { needs: ['BINARY'], read: (args) => content(args, true) },
    'BINARY.PEEK': { needs: ['BINARY'], read: (args) => content(args, false) },
    'BINARY.SIZE': { needs: ['BINARY'], read: (args) => size(args) },
  },
}
