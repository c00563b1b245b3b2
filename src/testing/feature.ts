import type { Arguments } from './arguments.js'
import type { FetchItemReader } from './fetch/item.js'
import type { Hooks } from './hooks.js'
import type { SearchKeyReader } from './search/key.js'
import type { Mechanism } from './sasl/mechanism.js'
import type { Session, SessionState } from './session.js'
import type { ServerOptions } from './settings.js'
import type {
  AppendData,
  AppendOption,
  CreateParameter,
  Enabling,
  FetchModifier,
  ListReturn,
  ListSelect,
  RenameParameter,
  SearchReturn,
  SelectParameter,
  SortKey,
  StatusItem,
  StoreItem,
  StoreModifier,
  ThreadAlgorithm,
} from './slots.js'

// How to add an extension to the embedded server
//
// 1. Write `extensions/NAME.ts` with one exported `Feature`: `export const quotaFeature: Feature = { … }`. Where there is
//    a record without content already, fill it: its line in `extensions/index.ts` is there too.
// 2. A new file gets one line in `extensions/index.ts`. Nothing else is shared.
// 3. Test it by raw lines in `test/server/embedded/NAME.test.ts`, written from the RFC and not from the client.
//
// What there is to build with:
// - `capabilities` are announced unless the user of the server says otherwise; `optionalCapabilities` only where he names
//   them. A value is read back from what is announced: `session.values('APPENDLIMIT')`; so `capabilities: (all) =>
//   [...all, 'APPENDLIMIT=100']` sets it, and most extensions need no option. `announces` computes values of options.
// - Commands, items, keys, parameters and so on are records with `needs`: without one of these on offer they are unknown.
// - `hooks` are moments in the life of a session. What throws a `Refusal` (`no()`, `bad()`) ends the command with it.
// - State lives beside the store: `const quota = new Extra<Account, Quota>(() => new Quota())`, keyed by an account, a
//   mailbox, a message, a session or the server (`session.server`). What belongs to a login goes in `hooks.onLogout`.
// - A command reaches a mailbox by `session.reach(name, rights)` and messages by `session.resolve(set, call)`; it tells
//   names by `session.nameOf(mailbox)`. Untagged FETCH lines begin with `session.fetchHead(message)`. Messages are stored by
//   `storeMessages()` of `storing.ts`, which calls the hooks; APPEND lends its grammar as `readMessage()`.
// - How a session tells things may be replaced: `tellExpunged`, `tellExists`, `fetchHead`, `translate`. UNAUTHENTICATE puts
//   the usual ways back.
// - What is to be told outside of a command goes through `session.unsolicited()`.
// - Octets may be changed on their way by `session.line.through()`.

/** What a command says in its tagged OK. */
export interface Completion {
  /** A response code without brackets, such as `APPENDUID 1 2`. */
  readonly code?: string | undefined
  readonly text?: string | undefined
  /** Runs behind the tagged OK, before the next command is read. */
  readonly after?: (() => void | Promise<void>) | undefined
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
  /**
   * Looks at the command when a synchronizing literal of so many octets is asked for; throws a Refusal to spare the client
   * the octets.
   */
  beforeLiteral?(session: Session, args: Arguments, octets: number): void
}

/**
 * One extension of the embedded server, or a group of base commands, as a record; the slots are the extension points of
 * RFC 4466 and RFC 5258. A test gives its own to `ImapServer.start({ features })`.
 */
export interface Feature {
  /** What is announced by default. */
  readonly capabilities?: readonly string[]
  /** What is announced only where the option `capabilities` of the server names it; a family ends in `=`. */
  readonly optionalCapabilities?: readonly string[]
  /** What is announced by default, where that follows from options. */
  announces?(options: ServerOptions): readonly string[]
  /** Capabilities that are announced at some times only; what is not announced here is still there. */
  readonly announcedWhen?: Readonly<Record<string, (session: Session) => boolean>>
  readonly hooks?: Hooks
  readonly commands?: readonly CommandRecord[]
  /** By name in upper case, as all that follow. */
  readonly fetchItems?: Readonly<Record<string, FetchItemReader>>
  readonly fetchModifiers?: Readonly<Record<string, FetchModifier>>
  readonly storeItems?: Readonly<Record<string, StoreItem>>
  readonly storeModifiers?: Readonly<Record<string, StoreModifier>>
  readonly appendOptions?: Readonly<Record<string, AppendOption>>
  readonly appendData?: Readonly<Record<string, AppendData>>
  readonly searchKeys?: Readonly<Record<string, SearchKeyReader>>
  readonly searchReturns?: Readonly<Record<string, SearchReturn>>
  readonly sortKeys?: Readonly<Record<string, SortKey>>
  readonly threadAlgorithms?: Readonly<Record<string, ThreadAlgorithm>>
  readonly listSelects?: Readonly<Record<string, ListSelect>>
  readonly listReturns?: Readonly<Record<string, ListReturn>>
  readonly statusItems?: Readonly<Record<string, StatusItem>>
  readonly selectParameters?: Readonly<Record<string, SelectParameter>>
  readonly createParameters?: Readonly<Record<string, CreateParameter>>
  readonly renameParameters?: Readonly<Record<string, RenameParameter>>
  readonly mechanisms?: readonly Mechanism[]
  /** What ENABLE takes, by name as it is told (RFC 5161). */
  readonly enables?: Readonly<Record<string, Enabling>>
}

