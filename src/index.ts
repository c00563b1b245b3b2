export { connect } from './client/connect.js'
export { ImapClient, type SelectCallOptions } from './client/client.js'
export type { ImapEmitter } from './client/emitter.js'
export type { ConnectOptions, Listeners, Logger, UrlConnectOptions, UserlessAuth } from './client/options.js'
export type { IdleOptions } from './client/idler.js'
export type { CallOptions } from './client/mailbox-context.js'
export type { ListCallOptions } from './client/listing.js'
export type { AppendCallOptions, AppendMessage, AppendOptions, MessageContent } from './client/appending.js'
export { Mailbox } from './client/mailbox.js'
export { ReadonlyMailbox } from './client/readonly-mailbox.js'
export type {
  Security,
  Timeouts,
  TlsOptions,
  TransportFactory,
  TransportTarget,
  Traffic,
} from './connection/options.js'
export * from './sasl/auth.js'
export type { Limits } from './wire/limits.js'
export type { LiteralSource } from './wire/segments.js'

export * from './model/body-structure.js'
export type { Capabilities } from './model/capabilities.js'
export * from './model/envelope.js'
export * from './model/errors.js'
export type { CloseInfo, ImapEvents, StateName } from './model/events.js'
export * from './model/flags.js'
export type { ModSeq, SeqNum, Uid } from './model/ids.js'
export type { MailboxInfo, MailboxStatus, Namespace, Namespaces, StatusItems } from './model/mailbox.js'
export type { Defect, FetchData, SectionData } from './model/message.js'
export * from './model/number-set.js'
export * from './model/response.js'
export * from './model/response-code.js'
export type { MechanismName, SaslMechanism } from './model/sasl.js'
export { UidMap } from './model/uid-map.js'
export { VERSION } from './version.js'
