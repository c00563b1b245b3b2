import { createHash } from 'node:crypto'
import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import type { FetchItem } from '../fetch/item.js'
import { parsed } from '../mime/part.js'
import { no } from '../refusal.js'
import type { SearchContext, SearchKeyReader } from '../search/key.js'
import { bodyContains } from '../search/text.js'
import type { StoreItem } from '../slots.js'
import { Extra } from '../store/extra.js'
import type { StoredMessage } from '../store/message.js'
import { mailboxName } from '../syntax.js'
import { threadIdOf } from './objectid.js'

const needs = ['X-GM-EXT-1'] as const

let lastId = 1_278_455_344_230_334_865n

/** Unsigned 64 bits; a copy in another mailbox is the same message. */
const messageIds: Extra<StoredMessage, bigint> = new Extra(({ origin }) =>
  origin === null ? ++lastId : messageIds.get(origin),
)

/** By lower case, as they came first. A message and its copies share one set. */
const labels: Extra<StoredMessage, Map<string, string>> = new Extra(({ origin }) =>
  origin === null ? new Map<string, string>() : labels.get(origin),
)

/** A conversation has the identifier that OBJECTID gives it, as a number. */
function threadNumber(message: StoredMessage): bigint {
  return createHash('sha256').update(threadIdOf(message)).digest().readBigUInt64BE()
}

/** The labels that are not names of the user's. */
const SYSTEM = ['\\Inbox', '\\Sent', '\\Important', '\\Starred', '\\Draft', '\\Trash', '\\Spam', '\\Muted']

/** label = "\" atom / astring, in the charset of mailbox names. @throws Refusal `[CANNOT]` */
function readLabel(args: Arguments): string {
  const label = args.take('\\') ? `\\${args.atom('a label')}` : args.mailbox()
  if (label === '') throw no('A label cannot be empty', 'CANNOT')
  if (!label.startsWith('\\')) return label
  const known = SYSTEM.find((each) => each.toLowerCase() === label.toLowerCase())
  if (known === undefined) throw no('There is no such system label', 'CANNOT')
  return known
}

/** "X-GM-LABELS" SP "(" [label *(SP label)] ")" */
const labelsItem: FetchItem = {
  label: 'X-GM-LABELS',
  write(out, message, { utf8 }) {
    const shown = [...labels.get(message).values()].map((label) => mailboxName(label, utf8))
    out.text(`X-GM-LABELS (${shown.join(' ')})`)
  },
}

/** ["+" / "-"] "X-GM-LABELS" [".SILENT"] SP (label / "(" [label *(SP label)] ")") */
const storeLabels: StoreItem = {
  needs,
  read(args, _session, { change }) {
    args.sp()
    const sent = args.peek() === '(' ? args.list(() => readLabel(args), true) : [readLabel(args)]
    const wanted = new Map(sent.map((label) => [label.toLowerCase(), label]))
    return {
      tells: [labelsItem],
      apply(message) {
        const kept = labels.get(message)
        const before = [...kept.keys()].sort().join('\n')
        if (change === 'replace') for (const key of kept.keys()) if (!wanted.has(key)) kept.delete(key)
        for (const [key, label] of wanted) {
          if (change === 'remove') kept.delete(key)
          else if (!kept.has(key)) kept.set(key, label)
        }
        return [...kept.keys()].sort().join('\n') !== before
      },
    }
  },
}

/** An item whose value is a number. */
function number(label: string, of: (message: StoredMessage) => bigint): FetchItem {
  return { label, write: (out, message) => void out.text(`${label} ${of(message)}`) }
}

/** A key that takes a number of unsigned 64 bits. */
function numberKey(of: (message: StoredMessage) => bigint): SearchKeyReader {
  return {
    needs,
    read(args) {
      args.sp()
      const start = args.pos
      const digits = args.atom('a number')
      if (!/^\d{1,20}$/.test(digits) || BigInt(digits) >= 2n ** 64n) {
        args.pos = start
        throw args.expected('a number of at most 64 bits')
      }
      const wanted = BigInt(digits)
      return (message) => of(message) === wanted
    },
  }
}

/** A query of the web interface, read as a text search: its words and quoted phrases, all of which must be there. */
function readRaw(args: Arguments, context: SearchContext): (message: StoredMessage) => boolean {
  args.sp()
  const query = context.text(args.astring('a query'))
  const terms = [...query.matchAll(/"([^"]*)"?|[^\s"]+/g)].map((match) => match[1] ?? match[0])
  return (message) => terms.every((term) => bodyContains(parsed(message), (text) => context.holds(text, term), true))
}

/**
 * X-GM-EXT-1: identifiers of 64 bits, labels and raw queries. Mailboxes stay what they are, they are no views of labels;
 * announced on request only, since a client then knows the provider.
 */
export const gmailFeature: Feature = {
  optionalCapabilities: needs,
  fetchItems: {
    'X-GM-MSGID': { needs, read: () => number('X-GM-MSGID', (message) => messageIds.get(message)) },
    'X-GM-THRID': { needs, read: () => number('X-GM-THRID', threadNumber) },
    'X-GM-LABELS': { needs, read: () => labelsItem },
  },
  storeItems: { 'X-GM-LABELS': storeLabels },
  searchKeys: {
    'X-GM-MSGID': numberKey((message) => messageIds.get(message)),
    'X-GM-THRID': numberKey(threadNumber),
    'X-GM-LABELS': {
      needs,
      read(args) {
        args.sp()
        const wanted = readLabel(args).toLowerCase()
        return (message) => labels.get(message).has(wanted)
      },
    },
    'X-GM-RAW': { needs, read: readRaw },
  },
}
