import type { Command } from '../commands/command.js'

/** STARTTLS (RFC 9051 §6.2.1): the one command that a connection sends by itself, before it is handed out. */
export const starttls: Command<void> = {
  name: 'STARTTLS',
  states: ['not-authenticated'],
  traits: { exclusive: true, effect: { kind: 'starttls' } },
  safe: true,
  collect: () => ({ done: () => undefined }),
}
