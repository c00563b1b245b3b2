import { Buffer } from 'node:buffer'
import {
  getMetadata,
  setMetadata,
  type MetadataChange,
  type MetadataOptions,
  type MetadataResult,
} from '../../extensions/metadata.js'
import type { CallOptions, Runner } from '../mailbox-context.js'

/**
 * Entries of mailboxes and of the server (RFC 5464), as `client.metadata`; the mailbox `''` is the server. All methods
 * reject with CapabilityError where it lacks METADATA, and METADATA-SERVER for entries of its own.
 *
 * @example
 * ```ts
 * await client.metadata.set('Projects', { '/private/comment': 'Look here first' })
 * console.log(await client.metadata.text('Projects', '/private/comment'))
 * ```
 */
export class Metadata {
  readonly #run: Runner

  /** Made by the client. @internal */
  constructor(run: Runner) {
    this.#run = run
  }

  /** The values of entries, as octets; with `depth` those of entries below as well. */
  async get(
    mailbox: string,
    entries: string | readonly string[],
    options: MetadataOptions & CallOptions = {},
  ): Promise<MetadataResult> {
    return this.#run(getMetadata(mailbox, entries, options), options)
  }

  /** The value of one entry as text in UTF-8, or null. */
  async text(mailbox: string, entry: string, options: CallOptions = {}): Promise<string | null> {
    const { entries } = await this.#run(getMetadata(mailbox, entry), options)
    const value = entries.get(entry)
    return value === null || value === undefined ? null : Buffer.from(value).toString()
  }

  /** Stores entries, and removes those whose value is null: all or none. */
  async set(mailbox: string, change: MetadataChange, options: CallOptions = {}): Promise<void> {
    await this.#run(setMetadata(mailbox, change), options)
  }
}
