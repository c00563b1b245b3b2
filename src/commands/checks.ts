import { ArgumentError, CapabilityError } from '../model/errors.js'
import { SeqSet, UidSet, type SavedResult } from '../model/number-set.js'
import type { EncodeContext } from './command.js'
import type { Needs } from './slots.js'

/** What a command may name messages by: UIDs, sequence numbers or `$`. */
export type MessageSet = UidSet | SeqSet | SavedResult

/** @throws ArgumentError for anything but a string; callers without types are told what was wrong. */
export function checkString(what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw new ArgumentError(`${what} is a string`)
}

/** @throws ArgumentError for anything but an array */
export function checkArray(what: string, value: unknown): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw new ArgumentError(`${what} is an array`)
}

/** @throws ArgumentError for anything but an object with names in it */
export function checkObject(what: string, value: unknown): asserts value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ArgumentError(`${what} is an object`)
  }
}

/** @throws ArgumentError for what is no name of a mailbox; what cannot be written is refused by the writer. */
export function checkName(mailbox: string): void {
  const given: unknown = mailbox
  if (typeof given !== 'string' || given === '') {
    throw new ArgumentError('The name of a mailbox is a string that is not empty')
  }
}

/** Whether a command over `set` takes its UID form; `$` does, since what it stands for are messages. */
export function usesUids(set: MessageSet): set is UidSet | SavedResult {
  return set.kind !== 'seq'
}

/** @throws ArgumentError for anything but a set, such as a bare number or text. */
export function checkSet(set: MessageSet): void {
  const given: unknown = set
  const isSaved = typeof given === 'object' && given !== null && 'kind' in given && given.kind === 'saved'
  if (!isSaved && !(given instanceof UidSet) && !(given instanceof SeqSet)) {
    throw new ArgumentError('A set of messages is expected: make one with uids(…) or seqs(…)')
  }
}

/** @throws CapabilityError when the server lacks `capability`; `what` begins the sentence. */
export function checkCapability(context: EncodeContext, needs: Needs | undefined, what: string): void {
  if (needs === undefined || hasOneOf(context, needs)) return
  const names = typeof needs === 'string' ? [needs] : needs
  throw new CapabilityError(names[0] ?? '', `${what} needs ${names.join(' or ')}, which the server does not announce`)
}

/** Whether the server has the capability, or one of several. */
export function hasOneOf(context: Pick<EncodeContext, 'has'>, needs: Needs): boolean {
  return typeof needs === 'string' ? context.has(needs) : needs.some((each) => context.has(each))
}

/** `$` needs SEARCHRES, which IMAP4rev2 includes (RFC 5182). */
export function checkSaved(context: EncodeContext, set: MessageSet): void {
  if (set.kind === 'saved') checkCapability(context, 'SEARCHRES', 'The saved search result')
}

/** @throws ArgumentError for flags that are no list of names, or that a client cannot set (RFC 9051 §2.3.2). */
export function checkFlags(flags: readonly string[]): void {
  const given: unknown = flags
  if (!Array.isArray(given)) throw new ArgumentError("Flags are an array of names, such as ['\\\\Seen']")
  for (const flag of given) {
    if (typeof flag !== 'string' || flag === '') throw new ArgumentError('A flag is a name that is not empty')
    if (flag.toLowerCase() === '\\recent' || flag === '\\*') {
      throw new ArgumentError(`${flag} is set by the server alone: leave it out`)
    }
  }
}

/** @throws ArgumentError for what is no mod-sequence: 0 to 2^63-1 (RFC 7162 §7). */
export function checkModSeq(modSeq: bigint): void {
  const given: unknown = modSeq
  if (typeof given !== 'bigint' || given < 0n || given > 0x7fff_ffff_ffff_ffffn) {
    throw new ArgumentError('A mod-sequence is a bigint from 0n to 9223372036854775807n')
  }
}

/** The name as it is compared: INBOX in any case is INBOX (RFC 9051 §5.1). */
export function canonicalMailbox(name: string): string {
  return name.length === 5 && name.toUpperCase() === 'INBOX' ? 'INBOX' : name
}
