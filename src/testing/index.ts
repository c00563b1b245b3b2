export { Access, type Located } from './access.js'
export type { Arguments, SentSet, SetRange, ZonedDate } from './arguments.js'
export type { ByteSource, FlowControl, ReadLine } from './byte-source.js'
export { selfSigned, type Certificate, type CertificateOptions } from './certificate.js'
export type { ConnectedClient } from './client.js'
export type { CommandText, Literal } from './command-reader.js'
export type { ExtensionOptions } from './extensions/options.js'
export type { Fault, FaultHandle, Omission, Poison } from './faults.js'
export type { Call, CommandRecord, Completion, Feature, Tables } from './feature.js'
export type { FetchItem, FetchItemReader } from './fetch/item.js'
export type { Hooks } from './hooks.js'
export type { Candidate } from './list/candidates.js'
export type { Offer, WantedCapabilities } from './offer.js'
export type { Output, Shape } from './output.js'
export { bad, no, Refusal, type RefusalKind } from './refusal.js'
export type { Dialogue, Mechanism } from './sasl/mechanism.js'
export type { SearchContext, SearchKeyReader, SearchTest } from './search/key.js'
export { ImapServer, type ConnectOptions } from './server.js'
export type { Line, Session, SessionState, Surroundings } from './session.js'
export type {
  MailboxOptions,
  MessageInput,
  MessageOptions,
  ServerLimits,
  ServerOptions,
  ServerSecurity,
  ServerSettings,
  UserOptions,
} from './settings.js'
export type * from './slots.js'
export type { Account, AccountChange } from './store/account.js'
export { Extra } from './store/extra.js'
export type { Expunged, FlagChange, MemoryMailbox, NewMessage, Watcher } from './store/mailbox.js'
export type { MessageFacts, StoredMessage } from './store/message.js'
export type { Updates, View } from './store/view.js'
export type { MailboxHandle, ServerMessage, UserHandle } from './user.js'
export type { ScriptStep } from './script/parse.js'
export { ScriptError } from './script/player.js'
export { ScriptedServer, type ScriptOptions } from './script/server.js'
export type { AnnotationOptions } from './extensions/annotate.js'
export type { InProgressOptions } from './extensions/inprogress.js'
export type { MetadataOptions } from './extensions/metadata.js'
export type { ReferralOptions } from './extensions/referrals.js'
