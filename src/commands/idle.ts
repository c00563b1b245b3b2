import type { Command } from './command.js'
import { loggedIn } from './states.js'

/**
 * IDLE: lets the server tell news at once (RFC 2177, RFC 9051 §6.3.13). It ends by `DONE`, which is written when another
 * command waits or the call is aborted; the news come as events.
 */
export function idle(): Command<void> {
  return {
    name: 'IDLE',
    states: loggedIn,
    needs: 'IDLE',
    traits: { exclusive: true, interrupt: 'DONE', yields: true },
    safe: true,
    collect: () => ({
      // The continuation only says that idling has begun: nothing is to be answered.
      continued: () => null,
      done: () => undefined,
    }),
  }
}
