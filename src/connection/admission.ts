import type { Command } from '../commands/command.js'
import { CapabilityError, type ImapError, StateError } from '../model/errors.js'
import type { StateName } from '../model/events.js'
import { lackedVersion } from '../model/generation.js'
import type { ConnectionState } from './state.js'

/**
 * Checks a command when its turn has come, before anything is written: whether the state allows it (RFC 9051 §6),
 * whether its mailbox is still the selected one, and whether the server has what it needs.
 *
 * @param selection - serial of the selection that the command belongs to
 * @returns the error to reject it with, or undefined
 */
export function refusal(
  command: Command<unknown>,
  selection: number | undefined,
  state: ConnectionState,
): ImapError | undefined {
  const { name } = command
  if (selection !== undefined) {
    const selected = state.selection
    if (selected?.serial !== selection) {
      return new StateError(`${name}: the mailbox of this handle is no longer selected; select it again`, {
        command: name,
      })
    }
    if (selected.stale) {
      return new StateError(`${name}: UIDVALIDITY of ${selected.name} has changed; select the mailbox again`, {
        command: name,
      })
    }
  }
  if (!command.states.includes(state.name)) {
    return new StateError(
      `${name} is not allowed in the state '${state.name}': ${advice(command.states, state.name)}`,
      {
        command: name,
      },
    )
  }
  if (state.enabled.has('UIDONLY') && (command.traits?.seqArgs === true || command.traits?.noExpunge === true)) {
    const message = `${name}: with UIDONLY enabled messages have no sequence numbers (RFC 9586); use UIDs`
    return new StateError(message, { command: name })
  }
  // Two layers of it would be one more than the server undoes (RFC 4978 §3).
  if (command.traits?.effect?.kind === 'compress' && state.compressed) {
    return new StateError(`${name}: the connection is compressed already`, { command: name })
  }
  return missing(command, state)
}

function advice(allowed: readonly StateName[], now: StateName): string {
  if (now === 'logout') return 'the session has ended, connect again'
  if (now === 'not-authenticated') return 'authenticate first'
  if (now === 'authenticated') return allowed.includes('selected') ? 'select a mailbox first' : 'it comes before login'
  return allowed.includes('authenticated') ? 'unselect the mailbox first' : 'it comes before login'
}

function missing({ name, needs }: Command<unknown>, state: ConnectionState): ImapError | undefined {
  const version = lackedVersion(name, state.capabilities)
  if (version !== undefined) {
    return new CapabilityError(version, `${name} needs ${version}; this server speaks an older IMAP`, { command: name })
  }
  if (needs === undefined) return undefined
  const wanted = typeof needs === 'string' ? [needs] : needs
  const [first] = wanted
  if (first === undefined || wanted.some((each) => state.capabilities.has(each))) return undefined
  const why = state.capabilities.known
    ? 'which the server does not announce'
    : 'and what the server can do is not known: send CAPABILITY first'
  return new CapabilityError(first, `${name} needs ${wanted.join(' or ')}, ${why}`, { command: name })
}
