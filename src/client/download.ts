import { Readable } from 'node:stream'
import { decodeText } from '../mime/charset.js'
import { transferDecoder } from '../mime/transfer-encoding.js'
import type { BodyStructure } from '../model/body-structure.js'
import { checkObject } from '../commands/checks.js'
import { ArgumentError, IncompleteFetchError, LimitError } from '../model/errors.js'
import type { UidSet } from '../model/number-set.js'
import { askSize, askStructure, readSection } from './ask.js'
import { bodyStreams } from './body-producer.js'
import { checkMaxBytes, reading } from './call-options.js'
import { fetchSingle } from './fetch-single.js'
import type { CallOptions, MailboxContext } from './mailbox-context.js'
import { fileNameOf, findPart } from './parts.js'
import { section } from './section.js'

/** How much a method may keep in memory. */
export interface MaxBytes {
  /** Octets, after decoding; `limits.maxBytes` by default. */
  readonly maxBytes?: number | undefined
}

/**
 * The content of a message or of one of its parts, decoded as it comes. It is fetched when it is read; each reading
 * fetches it anew.
 *
 * @example
 * ```ts
 * import { createWriteStream } from 'node:fs'
 * import { pipeline } from 'node:stream/promises'
 * const file = await inbox.download(uid, part)
 * if (file !== null) await pipeline(file, createWriteStream(file.filename ?? 'attachment'))
 * ```
 */
export interface Download extends AsyncIterable<Uint8Array> {
  /** A name that is safe to join to a directory. */
  readonly filename?: string
  /** Media type in lower case, without parameters. */
  readonly contentType: string
  readonly charset?: string
  /** Octets, where they are known before decoding. */
  readonly size?: number
  /** All of it, within `timeout` of the download, or `timeouts.command`. @throws LimitError beyond `maxBytes` */
  bytes(options?: MaxBytes): Promise<Uint8Array>
  /** All of it as text, by its charset, bounded as `bytes` is. @throws LimitError beyond `maxBytes` */
  text(options?: MaxBytes): Promise<string>
  /** As a stream of Node. */
  toReadable(): Readable
}

/** What is known of the content before it is read. */
interface Content {
  readonly part: string
  readonly contentType: string
  readonly encoding: string
  /** Octets as they are transferred. */
  readonly octets: number
  readonly filename: string | undefined
  readonly charset: string | undefined
  readonly isCuttable: boolean
}

/** Looks up a message or a part of it. @throws ArgumentError when the message has no such part */
export async function download(
  context: MailboxContext,
  uid: UidSet,
  part: string,
  call: CallOptions,
): Promise<Download | null> {
  readSection(part)
  const data = await fetchSingle(context, uid, [part === '' ? askSize : askStructure], call)
  if (data === null) return null
  const content = part === '' ? wholeMessage(data.size ?? 0) : partContent(data.bodyStructure, part, uid)
  return new PartDownload(context, uid, content, call)
}

function wholeMessage(octets: number): Content {
  const unknown = { filename: undefined, charset: undefined }
  return { part: '', contentType: 'message/rfc822', encoding: '8bit', octets, isCuttable: true, ...unknown }
}

function partContent(structure: BodyStructure | undefined, part: string, uid: UidSet): Content {
  const found = structure === undefined ? undefined : findPart(structure, part)
  if (found === undefined) {
    throw new ArgumentError(
      `The message with UID ${uid.toString()} has no part ${part.slice(0, 40)}: see its bodyStructure`,
    )
  }
  const isSingle = found.kind === 'single'
  return {
    part,
    contentType: found.type,
    // Inside a multipart, every part has an encoding of its own.
    encoding: isSingle ? found.encoding : '8bit',
    octets: isSingle ? found.size : 0,
    filename: fileNameOf(found),
    charset: found.parameters.get('charset'),
    isCuttable: isSingle,
  }
}

class PartDownload implements Download {
  readonly filename?: string
  readonly contentType: string
  readonly charset?: string
  readonly size?: number
  readonly #context: MailboxContext
  readonly #uid: UidSet
  readonly #content: Content
  readonly #call: CallOptions

  constructor(context: MailboxContext, uid: UidSet, content: Content, call: CallOptions) {
    this.#context = context
    this.#uid = uid
    this.#content = content
    this.#call = call
    const { filename, contentType, charset, encoding, octets, isCuttable } = content
    if (filename !== undefined) this.filename = filename
    this.contentType = contentType
    if (charset !== undefined) this.charset = charset
    if (isCuttable && /^(?:7bit|8bit|binary)$/.test(encoding)) this.size = octets
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, undefined, undefined> {
    return this.#read(this.#call)
  }

  async *#read(call: CallOptions): AsyncGenerator<Uint8Array, undefined, undefined> {
    const { part, octets, isCuttable, encoding } = this.#content
    const request = {
      context: this.#context,
      set: this.#uid,
      section: section(part),
      markSeen: false,
      single: false,
      call,
      known: [{ uid: Number(this.#uid.min), size: octets, isCuttable }],
    }
    const bodies = bodyStreams(() => request, this.#context.connection, call.signal)
    for await (const body of bodies) {
      const decoder = transferDecoder(encoding)
      for await (const chunk of body) {
        const decoded = decoder.push(chunk)
        if (decoded.length > 0) yield decoded
      }
      const rest = decoder.end()
      if (rest.length > 0) yield rest
      return undefined
    }
    throw new IncompleteFetchError(`The message with UID ${this.#uid.toString()} was gone before it was read`, [])
  }

  async bytes(options: MaxBytes = {}): Promise<Uint8Array> {
    checkObject('The options', options)
    const { maxBytes = this.#context.limits.maxBytes } = options
    checkMaxBytes(maxBytes)
    return reading(this.#context, this.#call, (call) => this.#all(maxBytes, call))
  }

  async #all(maxBytes: number, call: CallOptions): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    let octets = 0
    for await (const chunk of this.#read(call)) {
      octets += chunk.length
      if (octets > maxBytes) {
        throw new LimitError(
          'maxBytes',
          `The content is larger than maxBytes, ${maxBytes}: raise it, or read it as a stream`,
        )
      }
      chunks.push(chunk)
    }
    return Buffer.concat(chunks, octets)
  }

  async text(options?: MaxBytes): Promise<string> {
    return decodeText(await this.bytes(options), this.charset)
  }

  toReadable(): Readable {
    return Readable.from(this, { objectMode: false })
  }
}
