import type { Arguments } from './arguments.js'
import type { FetchItemReader } from './fetch/item.js'
import type { SearchKeyReader } from './search/key.js'
import type { Mechanism } from './sasl/mechanism.js'
import type { Session, SessionState } from './session.js'
import type {
  CreateParameter,
  FetchModifier,
  ListReturn,
  SearchReturn,
  SelectParameter,
  StatusItem,
  StoreModifier,
} from './slots.js'

/** What a command says in its tagged OK. */
export interface Completion {
  /** A response code without brackets, such as `APPENDUID 1 2`. */
  readonly code?: string | undefined
  readonly text?: string | undefined
  /** Runs behind the tagged OK, before the next command is read. */
  readonly after?: () => void | Promise<void>
}

/** What a command knows about its call. */
export interface Call {
  readonly tag: string
  /** The name as called, such as `UID FETCH`. */
  readonly name: string
  /** Whether message numbers are UIDs. */
  readonly uid: boolean
}

/** One command. */
export interface CommandRecord {
  /** The name in upper case; `UID …` for the form with UIDs. */
  readonly name: string
  /** The states in which it is allowed; `any` is also allowed in the selected state. */
  readonly states: readonly (SessionState | 'any')[]
  /** It is there when one of these is announced. */
  readonly needs?: readonly string[]
  /** Whether its end may tell of removed messages (RFC 9051 §7.5.1); true by default. */
  readonly tellsExpunge?: boolean
  /** Carries it out. What it throws as a Refusal becomes NO or BAD. */
  run(session: Session, args: Arguments, call: Call): Completion | void | Promise<Completion | void>
  /** Looks at the command when a synchronizing literal is asked for; throws a Refusal to spare the client the octets. */
  beforeLiteral?(session: Session, args: Arguments): void
}

/**
 * One extension of the embedded server, or a group of base commands, as a record; the slots are the extension points of
 * RFC 4466 and RFC 5258. All records are listed in one place, `features.ts`.
 */
export interface Feature {
  /** What is announced by default. */
  readonly capabilities?: readonly string[]
  readonly commands?: readonly CommandRecord[]
  /** By name in upper case. */
  readonly fetchItems?: Readonly<Record<string, FetchItemReader>>
  readonly fetchModifiers?: Readonly<Record<string, FetchModifier>>
  readonly storeModifiers?: Readonly<Record<string, StoreModifier>>
  readonly searchKeys?: Readonly<Record<string, SearchKeyReader>>
  readonly searchReturns?: Readonly<Record<string, SearchReturn>>
  readonly listReturns?: Readonly<Record<string, ListReturn>>
  readonly statusItems?: Readonly<Record<string, StatusItem>>
  readonly selectParameters?: Readonly<Record<string, SelectParameter>>
  readonly createParameters?: Readonly<Record<string, CreateParameter>>
  readonly mechanisms?: readonly Mechanism[]
  /** What ENABLE takes, and what that does (RFC 5161). */
  readonly enables?: Readonly<Record<string, (session: Session) => void>>
}

/** The records of all features, composed. */
export interface Tables {
  readonly capabilities: readonly string[]
  readonly commands: ReadonlyMap<string, CommandRecord>
  readonly fetchItems: ReadonlyMap<string, FetchItemReader>
  readonly fetchModifiers: ReadonlyMap<string, FetchModifier>
  readonly storeModifiers: ReadonlyMap<string, StoreModifier>
  readonly searchKeys: ReadonlyMap<string, SearchKeyReader>
  readonly searchReturns: ReadonlyMap<string, SearchReturn>
  readonly listReturns: ReadonlyMap<string, ListReturn>
  readonly statusItems: ReadonlyMap<string, StatusItem>
  readonly selectParameters: ReadonlyMap<string, SelectParameter>
  readonly createParameters: ReadonlyMap<string, CreateParameter>
  readonly mechanisms: ReadonlyMap<string, Mechanism>
  readonly enables: ReadonlyMap<string, (session: Session) => void>
}

/** Composes features into tables. @throws Error when two features claim one name. */
export function compose(features: readonly Feature[]): Tables {
  const table = <T>(slot: string, entries: readonly (readonly [string, T])[]): ReadonlyMap<string, T> => {
    const map = new Map<string, T>()
    for (const [name, value] of entries) {
      if (map.has(name)) throw new Error(`Two features define ${slot} ${name}`)
      map.set(name, value)
    }
    return map
  }
  const slot = <T>(name: string, pick: (feature: Feature) => Readonly<Record<string, T>> | undefined) =>
    table(
      name,
      features.flatMap((feature) => Object.entries(pick(feature) ?? {})),
    )
  return {
    capabilities: [...new Set(features.flatMap((feature) => feature.capabilities ?? []))],
    commands: table(
      'command',
      features.flatMap((feature) => (feature.commands ?? []).map((command) => [command.name, command] as const)),
    ),
    mechanisms: table(
      'mechanism',
      features.flatMap((feature) =>
        (feature.mechanisms ?? []).map((mechanism) => [mechanism.name, mechanism] as const),
      ),
    ),
    fetchItems: slot('FETCH item', (feature) => feature.fetchItems),
    fetchModifiers: slot('FETCH modifier', (feature) => feature.fetchModifiers),
    storeModifiers: slot('STORE modifier', (feature) => feature.storeModifiers),
    searchReturns: slot('SEARCH RETURN option', (feature) => feature.searchReturns),
    listReturns: slot('LIST RETURN option', (feature) => feature.listReturns),
    searchKeys: slot('SEARCH key', (feature) => feature.searchKeys),
    statusItems: slot('STATUS item', (feature) => feature.statusItems),
    selectParameters: slot('SELECT parameter', (feature) => feature.selectParameters),
    createParameters: slot('CREATE parameter', (feature) => feature.createParameters),
    enables: slot('ENABLE', (feature) => feature.enables),
  }
}
