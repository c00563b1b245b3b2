import type { Arguments } from '../arguments.js'
import type { Call, Completion, Feature } from '../feature.js'
import { Refusal } from '../refusal.js'
import type { Session } from '../session.js'
import type { NumberOf } from '../slots.js'
import type { StoredMessage } from '../store/message.js'
import { readCharset, readKeys, searchContext } from './program.js'
import { allReturned, highestModSeq, readReturns, writeExtended } from './returns.js'

/** search = "SEARCH" [search-return-opts] SP search-program */
function search(session: Session, args: Arguments, call: Call): Completion {
  const wanted = readReturns(session, args)
  try {
    const context = searchContext(session)
    readCharset(args, context)
    args.sp()
    const test = readKeys(args, context)
    args.end()
    const { messages } = session.selected
    const searched = messages.filter((message) => context.scope.every((inScope) => inScope(message)))
    const found = session.limited(searched, call).filter((message) => !message.expunged && test(message))
    const number = numberOf(session, call)
    if (wanted === null && !session.rev2) writeSearch(session, found, number, context.modSeq)
    else {
      const answer = { session, call, number, sorted: false, context, test }
      writeExtended(found, wanted ?? allReturned(session, args), answer)
    }
    return {}
  } catch (error) {
    // A search that fails leaves nothing saved (RFC 9051 §6.4.4.1); one that is not understood changes nothing.
    if (error instanceof Refusal && error.kind === 'NO' && wanted?.has('SAVE') === true) session.saved = new Set()
    throw error
  }
}

/** By which numbers the answer to a command names messages. */
export function numberOf(session: Session, { uid }: Call): NumberOf {
  return (message) => (uid ? message.uid : session.selected.seqOf(message))
}

/** mailbox-data =/ "SEARCH" *(SP nz-number) [SP "(" "MODSEQ" SP mod-sequence-value ")"] */
function writeSearch(session: Session, found: readonly StoredMessage[], number: NumberOf, modSeq: boolean): void {
  const { out } = session
  out.text('* SEARCH')
  for (const message of found) out.text(` ${number(message)}`)
  out.line(modSeq && found.length > 0 ? ` (MODSEQ ${highestModSeq(found)})` : '')
}

/** SEARCH and UID SEARCH (RFC 9051 §6.4.4, RFC 4731, RFC 5182). */
export const searchFeature: Feature = {
  commands: [
    { name: 'SEARCH', states: ['selected'], tellsExpunge: false, run: search },
    { name: 'UID SEARCH', states: ['selected'], run: search },
  ],
}