/** The records of all features, composed. */
export interface Tables {
  readonly features: readonly Feature[]
  readonly capabilities: readonly string[]
  readonly optionalCapabilities: readonly string[]
  readonly hooks: readonly Hooks[]
  readonly commands: ReadonlyMap<string, CommandRecord>
  readonly mechanisms: ReadonlyMap<string, Mechanism>
  /** Whether a capability is announced now. */
  readonly announcedWhen: ReadonlyMap<string, (session: Session) => boolean>
  readonly fetchItems: ReadonlyMap<string, FetchItemReader>
  readonly fetchModifiers: ReadonlyMap<string, FetchModifier>
  readonly storeItems: ReadonlyMap<string, StoreItem>
  readonly storeModifiers: ReadonlyMap<string, StoreModifier>
  readonly appendOptions: ReadonlyMap<string, AppendOption>
  readonly appendData: ReadonlyMap<string, AppendData>
  readonly searchKeys: ReadonlyMap<string, SearchKeyReader>
  readonly searchReturns: ReadonlyMap<string, SearchReturn>
  readonly sortKeys: ReadonlyMap<string, SortKey>
  readonly threadAlgorithms: ReadonlyMap<string, ThreadAlgorithm>
  readonly listSelects: ReadonlyMap<string, ListSelect>
  readonly listReturns: ReadonlyMap<string, ListReturn>
  readonly statusItems: ReadonlyMap<string, StatusItem>
  readonly selectParameters: ReadonlyMap<string, SelectParameter>
  readonly createParameters: ReadonlyMap<string, CreateParameter>
  readonly renameParameters: ReadonlyMap<string, RenameParameter>
  readonly enables: ReadonlyMap<string, Enabling>
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
  const named = <T extends { readonly name: string }>(slot: string, list: (feature: Feature) => readonly T[]) =>
    table(
      slot,
      features.flatMap((feature) => list(feature).map((each) => [each.name, each] as const)),
    )
  const slot = <T>(name: string, pick: (feature: Feature) => Readonly<Record<string, T>> | undefined) =>
    table(
      name,
      features.flatMap((feature) => Object.entries(pick(feature) ?? {})),
    )
  return {
    features,
    capabilities: [...new Set(features.flatMap((feature) => feature.capabilities ?? []))],
    optionalCapabilities: [...new Set(features.flatMap((feature) => feature.optionalCapabilities ?? []))],
    hooks: features.flatMap((feature) => feature.hooks ?? []),
    announcedWhen: slot('announcement', (feature) => feature.announcedWhen),
    commands: named('command', (feature) => feature.commands ?? []),
    mechanisms: named('mechanism', (feature) => feature.mechanisms ?? []),
    fetchItems: slot('FETCH item', (feature) => feature.fetchItems),
    fetchModifiers: slot('FETCH modifier', (feature) => feature.fetchModifiers),
    storeItems: slot('STORE item', (feature) => feature.storeItems),
    storeModifiers: slot('STORE modifier', (feature) => feature.storeModifiers),
    appendOptions: slot('APPEND option', (feature) => feature.appendOptions),
    appendData: slot('APPEND data', (feature) => feature.appendData),
    searchReturns: slot('SEARCH RETURN option', (feature) => feature.searchReturns),
    searchKeys: slot('SEARCH key', (feature) => feature.searchKeys),
    sortKeys: slot('SORT key', (feature) => feature.sortKeys),
    threadAlgorithms: slot('THREAD algorithm', (feature) => feature.threadAlgorithms),
    listSelects: slot('LIST option', (feature) => feature.listSelects),
    listReturns: slot('LIST RETURN option', (feature) => feature.listReturns),
    statusItems: slot('STATUS item', (feature) => feature.statusItems),
    selectParameters: slot('SELECT parameter', (feature) => feature.selectParameters),
    createParameters: slot('CREATE parameter', (feature) => feature.createParameters),
    renameParameters: slot('RENAME parameter', (feature) => feature.renameParameters),
    enables: slot('ENABLE', (feature) => feature.enables),
  }
}
