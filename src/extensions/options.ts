import type { CoreCriteria } from '../commands/search-criteria.js'
import type { CoreSearchReturn, SearchData, SearchOutcome } from '../commands/search-returns.js'
import type { Uid } from '../model/ids.js'
import type { UidSet } from '../model/number-set.js'
import type { FilterCriteria } from './filters.js'
import type { FuzzyCriteria, FuzzyData } from './fuzzy.js'
import type { PartialData, PartialOptions } from './partial.js'
import type { CoreSortKey, SortCriterion } from './sort.js'
import type { DisplaySortKey } from './sort-display.js'
import type { MetadataListOptions } from './list-metadata.js'
import type { MyRightsListOptions } from './list-myrights.js'
import type {
  AnnotateCriteria,
  AnnotateItems,
  AnnotateSelect,
  AnnotateStore,
  AnnotationSortCriterion,
  AnnotationSupport,
} from './annotate.js'
import type { GmailCriteria, GmailItems, GmailStore } from './gmail.js'
import type { MessageLimitCriteria } from './messagelimit.js'
import type { ObjectIdCriteria, ObjectIdItems } from './objectid.js'
import type { ObjectIdPlusItems, ObjectIdPlusSelect } from './objectid-plus.js'
import type { PreviewItems } from './preview.js'
import type { QresyncSelect, Resync } from './qresync.js'
import type { SaveDateCriteria, SaveDateItems } from './savedate.js'
import type { WithinCriteria } from './within.js'

// What extensions add to the options and results of core methods: each one its interface, in its own file.

/** The items of FETCH that extensions add, by key. */
export interface ExtensionFetchItems
  extends AnnotateItems, GmailItems, ObjectIdItems, ObjectIdPlusItems, PreviewItems, SaveDateItems {}

/** What to search for, with the keys of all extensions. */
export interface SearchCriteria
  extends
    CoreCriteria,
    AnnotateCriteria,
    FilterCriteria,
    FuzzyCriteria,
    GmailCriteria,
    MessageLimitCriteria,
    ObjectIdCriteria,
    SaveDateCriteria,
    WithinCriteria {}

/** What extensions add to the options of listing. */
export interface ExtensionListOptions extends MyRightsListOptions, MetadataListOptions {}

/** What a search can give beside the default; `context` tells the server that the search will be used again (RFC 5267). */
export type SearchReturn = CoreSearchReturn | 'relevancy' | 'context'

/** What a search is to give; the set of what was found by default. */
export interface SearchOptions extends PartialOptions {
  /** `save` needs SEARCHRES, `relevancy` SEARCH=FUZZY; all others are worked out where the server lacks ESEARCH. */
  readonly return?: readonly SearchReturn[] | undefined
}

/** All that a search can give, by the name of what was asked for. */
export interface FullSearchData<Num extends number, Set> extends SearchData<Num, Set>, PartialData<Set>, FuzzyData {}

/** The result of a search: a set, or with `return` or `partial` an object that holds what was asked for. */
export type SearchResult<O, Num extends number = Uid, Set = UidSet> = SearchOutcome<O, FullSearchData<Num, Set>, Set>

/** What messages can be sorted by; `relevancy` with the search key `fuzzy` only. */
export type SortKeyName = CoreSortKey | DisplaySortKey | 'relevancy'

/** What messages are sorted by: the first criterion counts, the next ones where it makes no difference. */
export type SortCriteria = readonly (SortCriterion<SortKeyName> | AnnotationSortCriterion)[]

/** What a sort is to give; all numbers in order by default. */
export interface SortOptions extends PartialOptions {
  /** `relevancy` needs SEARCH=FUZZY and ESORT; all others are worked out where the server lacks ESORT. */
  readonly return?: readonly Exclude<SearchReturn, 'save'>[] | undefined
}

/** The result of a sort: an array in order, or with `return` or `partial` an object that holds what was asked for. */
export type SortResult<O, Num extends number = Uid> = SearchOutcome<
  O,
  FullSearchData<Num, readonly Num[]>,
  readonly Num[]
>

/** What extensions add to a message for APPEND. */
export type ExtensionAppend = AnnotateStore

/** What STORE changes in place of flags, by the keys of extensions. */
export interface ExtensionStore extends AnnotateStore, GmailStore {}

/** The parameters of SELECT and EXAMINE that extensions add. */
export interface ExtensionSelectOptions extends AnnotateSelect, QresyncSelect, ObjectIdPlusSelect {}

/** What selecting a mailbox tells because of parameters of extensions. */
export interface ExtensionSelectData {
  readonly annotate?: AnnotationSupport
  readonly qresync?: Resync
}
