/** Gives the names that a list of capabilities includes without naming them. */
export type Implied = (names: Iterable<string>) => Iterable<string>

const REV1 = 'IMAP4REV1'
const REV2 = 'IMAP4REV2'

/**
 * Whether IMAP4rev2 is announced beside IMAP4rev1 and not enabled: until it is, IMAP4rev1 holds (RFC 9051 Appendix A).
 *
 * @param names - what is announced; like what is enabled, in upper case
 */
export function isRev2Pending(names: ReadonlySet<string>, enabled: ReadonlySet<string>): boolean {
  return names.has(REV1) && names.has(REV2) && !enabled.has(REV2)
}

/** What a server says it can do (RFC 9051 §7.2.2): an immutable list of capability names. */
export class Capabilities implements Iterable<string> {
  /** What is assumed before the server has told anything. */
  static readonly UNKNOWN = new Capabilities([], () => [], false)

  /** False as long as the server has not told, and after what it told was forgotten (STARTTLS, login). */
  readonly known: boolean
  /** The names as announced, in upper case. */
  readonly names: ReadonlySet<string>
  readonly #all: ReadonlySet<string>

  /**
   * @param announced - the names as the server sent them
   * @param implied - gives what they include; it gets them in upper case
   * @param known - whether the server has told them
   * @param enabled - what is enabled, in upper case: beside IMAP4rev1, IMAP4rev2 includes the others once it is
   * @param without - what is not believed, in upper case
   */
  constructor(
    announced: Iterable<string>,
    implied: Implied = () => [],
    known = true,
    enabled: ReadonlySet<string> = new Set(),
    without: ReadonlySet<string> = new Set(),
  ) {
    const names = new Set<string>()
    for (const each of announced) {
      const name = each.toUpperCase()
      if (!without.has(name)) names.add(name)
    }
    const all = new Set(names)
    const counting = new Set(names)
    // ENABLE is what makes IMAP4rev2 count, so that it counts before.
    if (isRev2Pending(names, enabled) && counting.delete(REV2)) all.add('ENABLE')
    for (const name of implied(counting)) all.add(name.toUpperCase())
    for (const name of without) all.delete(name)
    this.known = known
    this.names = names
    this.#all = all
  }

  /** How many names the server announced. */
  get size(): number {
    return this.names.size
  }

  /**
   * Whether the server has a capability, implied ones included; the name in any case. One that ends in `=`, such as
   * `RIGHTS=`, asks for any value of it.
   */
  has(name: string): boolean {
    if (name.endsWith('=')) return this.#value(name.toUpperCase()) !== undefined
    return this.#all.has(name) || this.#all.has(name.toUpperCase())
  }

  /** The names as announced, in upper case. */
  [Symbol.iterator](): IterableIterator<string> {
    return this.names.values()
  }

  /** The largest message in octets that APPEND takes on any mailbox; undefined when not told (RFC 7889 §3). */
  get appendLimit(): number | undefined {
    const limit = this.#value('APPENDLIMIT=')
    // Not more digits than a 63-bit number has; a useless value counts as none.
    return limit !== undefined && /^\d{1,19}$/.test(limit) ? Number(limit) : undefined
  }

  /** The SASL mechanisms of `AUTH=…`, in upper case and in the order of the server (RFC 9051 §6.2.2). */
  mechanisms(): readonly string[] {
    return this.values('AUTH')
  }

  /** The values of every `NAME=value`, in upper case, such as the algorithms of `THREAD=…`. */
  values(name: string): readonly string[] {
    const prefix = `${name.toUpperCase()}=`
    const values: string[] = []
    for (const each of this.names) if (each.startsWith(prefix)) values.push(each.slice(prefix.length))
    return values
  }

  #value(prefix: string): string | undefined {
    for (const name of this.names) if (name.startsWith(prefix)) return name.slice(prefix.length)
    return undefined
  }
}
