import type { Arguments } from '../arguments.js'
import { bad } from '../refusal.js'

/** sequence = NUMBER / (NUMBER ":" NUMBER) / 1#sequence by commas: there is no `*`. */
const SEQUENCE = / \d+(?::\d+)?(?:,\d+(?::\d+)?)*(?= )/y
const ATTRIBUTE = '(?:ENVELOPE|FLAGS|INTERNALDATE|RFC822(?:\\.(?:HEADER|SIZE|TEXT))?)'
const FETCH = new RegExp(` (?:ALL|FAST|${ATTRIBUTE}|\\(${ATTRIBUTE}(?: ${ATTRIBUTE})*\\))$`, 'iy')
const STORE = / [+-]?FLAGS /iy

/** What stands behind the keys of SEARCH. */
const KEYS: Readonly<Record<string, 'string' | 'date' | 'flag' | 'nothing'>> = {
  ...Object.fromEntries(['BCC', 'BODY', 'CC', 'FROM', 'SUBJECT', 'TEXT', 'TO'].map((key) => [key, 'string'])),
  ...Object.fromEntries(['BEFORE', 'ON', 'SINCE'].map((key) => [key, 'date'])),
  ...Object.fromEntries(['KEYWORD', 'UNKEYWORD'].map((key) => [key, 'flag'])),
  ...Object.fromEntries(
    'ALL ANSWERED DELETED FLAGGED NEW OLD RECENT SEEN UNANSWERED UNDELETED UNFLAGGED UNSEEN'
      .split(' ')
      .map((key) => [key, 'nothing']),
  ),
}

/** Makes sure that a command is one of RFC 1176, where IMAP4 has more; leaves the arguments as they are. @throws Refusal */
export function checkArguments(name: string, args: Arguments): void {
  const start = args.pos
  const rest = (pattern: RegExp, at: number): number => {
    pattern.lastIndex = at
    if (!pattern.test(args.text)) throw bad(`${name} has no such arguments in IMAP2`)
    return pattern.lastIndex
  }
  if (name === 'FETCH') rest(FETCH, rest(SEQUENCE, start))
  if (name === 'STORE') rest(STORE, rest(SEQUENCE, start))
  if (name === 'COPY') rest(SEQUENCE, start)
  if (name === 'SEARCH') checkKeys(args)
  args.pos = start
}

/** search = "SEARCH" SP search_program: 1#key */
function checkKeys(args: Arguments): void {
  while (args.take(' ')) {
    const key = args.name('a search key')
    const kind = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined
    if (kind === undefined) throw bad(`Unknown search key: ${key.slice(0, 40)}`)
    if (kind === 'nothing') continue
    args.sp()
    if (kind === 'string') args.astring()
    else if (kind === 'date') args.date()
    else args.atom('a flag')
  }
}
