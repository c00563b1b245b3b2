import { checkObject } from '../commands/checks.js'
import { ArgumentError } from '../model/errors.js'
import { QUIRK_NAMES, QUIRKS, type QuirkName, type QuirkRecord } from './quirk-table.js'

/** Quirks that are switched on or off by name, whatever the server shows of itself. */
export type QuirkOptions = { readonly [K in QuirkName]?: boolean | undefined }

/** What a server has shown of itself so far. */
export interface Signs {
  /** The text of its greeting. */
  readonly greeting?: string
  /** What it announces, in upper case. */
  readonly capabilities?: ReadonlySet<string>
  /** Its answer to ID. */
  readonly id?: ReadonlyMap<string, string | null> | null
}

/** @throws ArgumentError for a name that is no quirk, and for what is neither true nor false */
export function checkQuirks(given: unknown): void {
  checkObject('quirks', given)
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    if (!Object.hasOwn(QUIRKS, name)) {
      throw new ArgumentError(`${name.slice(0, 40)} is no quirk: use ${QUIRK_NAMES.join(', ')}`)
    }
    if (value !== undefined && typeof value !== 'boolean') throw new ArgumentError(`quirks.${name} is true or false`)
  }
}

/** The quirks of one server: those that its user names, those by which it is known, those that were met. */
export class Quirks {
  readonly #names = new Set<string>()
  readonly #given: QuirkOptions
  readonly #changed: () => void

  /** @param changed - is called when there are more of them */
  constructor(given: QuirkOptions = {}, changed: () => void = () => undefined) {
    this.#given = given
    this.#changed = changed
    for (const name of QUIRK_NAMES) if (given[name] === true) this.#names.add(name)
  }

  /** The names, also of those that were only met. */
  get names(): ReadonlySet<string> {
    return this.#names
  }

  /** Notes what was met, though it is in no table. */
  met(name: string): void {
    this.#names.add(name)
  }

  /** Takes a quirk for true from here on; false where the user has switched it off. */
  assume(name: QuirkName): boolean {
    if (this.#given[name] === false) return false
    if (this.#names.has(name)) return true
    this.#names.add(name)
    this.#changed()
    return true
  }

  /** Looks for the servers of the table. */
  detect(signs: Signs): void {
    for (const name of QUIRK_NAMES) if (shows(QUIRKS[name], signs)) this.assume(name)
  }

  /** Capabilities that are not to be believed. */
  get without(): readonly string[] {
    return this.#active().flatMap(({ without = [] }) => without)
  }

  /** Octets of a command line. @param limit - what the options allow */
  commandLine(limit: number): number {
    return Math.min(limit, ...this.#active().map(({ commandLine = Infinity }) => commandLine))
  }

  /** Milliseconds of IDLE. @param limit - what the options allow */
  idleMs(limit: number): number {
    return Math.min(limit, ...this.#active().map(({ idleMs = Infinity }) => idleMs))
  }

  /** Whether IDLE alone does not tell everything. */
  get polls(): boolean {
    return this.#active().some(({ polls }) => polls === true)
  }

  /** Whether an OK for ENABLE is enough. */
  get enables(): boolean {
    return this.#active().some(({ enables }) => enables === true)
  }

  /** Whether an answer to ID with one pair is worth another question. */
  get repeatsId(): boolean {
    return this.#active().some(({ repeatsId }) => repeatsId === true)
  }

  /** Whether a user is to log in by LOGIN. */
  logsIn(user: string): boolean {
    return this.#active().some(({ loginFor }) => loginFor?.test(user) === true)
  }

  /** Whether a mailbox with so many messages may have more. */
  mayHideMore(exists: number): boolean {
    return this.#active().some(({ shows }) => shows === exists)
  }

  #active(): readonly QuirkRecord[] {
    return QUIRK_NAMES.filter((name) => this.#names.has(name)).map((name) => QUIRKS[name])
  }
}

function shows(record: QuirkRecord, { greeting, capabilities, id }: Signs): boolean {
  if (greeting !== undefined && record.greeting?.test(greeting) === true) return true
  if (record.capability !== undefined && capabilities?.has(record.capability) === true) return true
  const { id: pattern } = record
  return pattern !== undefined && [...(id?.values() ?? [])].some((value) => value !== null && pattern.test(value))
}
