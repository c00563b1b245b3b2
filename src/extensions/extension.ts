import type {
  AppendItem,
  FetchItem,
  ListReturnItem,
  OptionItem,
  SearchKey,
  SearchReturnItem,
  SelectItem,
  SortKey,
  StatusItem,
  StoreItem,
} from '../commands/slots.js'
import type { CodeReader, UntaggedReader } from '../grammar/tables.js'

export type {
  AppendItem,
  FetchItem,
  FoundMessages,
  ListReturnItem,
  Needs,
  OptionItem,
  SearchKey,
  SearchKind,
  SearchReturnItem,
  SelectCollector,
  SelectItem,
  SortKey,
  StatusItem,
  StoreItem,
} from '../commands/slots.js'
export type { CodeReader, FetchItemReader, UntaggedReader } from '../grammar/tables.js'

/** Where an extension was tried: the embedded server, transcripts, and real servers. */
export type TestPlace = 'embedded' | 'transcript' | 'dovecot' | 'cyrus' | 'courier' | 'mailutils'

/** A table of options by their key. */
type Slot<Item> = Readonly<Record<string, Item>>

/** One extension of IMAP as a record; the slots are the extension points of RFC 4466 and RFC 5258, all optional. */
export interface Extension {
  /** The capability, as announced; a family such as `RIGHTS=` ends in `=`. */
  readonly capability: string
  /**
   * The RFCs, the newest first; `draft` or `vendor` where there is only such a text, `none` where none is public: then the
   * capability is recognised and no syntax is made up for it.
   */
  readonly spec: readonly number[] | 'draft' | 'vendor' | 'none'
  /** One sentence on what the user gets. */
  readonly summary: string
  /** How it is called, as code, or `automatic` where the library uses it by itself. */
  readonly usage: string
  /** What a user should know beside that. */
  readonly note?: string
  /** Names of corpus files with the examples of the specification. */
  readonly examples?: readonly string[]
  readonly tested: readonly TestPlace[]
  /** Capabilities that this one includes. */
  readonly implies?: readonly string[]
  /** Whether it has to be switched on by ENABLE (RFC 5161). */
  readonly enable?: boolean
  /** Readers of untagged responses by name in upper case. */
  readonly untagged?: Slot<UntaggedReader>
  /** Readers of response codes by name in upper case. */
  readonly codes?: Slot<CodeReader>
  readonly fetchItems?: readonly FetchItem<never>[]
  /** Modifiers of FETCH by their key among the options of `fetch`. */
  readonly fetchModifiers?: Slot<OptionItem<never>>
  /** Search keys by their name in criteria. */
  readonly searchKeys?: Slot<SearchKey<never>>
  /** What SEARCH can return beside the core's, by key. */
  readonly searchReturns?: Slot<SearchReturnItem<never>>
  /** Criteria of SORT by key. */
  readonly sortKeys?: Slot<SortKey<never>>
  readonly statusItems?: readonly StatusItem[]
  /** Parameters of SELECT and EXAMINE by their key among the options. */
  readonly selectItems?: Slot<SelectItem<never>>
  /** What STORE changes beside flags, by key. */
  readonly storeItems?: Slot<StoreItem<never>>
  /** What LIST tells beside the core's, by key. */
  readonly listReturns?: Slot<ListReturnItem<never>>
  /** Content and data of messages for APPEND, by key. */
  readonly appendItems?: Slot<AppendItem<never>>
}
