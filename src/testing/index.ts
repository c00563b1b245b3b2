export { selfSigned, type Certificate, type CertificateOptions } from './certificate.js'
export type { ServerConnection } from './connection.js'
export type { Fault, FaultHandle, Omission } from './faults.js'
export { ImapServer, type ConnectOptions } from './server.js'
export type {
  MailboxOptions,
  MessageInput,
  MessageOptions,
  ServerLimits,
  ServerOptions,
  ServerSecurity,
  UserOptions,
} from './settings.js'
export type { MailboxHandle, ServerMessage, UserHandle } from './user.js'
export type { ScriptStep } from './script/parse.js'
export { ScriptError } from './script/player.js'
export { ScriptedServer, type ScriptOptions } from './script/server.js'
