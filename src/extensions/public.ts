// What extensions export: types of their options and results, and their commands as values.
export {
  getQuota,
  getQuotaRoot,
  setQuota,
  type MailboxQuota,
  type QuotaInfo,
  type QuotaLimits,
  type QuotaUsage,
} from './quota.js'
export type { SaveDateCriteria, SaveDateItems } from './savedate.js'
export type { WithinCriteria } from './within.js'
export type { GmailCriteria, GmailItems, GmailLabelChange, GmailStore } from './gmail.js'
export { bboard, fetchImap2, findBboards, findMailboxes, type Imap2Message, type Imap2Query } from './imap2.js'
export { getJmapAccess } from './jmapaccess.js'
export { comparator, language, type ComparatorInfo } from './language.js'
export type { ObjectIdCriteria, ObjectIdItems } from './objectid.js'
export type { PreviewAsk, PreviewItems } from './preview.js'
export { rlist, rlsub } from './referrals.js'
export { compressDeflate } from './compress.js'
export { unauthenticate } from './unauthenticate.js'
export type { CatenateContent, CatenatePart } from './catenate.js'
export {
  conversions,
  convert,
  ConvertError,
  type Conversion,
  type Converted,
  type ConvertedBytes,
  type ConvertFailure,
  type ConvertQuery,
  type ConvertRange,
} from './convert.js'
export { replace } from './replace.js'
export { genUrlAuth, resetKey, urlFetch, type UrlFetched, type UrlFetchRequest } from './urlauth.js'
export {
  deleteAcl,
  getAcl,
  listRights,
  myRights,
  setAcl,
  type AccessList,
  type GrantableRights,
  type RightsChange,
} from './acl.js'
export type { EntryValue } from './entries.js'
export {
  getMetadata,
  setMetadata,
  type MetadataChange,
  type MetadataEntries,
  type MetadataOptions,
  type MetadataResult,
} from './metadata.js'
export type { MetadataListOptions } from './list-metadata.js'
export type { MyRightsListOptions } from './list-myrights.js'
export { SIEVE_SCRIPT_ENTRY, sieveServer } from './imapsieve.js'
export { xlist } from './xlist.js'
export { cancelUpdate } from './context.js'
export type { FuzzyCriteria, FuzzyData } from './fuzzy.js'
export { esearch, type FoundAll, type FoundIn, type SearchSources } from './multisearch.js'
export type { PartialData, PartialOptions } from './partial.js'
export { sort, sortSeq, type CoreSortKey, type CoreSortOptions, type SortCriterion, type SortTables } from './sort.js'
export type { DisplaySortKey } from './sort-display.js'
export { thread, threadSeq, type Thread, type ThreadAlgorithm } from './thread.js'
export type {
  AnnotateCriteria,
  AnnotateItems,
  AnnotateSelect,
  AnnotateStore,
  AnnotationAsk,
  AnnotationAttribute,
  AnnotationChange,
  AnnotationCriterion,
  AnnotationOrder,
  Annotations,
  AnnotationSortCriterion,
  AnnotationSupport,
} from './annotate.js'
export type { ObjectIdPlusItems, ObjectIdPlusSelect } from './objectid-plus.js'
export type { QresyncSelect, QresyncState, Resync, ResyncedMessage } from './qresync.js'
export { uidBatches, type BatchRange } from './uidbatches.js'
export { getAnnotation, setAnnotation, type MailboxAnnotationChange, type MailboxAnnotations } from './annotatemore.js'
export {
  deleteFilter,
  getFilter,
  listFilters,
  setFilter,
  type Filter,
  type FilterCriteria,
  type FilterOptions,
} from './filters.js'
export {
  notifyNone,
  notifySet,
  type NotifyEvent,
  type NotifyGroup,
  type NotifyMailboxes,
  type NotifyOptions,
} from './notify.js'
export type { MessageLimitCriteria } from './messagelimit.js'
