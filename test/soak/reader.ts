import { RawClient } from '../behaviour/raw.js'

/** A message as the reader sees it; flags are sorted, in lower case, and without `\Recent`. */
export interface Truth {
  readonly uid: number
  readonly flags: string
  readonly size: number
}

/** Flags in the form in which they are compared. */
export function flagsKey(flags: Iterable<string>): string {
  return [...flags]
    .map((flag) => flag.toLowerCase())
    .filter((flag) => flag !== '\\recent')
    .sort()
    .join(' ')
}

/** A connection that opens a mailbox afresh for every reading, by a socket and patterns: no code of the library. */
export class Reader implements AsyncDisposable {
  readonly #raw: RawClient

  private constructor(raw: RawClient) {
    this.#raw = raw
  }

  static async open(host: string, port: number, user: string, password: string): Promise<Reader> {
    return new Reader(await RawClient.open(host, port, user, password))
  }

  /** All messages of a mailbox, by sequence number. */
  async read(mailbox: string): Promise<Truth[]> {
    const opened = await this.#raw.run(`EXAMINE "${mailbox}"`)
    const exists = Number(/^\* (\d+) EXISTS/m.exec(opened)?.[1])
    if (exists === 0) return []
    const text = await this.#raw.run('FETCH 1:* (UID FLAGS RFC822.SIZE)')
    const found: Truth[] = []
    for (const [, seq, items = ''] of text.matchAll(/^\* (\d+) FETCH \((.*)\)\r$/gm)) {
      const uid = /UID (\d+)/.exec(items)?.[1]
      const size = /RFC822\.SIZE (\d+)/.exec(items)?.[1]
      // News about flags come as such lines, too; what was asked for has all three.
      if (uid === undefined || size === undefined) continue
      found[Number(seq) - 1] = {
        uid: Number(uid),
        flags: flagsKey((/FLAGS \(([^)]*)\)/.exec(items)?.[1] ?? '').split(' ').filter(Boolean)),
        size: Number(size),
      }
    }
    if (found.length !== exists) throw new Error(`the reader was told of ${exists} messages and got ${found.length}`)
    return found
  }

  /** Makes a mailbox. */
  async create(mailbox: string): Promise<void> {
    await this.#raw.run(`CREATE "${mailbox}"`)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#raw[Symbol.asyncDispose]()
  }
}
