export { connect } from './client/connect.js'
export { ImapClient } from './client/client.js'
export type { SelectCallOptions } from './client/selected.js'
export type { ImapEmitter, ImapListener } from './client/emitter.js'
export type { ConnectOptions, Listeners, Logger, UrlConnectOptions, UserlessAuth } from './client/options.js'
export type { IdleOptions } from './client/idler.js'
export type { CallOptions, Runner } from './client/mailbox-context.js'
export type { ListCallOptions } from './client/listing.js'
export type { SpecialUseMailbox, SpecialUses, SpecialUsesOptions } from './client/special-uses.js'
export type {
  AppendCallOptions,
  AppendContent,
  AppendMessage,
  AppendOptions,
  MessageContent,
} from './client/appending.js'
export { Mailbox, type DeleteCallOptions, type MoveCallOptions } from './client/mailbox.js'
export {
  ReadonlyMailbox,
  type FetchCallOptions,
  type FetchManyOptions,
  type StreamCallOptions,
} from './client/readonly-mailbox.js'
export type { QuirkName } from './client/quirk-table.js'
export type { QuirkOptions } from './client/quirks.js'
export type { SearchChange } from './client/change-feed.js'
export type { SearchWatch } from './client/search-watch.js'
export type { BodyStream } from './client/body-stream.js'
export type { Download, MaxBytes } from './client/download.js'
export type { IncompleteMessage, OnIncomplete } from './client/incomplete.js'
export type {
  FetchedMessage,
  FetchItems,
  FetchQuery,
  KnownKeysOnly,
  MessageBase,
  SectionQuery,
} from './client/fetch-query.js'
export type { FetchStream } from './client/fetch-stream.js'
export { parts, type MessagePart, type MessageParts } from './client/parts.js'
export { HeaderFields, type HeaderField } from './mime/header-fields.js'
export type { MessageSetInput } from './client/message-set.js'
export type { MessageSet } from './commands/checks.js'
export { modifiedOf, store, type StoreChange, type StoreItems, type StoreResult } from './commands/store.js'
export { binary, headers, section, type OctetRange, type SectionRequest } from './client/section.js'
export type * from './commands/command.js'
export {
  append,
  appendAll,
  appendContent,
  type AppendMessage as AppendArgument,
  type AppendResult,
  type AppendTable,
} from './commands/append.js'
export {
  formatImapPath,
  formatImapUrl,
  parseImapUrl,
  type ImapUrl,
  type ImapUrlAccess,
  type ImapUrlAuth,
  type ImapUrlPartial,
  type ImapUrlPath,
  type ImapUrlServer,
} from './model/imap-url.js'
export { resolveImapUrl } from './model/imap-url-resolve.js'
export type { UrlContent } from './client/url-fetch.js'
export type { ReplaceCallOptions } from './client/replacing.js'
export { authenticate, login } from './commands/auth.js'
export { close, unselect } from './commands/close.js'
export { copy, move, type CopyResult } from './commands/copy.js'
export { enable } from './commands/enable.js'
export { expunge, uidExpunge, type ExpungeResult } from './commands/expunge.js'
export { fetch, type AskedItem, type FetchModifier, type FetchOptions, type FetchSink } from './commands/fetch.js'
export {
  binarySizeItem,
  bodyStructureItem,
  envelopeItem,
  findSection,
  flagsItem,
  internalDateItem,
  modSeqItem,
  sectionItem,
  sizeItem,
  uidItem,
  type PlainItem,
  type SectionAsk,
} from './commands/fetch-items.js'
export { id, type IdParams } from './commands/id.js'
export { idle } from './commands/idle.js'
export { list, lsub, type ListOptions, type ListReturn, type ListReturns } from './commands/list.js'
export { namespace } from './commands/namespace.js'
export { search, searchSeq, type SearchTables } from './commands/search.js'
export type {
  CoreSearchOptions,
  CoreSearchReturn,
  SearchData,
  SearchModSeq,
  SearchOutcome,
  SearchReturns,
} from './commands/search-returns.js'
export type { CoreCriteria, FlagModSeq, SearchKeys } from './commands/search-criteria.js'
export type * from './extensions/options.js'
export * from './extensions/public.js'
export type * from './client/facets/index.js'
export { examine, select, type SelectData, type SelectOptions, type SelectParam } from './commands/select.js'
export {
  capability,
  check,
  create,
  deleteMailbox,
  logout,
  noop,
  rename,
  subscribe,
  unsubscribe,
  type CreateOptions,
  type CreateResult,
} from './commands/simple.js'
export { status, type StatusQuery, type StatusResult } from './commands/status.js'
export type * from './extensions/extension.js'
export type { QueryItem } from './commands/slots.js'
export type { Traffic } from './connection/connection.js'
export type { ProxyOptions } from './connection/proxy.js'
export type { Security, Timeouts, TlsOptions, TransportFactory, TransportTarget } from './connection/options.js'
export type {
  AnonymousAuth,
  Auth,
  ExternalAuth,
  PasswordAuth,
  SaslAuth,
  TokenAuth,
  TokenProvider,
  TokenRequest,
} from './sasl/auth.js'
export type { PasswordCredentials } from './sasl/plain.js'
export type { Limits } from './wire/limits.js'
export type { LiteralSource } from './wire/segments.js'

export type * from './model/body-structure.js'
export type { Capabilities } from './model/capabilities.js'
export type * from './model/envelope.js'
export * from './model/errors.js'
export type { CloseInfo, ImapEvents, StateName } from './model/events.js'
export * from './model/flag-color.js'
export * from './model/flags.js'
export type { Right } from './model/rights.js'
export type { ModSeq, SeqNum, Uid } from './model/ids.js'
export type { MailboxInfo, MailboxStatus, Namespace, Namespaces, StatusItems } from './model/mailbox.js'
export type { Defect, FetchData, SectionData } from './model/message.js'
export * from './model/number-set.js'
export type * from './model/response.js'
export type * from './model/response-code.js'
export type { MechanismName, SaslMechanism } from './model/sasl.js'
export { UidMap } from './model/uid-map.js'
export { VERSION } from './model/version.js'
