import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { field, type Header } from '../mime/headers.js'
import { parsed } from '../mime/part.js'
import type { StoredMessage } from '../store/message.js'
import { sentDay } from './dates.js'
import type { SearchContext, SearchKeyReader, SearchTest } from './key.js'
import { bodyContains, headerText, type Holds } from './text.js'

const rev1 = ['IMAP4rev1', 'IMAP2'] as const

/** A key that takes nothing. */
function simple(test: SearchTest, needs?: readonly string[]): SearchKeyReader {
  return { read: () => test, ...(needs === undefined ? {} : { needs }) }
}

const flag = (name: string): SearchKeyReader => simple((message) => message.flags.has(name))
const unflag = (name: string): SearchKeyReader => simple((message) => !message.flags.has(name))

/** A key that takes a keyword, compared without regard to case. */
function keyword(wanted: boolean): SearchKeyReader {
  return {
    read(args) {
      args.sp()
      const name = args.atom('a keyword').toLowerCase()
      return ({ flags }) => [...flags].some((each) => each.toLowerCase() === name) === wanted
    },
  }
}

/** A key that takes a date; `test` compares days since 1970. */
export function dated(
  day: (message: StoredMessage) => number | null,
  test: (a: number, b: number) => boolean,
  needs?: readonly string[],
): SearchKeyReader {
  return {
    ...(needs === undefined ? {} : { needs }),
    read(args) {
      args.sp()
      const wanted = args.date()
      return (message) => {
        const found = day(message)
        return found !== null && test(found, wanted)
      }
    },
  }
}

/** The day of INTERNALDATE, its time and zone disregarded (RFC 9051 §6.4.4). */
const internalDay = ({ received: { date, zone } }: StoredMessage): number =>
  Math.floor((date.getTime() + zone * 60_000) / 86_400_000)

const before = (a: number, b: number): boolean => a < b
const on = (a: number, b: number): boolean => a === b
const since = (a: number, b: number): boolean => a >= b

/** A key that takes a text to look for in header fields. */
function inFields(...keys: readonly string[]): SearchKeyReader {
  return {
    read(args, context) {
      args.sp()
      const holds = readWanted(args, context)
      return (message) => keys.some((key) => hasField(parsed(message).root.header, key, holds))
    },
  }
}

/** A text to look for. */
function readWanted(args: Arguments, context: SearchContext): Holds {
  const wanted = context.text(args.astring('a text to search for'))
  return (text) => context.holds(text, wanted)
}

function hasField(header: Header, key: string, holds: Holds): boolean {
  return header.fields.some((each) => each.key === key && holds(headerText(each.value)))
}

function size(test: (a: number, b: number) => boolean): SearchKeyReader {
  return {
    read(args) {
      args.sp()
      const wanted = args.number64('a size')
      return (message) => test(message.size, wanted)
    },
  }
}

function inText(withHeader: boolean): SearchKeyReader {
  return {
    read(args, context) {
      args.sp()
      const holds = readWanted(args, context)
      return (message) => bodyContains(parsed(message), holds, withHeader)
    },
  }
}

function readHeader(args: Arguments, context: SearchContext): SearchTest {
  args.sp()
  const key = args.astring('the name of a header field').toString('latin1').toLowerCase()
  args.sp()
  const holds = readWanted(args, context)
  return (message) => hasField(parsed(message).root.header, key, holds)
}

/** entry-name and entry-type are taken and, as all flags share one mod-sequence here, disregarded (RFC 7162 §3.1.5). */
function readModSeq(args: Arguments, context: SearchContext): SearchTest {
  args.sp()
  if (args.peek() === '"') {
    args.string('the name of an entry')
    args.sp()
    if (!['PRIV', 'SHARED', 'ALL'].some((type) => args.takeWord(type))) throw args.expected('priv, shared or all')
    args.sp()
  }
  const wanted = args.modSeq()
  context.modSeq = true
  context.session.enableCondstore()
  return (message) => message.modSeq >= wanted
}

/** The keys of SEARCH in RFC 3501 §6.4.4, RFC 9051 §6.4.4 and RFC 7162 §3.1.5, sets and `$` apart. */
export const searchKeysFeature: Feature = {
  searchKeys: {
    ALL: simple(() => true),
    ANSWERED: flag('\\Answered'),
    DELETED: flag('\\Deleted'),
    DRAFT: flag('\\Draft'),
    FLAGGED: flag('\\Flagged'),
    SEEN: flag('\\Seen'),
    UNANSWERED: unflag('\\Answered'),
    UNDELETED: unflag('\\Deleted'),
    UNDRAFT: unflag('\\Draft'),
    UNFLAGGED: unflag('\\Flagged'),
    UNSEEN: unflag('\\Seen'),
    KEYWORD: keyword(true),
    UNKEYWORD: keyword(false),
    RECENT: {
      needs: rev1,
      read:
        (_args, { view }) =>
        (message) =>
          view.recent.has(message),
    },
    OLD: {
      needs: rev1,
      read:
        (_args, { view }) =>
        (message) =>
          !view.recent.has(message),
    },
    NEW: {
      needs: rev1,
      read:
        (_args, { view }) =>
        (message) =>
          view.recent.has(message) && !message.flags.has('\\Seen'),
    },
    BEFORE: dated(internalDay, before),
    ON: dated(internalDay, on),
    SINCE: dated(internalDay, since),
    SENTBEFORE: dated(sent, before),
    SENTON: dated(sent, on),
    SENTSINCE: dated(sent, since),
    FROM: inFields('from'),
    TO: inFields('to'),
    CC: inFields('cc'),
    BCC: inFields('bcc'),
    SUBJECT: inFields('subject'),
    HEADER: { read: readHeader },
    BODY: inText(false),
    TEXT: inText(true),
    LARGER: size((a, b) => a > b),
    SMALLER: size((a, b) => a < b),
    UID: {
      read(args, { session, view }) {
        args.sp()
        const set = args.set()
        const found = new Set(session.numbered(set, true, view))
        return (message) => found.has(message)
      },
    },
    NOT: {
      read(args, context) {
        args.sp()
        const test = context.key(args)
        return (message) => !test(message)
      },
    },
    OR: {
      read(args, context) {
        args.sp()
        const first = context.key(args)
        args.sp()
        const second = context.key(args)
        return (message) => first(message) || second(message)
      },
    },
    MODSEQ: { needs: ['CONDSTORE'], read: readModSeq },
  },
}

function sent(message: StoredMessage): number | null {
  return sentDay(field(parsed(message).root.header, 'date'))
}
