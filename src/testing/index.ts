export { selfSigned, type Certificate, type CertificateOptions } from './certificate.js'
export type { ConnectedClient } from './client.js'
export type { Fault, FaultHandle, Omission } from './faults.js'
export { Refusal, type RefusalKind } from './refusal.js'
export { ImapServer, type ConnectOptions } from './server.js'
export type { SessionState } from './session.js'
export type {
  MailboxOptions,
  MessageInput,
  MessageOptions,
  ServerLimits,
  ServerOptions,
  ServerSecurity,
  UserOptions,
} from './settings.js'
export type { FlagChange } from './store/mailbox.js'
export type { MailboxHandle, ServerMessage, UserHandle } from './user.js'
export type { ScriptStep } from './script/parse.js'
export { ScriptError } from './script/player.js'
export { ScriptedServer, type ScriptOptions } from './script/server.js'
