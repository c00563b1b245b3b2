import { checkString } from '../commands/checks.js'
import type { Command } from '../commands/command.js'
import {
  checkCriteria,
  usesSequenceNumbers,
  writeCharsetCriteria,
  type CoreCriteria,
  type SearchKeys,
} from '../commands/search-criteria.js'
import { coreSearchKeys } from '../commands/search-keys.js'
import { mailboxSelected } from '../commands/states.js'
import { ArgumentError } from '../model/errors.js'
import { MAX_NUMBER, type SeqNum, type Uid } from '../model/ids.js'
import type { ExtensionResponse, Untagged } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import type { Extension } from './extension.js'

/**
 * How messages are put together: by subject, by their references and subjects (RFC 5256 §3), or by references alone, the
 * order of the conversations being that of their newest messages on most servers.
 */
export type ThreadAlgorithm = 'ORDEREDSUBJECT' | 'REFERENCES' | 'REFS' | (string & {})

/** A message with the replies to it. Conversations may be deep: walk through them without recursion. */
export interface Thread<Num extends number = Uid> {
  /** null for a message that was not found but that holds its replies together. */
  readonly message: Num | null
  readonly children: readonly Thread<Num>[]
}

interface Node {
  readonly message: number | null
  readonly children: Node[]
}

interface ThreadResponse extends ExtensionResponse {
  readonly type: 'X:THREAD'
  readonly threads: readonly Node[]
}

const isThread = (response: Untagged): response is ThreadResponse => response.type === 'X:THREAD'

/**
 * thread-data    = "THREAD" [SP 1*thread-list]
 * thread-list    = "(" (thread-members / thread-nested) ")"
 * thread-members = nz-number *(SP nz-number) [SP thread-nested]
 * thread-nested  = 2*thread-list   (RFC 5256 §5)
 *
 * A single nested list is taken too. Nothing recurses: a conversation may be as long as the mailbox.
 */
function readThreads(cursor: Cursor): ThreadResponse {
  const threads: Node[] = []
  // Where the next message goes, for every list that is open: among the replies to the one before it.
  const open: Node[][] = []
  let into = threads
  let isFirst = false
  for (cursor.skipSpaces(); !cursor.atEnd; cursor.skipSpaces()) {
    if (cursor.tryChar('(')) {
      cursor.enter()
      if (isFirst) into = add(cursor, into, null)
      open.push(into)
      isFirst = true
    } else if (cursor.tryChar(')')) {
      const before = open.pop()
      if (before === undefined || isFirst) throw cursor.fail('A message of the thread expected')
      cursor.leave()
      into = before
    } else {
      if (open.length === 0) throw cursor.fail('"(" expected')
      const number = cursor.number()
      if (number === 0 || number > MAX_NUMBER) throw cursor.fail('A message number from 1 to 4294967295 is expected')
      into = add(cursor, into, number)
      isFirst = false
    }
    if (open.length === 0) into = threads
  }
  if (open.length > 0) throw cursor.fail('")" expected')
  return { kind: 'untagged', type: 'X:THREAD', threads }
}

/** Adds a message and gives where replies to it go. */
function add(cursor: Cursor, into: Node[], message: number | null): Node[] {
  cursor.countItems()
  const node: Node = { message, children: [] }
  into.push(node)
  return node.children
}

/**
 * UID THREAD: finds messages as `search` does and gives their UIDs in conversations (RFC 5256 §3).
 *
 * @param keys - the search keys that are known
 * @throws ArgumentError for an algorithm whose name is no atom, and for an unknown key
 */
export function thread(
  algorithm: ThreadAlgorithm,
  criteria: CoreCriteria = {},
  keys: SearchKeys = coreSearchKeys,
): Command<readonly Thread[]> {
  return makeThread<Uid>('UID THREAD', algorithm, criteria, keys)
}

/** THREAD: as {@link thread}, with sequence numbers, which are a snapshot. */
export function threadSeq(
  algorithm: ThreadAlgorithm,
  criteria: CoreCriteria = {},
  keys: SearchKeys = coreSearchKeys,
): Command<readonly Thread<SeqNum>[]> {
  return makeThread<SeqNum>('THREAD', algorithm, criteria, keys)
}

/** thread = ["UID" SP] "THREAD" SP thread-alg SP search-criteria   (RFC 5256 §5) */
function makeThread<Num extends number>(
  command: 'THREAD' | 'UID THREAD',
  algorithm: string,
  criteria: CoreCriteria,
  keys: SearchKeys,
): Command<readonly Thread<Num>[]> {
  checkString('The algorithm of THREAD', algorithm)
  const name = algorithm.toUpperCase()
  if (!/^[A-Z0-9][A-Z0-9._-]*$/.test(name)) throw new ArgumentError('The algorithm of THREAD is a name like REFERENCES')
  checkCriteria(criteria, keys)
  return {
    name: command,
    needs: `THREAD=${name}`,
    states: mailboxSelected,
    traits: {
      answers: 'THREAD',
      seqArgs: usesSequenceNumbers(criteria, keys),
      noExpunge: command === 'THREAD',
    },
    safe: true,
    encode: (w, context) => writeCharsetCriteria(w.sp().word(name).sp(), criteria, keys, context),
    collect: () => {
      const threads: Node[] = []
      return {
        untagged: (response) => {
          if (!isThread(response)) return false
          for (const each of response.threads) threads.push(each)
          return true
        },
        done: () => (name === 'ORDEREDSUBJECT' ? threads.map(flat) : threads) as readonly Thread<Num>[],
      }
    },
  }
}

/** There are no replies to replies in ORDEREDSUBJECT; those that a server sends belong beside them (RFC 5256 §3). */
function flat({ message, children }: Node): Node {
  const replies: Node[] = []
  const waiting = children.toReversed()
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    replies.push({ message: next.message, children: [] })
    for (const each of next.children.toReversed()) waiting.push(each)
  }
  return { message, children: replies }
}

/** THREAD=*: finds messages in conversations (RFC 5256). */
export const threads: readonly Extension[] = [
  {
    capability: 'THREAD=REFERENCES',
    spec: [5256],
    summary: 'Puts messages into conversations by what they refer to, and by their subjects.',
    usage: "mailbox.thread('REFERENCES', { since: '2026-01-01' })",
    examples: ['rfc5256.txt'],
    tested: ['embedded', 'transcript', 'dovecot', 'cyrus', 'courier'],
    untagged: { THREAD: readThreads },
  },
  {
    capability: 'THREAD=ORDEREDSUBJECT',
    spec: [5256],
    summary: 'Puts messages of one subject together.',
    usage: "mailbox.thread('ORDEREDSUBJECT')",
    examples: ['rfc5256.txt'],
    tested: ['embedded', 'transcript', 'dovecot', 'cyrus', 'courier'],
  },
  {
    capability: 'THREAD=REFS',
    spec: 'draft',
    summary: 'Puts messages into conversations by what they refer to alone.',
    usage: "mailbox.thread('REFS')",
    tested: ['embedded', 'dovecot', 'cyrus'],
  },
]
