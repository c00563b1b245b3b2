import type { Capabilities } from '../model/capabilities.js'
import type { Extension } from './extension.js'

/**
 * The entry that holds the name of the Sieve script of a mailbox, and of the server for mailboxes that have no such entry
 * (RFC 6785 §2.3.1). An empty value means no script. Read and write it by METADATA (RFC 5464).
 */
export const SIEVE_SCRIPT_ENTRY = '/shared/imapsieve/script'

/**
 * Where the scripts of a server are kept: the URL of its ManageSieve server (RFC 6785 §2.1, RFC 5804 §3); undefined
 * without IMAPSIEVE=. Capabilities are kept in upper case, so that the URL comes in lower case.
 *
 * @example
 * ```ts
 * import { sieveServer } from 'imapkit'
 * sieveServer(client.capabilities) // 'sieve://mail.example.org'
 * ```
 */
export function sieveServer(capabilities: Capabilities): string | undefined {
  const [url] = capabilities.values('IMAPSIEVE')
  return url === undefined || url === '' ? undefined : url.toLowerCase()
}

/** IMAPSIEVE=: Sieve scripts that run when messages are added to a mailbox or their flags change (RFC 6785). */
export const imapsieve: Extension = {
  capability: 'IMAPSIEVE=',
  spec: [6785],
  summary: 'Chooses the Sieve script that runs when messages are added to a mailbox or change their flags.',
  usage: "client.metadata.set('INBOX', { [SIEVE_SCRIPT_ENTRY]: 'tidy' })",
  note: 'The script itself is kept by ManageSieve, at sieveServer(client.capabilities).',
  examples: ['rfc6785.txt'],
  tested: ['transcript'],
}
