import type { Command } from './command.js'
import { mailboxSelected } from './states.js'

/** CLOSE: leaves the mailbox and removes, without telling, all messages marked `\Deleted` (RFC 9051 §6.4.1). */
export function close(): Command<void> {
  return leave('CLOSE', undefined, false)
}

/** UNSELECT: leaves the mailbox and removes nothing (RFC 3691, RFC 9051 §6.4.2). */
export function unselect(): Command<void> {
  return leave('UNSELECT', 'UNSELECT', true)
}

function leave(name: string, needs: string | undefined, safe: boolean): Command<void> {
  return {
    name,
    states: mailboxSelected,
    ...(needs !== undefined && { needs }),
    traits: { effect: { kind: 'unselect' } },
    safe,
    collect: () => ({ done: () => undefined }),
  }
}
