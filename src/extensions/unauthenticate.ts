import type { Command } from '../commands/command.js'
import { loggedIn } from '../commands/states.js'
import type { Extension } from './extension.js'

/**
 * UNAUTHENTICATE: ends the session of a user but not the connection (RFC 8437 §3). Nothing is selected or enabled after
 * it, and compression ends; TLS stays.
 *
 * command-auth =/ "UNAUTHENTICATE"   (RFC 8437 §6)
 */
export function unauthenticate(): Command<void> {
  return {
    name: 'UNAUTHENTICATE',
    states: loggedIn,
    needs: 'UNAUTHENTICATE',
    traits: { exclusive: true, effect: { kind: 'unauthenticate' } },
    safe: true,
    collect: () => ({ done: () => undefined }),
  }
}

/** UNAUTHENTICATE: one connection for several users (RFC 8437). */
export const unauthenticated: Extension = {
  capability: 'UNAUTHENTICATE',
  spec: [8437],
  summary: 'Logs out of an account without closing the connection, so that another one can log in.',
  usage: 'client.unauthenticate()',
  examples: ['rfc8437.txt'],
  tested: ['embedded'],
}
