import type { Arguments } from '../arguments.js'
import { lookUp } from '../lookup.js'
import { decoderOf } from '../mime/decode.js'
import { bad, no } from '../refusal.js'
import type { Session } from '../session.js'
import type { View } from '../store/view.js'
import type { SearchContext, SearchTest } from './key.js'
import { comparable } from './text.js'

/** What the keys of one search share. @throws Refusal `[BADCHARSET]` */
export function searchContext(session: Session, charset: string, view: View = session.selected): SearchContext {
  const decoder = decoderOf(charset.toUpperCase() === 'US-ASCII' ? 'utf-8' : charset)
  if (decoder === null) throw no('This charset is not known', 'BADCHARSET (US-ASCII UTF-8 ISO-8859-1)')
  return {
    session,
    view,
    modSeq: false,
    text: (octets) => comparable(decoder.decode(octets)),
    key(args) {
      return readKey(args, this)
    },
  }
}

/** search-program = ["CHARSET" SP charset SP] search-key *(SP search-key); the space ahead of the keys stays. */
export function readCharset(session: Session, args: Arguments, view?: View): SearchContext {
  let charset = 'utf-8'
  const start = args.pos
  if (args.take(' ') && args.takeWord('CHARSET')) {
    args.sp()
    charset = args.astringText('a charset')
  } else args.pos = start
  return searchContext(session, charset, view)
}

/** search-key *(SP search-key): all of them must fit. */
export function readKeys(args: Arguments, context: SearchContext): SearchTest {
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
  const { session, view } = context
  if (args.peek() === '(') return all(args.list(() => readKey(args, context)))
  if (/[0-9*$]/.test(args.peek())) {
    const set = args.set()
    if (set === '$' && !session.has('SEARCHRES')) throw bad('$ needs SEARCHRES')
    const found = new Set(session.numbered(set, false, view))
    return (message) => found.has(message)
  }
  const name = args.name('a search key')
  const reader = lookUp(session, session.server.tables.searchKeys, name, 'search key')
  return args.nested(() => reader.read(args, context))
}
