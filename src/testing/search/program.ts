import type { Arguments, SentSet } from '../arguments.js'
import { lookUp } from '../lookup.js'
import { decoderOf } from '../mime/decode.js'
import { bad, no } from '../refusal.js'
import type { Session } from '../session.js'
import type { View } from '../store/view.js'
import type { SearchContext, SearchTest } from './key.js'
import { activeCollation } from './collation.js'

/** A key that names messages by numbers. */
const NUMBERS = /^(?:[\d*$]|UID(?:AFTER|BEFORE)? )/i

/** What the keys of one search share, with arguments in UTF-8 until told otherwise. */
export function searchContext(session: Session, view: View = session.selected, lenient = false): SearchContext {
  const collation = activeCollation.get(session)
  let decoder = new TextDecoder('utf-8')
  return {
    session,
    view,
    charset: 'UTF-8',
    lenient,
    scope: [],
    modSeq: false,
    useCharset(name) {
      const upper = name.toUpperCase()
      // RFC 9755 §3: SORT and THREAD then take nothing else.
      const utf8Only = session.enabled.has('UTF8=ACCEPT') && upper !== 'UTF-8'
      if (utf8Only) throw no('All is UTF-8 after ENABLE UTF8=ACCEPT', 'BADCHARSET (UTF-8)')
      const found = decoderOf(upper === 'US-ASCII' ? 'utf-8' : upper)
      if (found === null) throw no('This charset is not known', 'BADCHARSET (US-ASCII UTF-8 ISO-8859-1)')
      decoder = found
      this.charset = upper
    },
    prepare: (text) => collation.prepare(text),
    text: (octets) => collation.prepare(decoder.decode(octets)),
    holds: (text, wanted) => collation.prepare(text).includes(wanted),
    key(args) {
      return readKey(args, this)
    },
  }
}

/** search-program = ["CHARSET" SP charset SP] search-key *(SP search-key); the space ahead of the keys stays. */
export function readCharset(args: Arguments, context: SearchContext): void {
  const start = args.pos
  if (args.take(' ') && args.takeWord('CHARSET')) {
    // All is UTF-8 then, and a charset can only contradict that (RFC 6855 §3).
    if (context.session.enabled.has('UTF8=ACCEPT')) throw bad('SEARCH has no CHARSET after ENABLE UTF8=ACCEPT')
    args.sp()
    context.useCharset(args.astringText('a charset'))
  } else args.pos = start
}

/** search-criteria = charset 1*(SP search-key): the charset of SORT and THREAD (RFC 5256 §5). */
export function readCriteria(args: Arguments, context: SearchContext): SearchTest {
  context.useCharset(args.peek() === '"' ? args.string('a charset').toString('latin1') : args.atom('a charset'))
  args.sp()
  return readKeys(args, context)
}

/** search-key *(SP search-key): all of them must fit. */
export function readKeys(args: Arguments, context: SearchContext): SearchTest {
  const tests: SearchTest[] = []
  do {
    const byNumber = NUMBERS.test(args.text.slice(args.pos, args.pos + 20))
    const test = readKey(args, context)
    tests.push(test)
    if (byNumber) context.scope.push(test)
  } while (args.take(' '))
  return all(tests)
}

function all(tests: readonly SearchTest[]): SearchTest {
  return tests.length === 1 ? (tests[0] as SearchTest) : (message) => tests.every((test) => test(message))
}

/** search-key = "ALL" / … / sequence-set / "(" search-key *(SP search-key) ")" */
function readKey(args: Arguments, context: SearchContext): SearchTest {
  const { session, view } = context
  if (args.peek() === '(') return all(args.list(() => readKey(args, context)))
  if (/[0-9*$]/.test(args.peek())) {
    const set = args.set()
    if (set === '$' && !session.has('SEARCHRES')) throw bad('$ needs SEARCHRES')
    const found = new Set(session.numbered(context.lenient ? within(set, view.messages.length) : set, false, view))
    return (message) => found.has(message)
  }
  const name = args.name('a search key')
  const reader = lookUp(session, session.server.tables.searchKeys, name, 'search key')
  return args.nested(() => reader.read(args, context))
}

/** Of a set the sequence numbers up to `count`. */
function within(set: SentSet, count: number): SentSet {
  if (set === '$') return set
  return set.flatMap(({ from, to }) => {
    const low = Math.min(from === Infinity ? count : from, to === Infinity ? count : to)
    const high = to === Infinity ? Math.max(from === Infinity ? count : from, count) : to
    return low < 1 || low > count ? [] : [{ from: low, to: Math.min(high, count) }]
  })
}
