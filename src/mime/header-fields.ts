import { Buffer } from 'node:buffer'
import { decodeWords } from './words.js'

/** One field of a message header. */
export interface HeaderField {
  /** The name as sent. */
  readonly name: string
  /** The value, unfolded, encoded words decoded. */
  readonly value: string
  /** The value as sent, folding included, one character per octet. */
  readonly rawValue: string
}

/**
 * The fields of a message header (RFC 5322 §2.2), in order; names are compared without regard to case.
 *
 * @example
 * ```ts
 * import { headers } from 'imapkit'
 * const m = await inbox.fetchOne(uid, { sections: { head: headers() } })
 * for (const { name, value } of m?.sections.head ?? []) console.log(name, value)
 * ```
 */
export class HeaderFields implements Iterable<HeaderField> {
  /** The bytes that the fields were read from. */
  readonly bytes: Uint8Array
  #fields: readonly HeaderField[] | undefined

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** The value of the first field of that name. */
  get(name: string): string | undefined {
    return this.#find(name)[0]?.value
  }

  /** The values of all fields of that name. */
  getAll(name: string): string[] {
    return this.#find(name).map((field) => field.value)
  }

  /** Whether there is a field of that name. */
  has(name: string): boolean {
    return this.#find(name).length > 0
  }

  /** The fields, in the order of the header. */
  [Symbol.iterator](): IterableIterator<HeaderField> {
    return this.#all()[Symbol.iterator]()
  }

  #find(name: string): HeaderField[] {
    const wanted = name.toLowerCase()
    return this.#all().filter((field) => field.name.toLowerCase() === wanted)
  }

  // Read when it is first looked at: much mail is only passed on.
  #all(): readonly HeaderField[] {
    this.#fields ??= readFields(
      Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength).toString('latin1'),
    )
    return this.#fields
  }
}

/**
 * field = field-name ":" unstructured CRLF, where a line that begins with a space goes on with the one before.
 * Lines that are no field are passed over; an empty line ends the header.
 */
function readFields(text: string): HeaderField[] {
  const fields: HeaderField[] = []
  for (const lines of text.split(/\r?\n(?![ \t])/)) {
    if (lines === '') break
    const colon = lines.indexOf(':')
    const name = lines.slice(0, colon).trimEnd()
    if (colon < 1 || !/^[!-9;-~]+$/.test(name)) continue
    const rawValue = lines.slice(colon + 1).replace(/^[ \t]+/, '')
    let value: string | undefined
    fields.push({
      name,
      rawValue,
      get value() {
        return (value ??= decodeWords(rawValue).trim())
      },
    })
  }
  return fields
}
