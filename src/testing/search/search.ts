import type { Arguments } from '../arguments.js'
import type { Call, Completion, Feature } from '../feature.js'
import { decoderOf } from '../mime/decode.js'
import { bad, no, Refusal } from '../refusal.js'
import type { Session } from '../session.js'
import type { StoredMessage } from '../store/message.js'
import { quoted, setText } from '../syntax.js'
import type { SearchContext, SearchTest } from './key.js'
import { comparable } from './text.js'

const RETURNS = ['MIN', 'MAX', 'ALL', 'COUNT', 'SAVE'] as const
type Return = (typeof RETURNS)[number]

/** search = "SEARCH" [search-return-opts] SP search-program */
function search(session: Session, args: Arguments, call: Call): Completion {
  const wanted = readReturns(session, args)
  try {
    const context = readCharset(session, args)
    args.sp()
    const test = readKeys(args, context)
    args.end()
    const found = session.selected.messages.filter((message) => !message.expunged && test(message))
    if (wanted === null && !session.rev2) writeSearch(session, found, call, context.modSeq)
    else writeExtended(session, found, wanted ?? new Set(['ALL']), call, context.modSeq)
    return {}
  } catch (error) {
    // A search that fails leaves nothing saved (RFC 9051 §6.4.4.1); one that is not understood changes nothing.
    if (error instanceof Refusal && error.kind === 'NO' && wanted?.has('SAVE') === true) session.saved = new Set()
    throw error
  }
}

/** search-return-opts = SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")"; null without them. */
function readReturns(session: Session, args: Arguments): Set<Return> | null {
  const start = args.pos
  if (!session.has('ESEARCH', 'SEARCHRES') || !args.take(' ') || !args.takeWord('RETURN')) {
    args.pos = start
    return null
  }
  args.sp()
  const names = args.list(() => {
    const name = args.name('an option of RETURN')
    const known = RETURNS.find((each) => each === name)
    if (known === undefined || !session.has(known === 'SAVE' ? 'SEARCHRES' : 'ESEARCH')) {
      throw bad(`Unknown option of RETURN: ${name.slice(0, 40)}`)
    }
    return known
  }, true)
  return new Set(names.length === 0 ? ['ALL'] : names)
}

/** search-program = ["CHARSET" SP charset SP] search-key *(SP search-key); the space ahead of the keys stays. */
function readCharset(session: Session, args: Arguments): SearchContext {
  let charset = 'utf-8'
  const start = args.pos
  if (args.take(' ') && args.takeWord('CHARSET')) {
    args.sp()
    charset = args.astringText('a charset')
  } else args.pos = start
  const decoder = decoderOf(charset.toUpperCase() === 'US-ASCII' ? 'utf-8' : charset)
  if (decoder === null) throw no('This charset is not known', 'BADCHARSET (US-ASCII UTF-8 ISO-8859-1)')
  return {
    session,
    modSeq: false,
    text: (octets) => comparable(decoder.decode(octets)),
    key(args) {
      return readKey(args, this)
    },
  }
}

function readKeys(args: Arguments, context: SearchContext): SearchTest {
  const tests: SearchTest[] = []
  do tests.push(readKey(args, context))
  while (args.take(' '))
  return all(tests)
}

function all(tests: readonly SearchTest[]): SearchTest {
  return tests.length === 1 ? (tests[0] as SearchTest) : (message) => tests.every((test) => test(message))
}

/** search-key = "ALL" / … / sequence-set / "(" search-key *(SP search-key) ")" */
function readKey(args: Arguments, context: SearchContext): SearchTest {
  const { session } = context
  if (args.peek() === '(') return all(args.list(() => readKey(args, context)))
  if (/[0-9*$]/.test(args.peek())) {
    const set = args.set()
    if (set === '$' && !session.has('SEARCHRES')) throw bad('$ needs SEARCHRES')
    const found = new Set(session.selected.resolve(set, false, session.saved))
    return (message) => found.has(message)
  }
  const name = args.name('a search key')
  const reader = session.server.tables.searchKeys.get(name)
  if (reader === undefined || (reader.needs !== undefined && !session.has(...reader.needs))) {
    throw bad(`Unknown search key: ${name.slice(0, 40)}`)
  }
  return args.nested(() => reader.read(args, context))
}

function numberOf(session: Session, message: StoredMessage, uid: boolean): number {
  return uid ? message.uid : session.selected.seqOf(message)
}

function highestModSeq(messages: readonly StoredMessage[]): bigint {
  return messages.reduce((highest, { modSeq }) => (modSeq > highest ? modSeq : highest), 0n)
}

/** mailbox-data =/ "SEARCH" *(SP nz-number) [SP "(" "MODSEQ" SP mod-sequence-value ")"] */
function writeSearch(session: Session, found: readonly StoredMessage[], { uid }: Call, modSeq: boolean): void {
  const { out } = session
  out.text('* SEARCH')
  for (const message of found) out.text(` ${numberOf(session, message, uid)}`)
  out.line(modSeq && found.length > 0 ? ` (MODSEQ ${highestModSeq(found)})` : '')
}

/** esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data) */
function writeExtended(
  session: Session,
  found: readonly StoredMessage[],
  wanted: ReadonlySet<Return>,
  { tag, uid }: Call,
  modSeq: boolean,
): void {
  const first = found[0]
  const last = found.at(-1)
  const data: string[] = []
  const number = (message: StoredMessage): number => numberOf(session, message, uid)
  if (wanted.has('MIN') && first !== undefined) data.push(`MIN ${number(first)}`)
  if (wanted.has('MAX') && last !== undefined) data.push(`MAX ${number(last)}`)
  if (wanted.has('ALL') && found.length > 0) data.push(`ALL ${setText(found.map(number))}`)
  if (wanted.has('COUNT')) data.push(`COUNT ${found.length}`)
  if (modSeq && found.length > 0) data.push(`MODSEQ ${highestModSeq(relevant(found, wanted))}`)
  if (wanted.has('SAVE')) session.saved = new Set(relevant(found, wanted))
  // With SAVE alone nothing is told (RFC 5182 §2.1).
  if (wanted.size === 1 && wanted.has('SAVE')) return
  session.out.line(`* ESEARCH (TAG ${quoted(tag)})${uid ? ' UID' : ''}${data.map((item) => ` ${item}`).join('')}`)
}

/** With MIN or MAX alone only these count, for `$` as for MODSEQ (RFC 5182 §2.4, RFC 4731 §3.2). */
function relevant(found: readonly StoredMessage[], wanted: ReadonlySet<Return>): readonly StoredMessage[] {
  if (wanted.has('ALL') || wanted.has('COUNT') || (!wanted.has('MIN') && !wanted.has('MAX'))) return found
  const ends = [wanted.has('MIN') ? found[0] : undefined, wanted.has('MAX') ? found.at(-1) : undefined]
  return ends.filter((message) => message !== undefined)
}

/** SEARCH and UID SEARCH (RFC 9051 §6.4.4, RFC 4731, RFC 5182). */
export const searchFeature: Feature = {
  capabilities: ['ESEARCH', 'SEARCHRES'],
  commands: [
    { name: 'SEARCH', states: ['selected'], tellsExpunge: false, run: search },
    { name: 'UID SEARCH', states: ['selected'], run: search },
  ],
}
