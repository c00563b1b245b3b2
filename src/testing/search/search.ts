import type { Arguments } from '../arguments.js'
import type { Call, Completion, Feature } from '../feature.js'
import { decoderOf } from '../mime/decode.js'
import { lookUp } from '../lookup.js'
import { bad, no, Refusal } from '../refusal.js'
import type { Session } from '../session.js'
import type { SearchReturn } from '../slots.js'
import type { StoredMessage } from '../store/message.js'
import { quoted, setText } from '../syntax.js'
import type { SearchContext, SearchTest } from './key.js'
import { comparable } from './text.js'

/** The options of RETURN that a command has. */
interface Wanted {
  readonly options: ReadonlyMap<string, SearchReturn>
  readonly data: readonly ReturnType<SearchReturn['read']>[]
}

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
    else writeExtended(session, found, wanted ?? allWanted(session, args), call, context.modSeq)
    return {}
  } catch (error) {
    // A search that fails leaves nothing saved (RFC 9051 §6.4.4.1); one that is not understood changes nothing.
    if (error instanceof Refusal && error.kind === 'NO' && wanted?.options.has('SAVE') === true)
      session.saved = new Set()
    throw error
  }
}

/** search-return-opts = SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")"; null without them. */
function readReturns(session: Session, args: Arguments): Wanted | null {
  const { searchReturns } = session.server.tables
  const start = args.pos
  if (!session.has('ESEARCH', 'SEARCHRES') || !args.take(' ') || !args.takeWord('RETURN')) {
    args.pos = start
    return null
  }
  args.sp()
  const options = new Map<string, SearchReturn>()
  const data = args.list(() => {
    const name = args.name('an option of RETURN')
    const option = lookUp(session, searchReturns, name, 'option of RETURN')
    options.set(name, option)
    return option.read(args, session)
  }, true)
  return options.size === 0 ? allWanted(session, args) : { options, data }
}

/** What an empty RETURN stands for, and SEARCH without RETURN in IMAP4rev2: ALL. */
function allWanted(session: Session, args: Arguments): Wanted {
  const option = lookUp(session, session.server.tables.searchReturns, 'ALL', 'option of RETURN')
  return { options: new Map([['ALL', option]]), data: [option.read(args, session)] }
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
  const reader = lookUp(session, session.server.tables.searchKeys, name, 'search key')
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
  wanted: Wanted,
  { tag, uid }: Call,
  modSeq: boolean,
): void {
  const counting = relevant(found, wanted)
  const number = (message: StoredMessage): number => numberOf(session, message, uid)
  const data = wanted.data.map((tell) => tell(found, number)).filter((text) => text !== null)
  if (modSeq && found.length > 0) data.push(`MODSEQ ${highestModSeq(counting)}`)
  if (wanted.options.has('SAVE')) session.saved = new Set(counting)
  // With SAVE alone nothing is told (RFC 5182 §2.1).
  if (wanted.options.size === 1 && wanted.options.has('SAVE')) return
  session.out.line(`* ESEARCH (TAG ${quoted(tag)})${uid ? ' UID' : ''}${data.map((item) => ` ${item}`).join('')}`)
}

/** With MIN or MAX alone only these count, for `$` as for MODSEQ (RFC 5182 §2.4, RFC 4731 §3.2). */
function relevant(found: readonly StoredMessage[], { options }: Wanted): readonly StoredMessage[] {
  const telling = [...options].filter(([name]) => name !== 'SAVE').map(([, option]) => option)
  const counts = telling.map((option) => option.counts?.(found) ?? null)
  return counts.length === 0 || counts.includes(null) ? found : counts.flatMap((each) => each ?? [])
}

const esearch = ['ESEARCH'] as const

/** An option that takes no value. */
function option(tell: ReturnType<SearchReturn['read']>, counts?: SearchReturn['counts']): SearchReturn {
  return { needs: esearch, read: () => tell, ...(counts === undefined ? {} : { counts }) }
}

/** SEARCH and UID SEARCH (RFC 9051 §6.4.4, RFC 4731, RFC 5182). */
export const searchFeature: Feature = {
  capabilities: ['ESEARCH', 'SEARCHRES'],
  searchReturns: {
    MIN: option(
      ([first], number) => (first === undefined ? null : `MIN ${number(first)}`),
      (found) => found.slice(0, 1),
    ),
    MAX: option(
      (found, number) => found.slice(-1).map((message) => `MAX ${number(message)}`)[0] ?? null,
      (found) => found.slice(-1),
    ),
    ALL: option((found, number) => (found.length === 0 ? null : `ALL ${setText(found.map(number))}`)),
    COUNT: option((found) => `COUNT ${found.length}`),
    SAVE: { needs: ['SEARCHRES'], read: () => () => null },
  },
  commands: [
    { name: 'SEARCH', states: ['selected'], tellsExpunge: false, run: search },
    { name: 'UID SEARCH', states: ['selected'], run: search },
  ],
}
