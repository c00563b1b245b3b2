import { createHash } from 'node:crypto'
import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import type { FetchItemReader } from '../fetch/item.js'
import { field, withoutComments } from '../mime/headers.js'
import { parsed } from '../mime/part.js'
import type { SearchKeyReader } from '../search/key.js'
import { Extra } from '../store/extra.js'
import type { MemoryMailbox } from '../store/mailbox.js'
import type { StoredMessage } from '../store/message.js'

const needs = ['OBJECTID'] as const

/** An identifier made of what it stands for: nothing has to be kept, and a copy has the one of its source. */
function identifier(prefix: string, ...of: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const each of of) hash.update(each).update('\0')
  return `${prefix}${hash.digest('hex').slice(0, 24)}`
}

/** Octets and INTERNALDATE: what may never change under a UID (RFC 8474 §5.1). */
const emailIds = new Extra<StoredMessage, string>(({ raw, received }) =>
  identifier('M', dateKey(received.date, received.zone), raw),
)

/** Messages that go back to one message belong together (RFC 8474 §5.2). */
const threadIds = new Extra<StoredMessage, string>((message) => {
  const { header } = parsed(message).root
  const names = ['references', 'in-reply-to', 'message-id'].map((key) => field(header, key) ?? '')
  const first = /<[^<>\s]+>/.exec(withoutComments(names.join(' ')))
  return identifier('T', first?.[0] ?? emailIds.get(message))
})

function dateKey(date: Date, zone: number): string {
  return `${date.getTime()} ${zone}`
}

/** The identifier of the content of a message. */
export function emailIdOf(message: StoredMessage): string {
  return emailIds.get(message)
}

/** The identifier of the conversation that a message belongs to. */
export function threadIdOf(message: StoredMessage): string {
  return threadIds.get(message)
}

/** fetch-emailid-resp = "EMAILID" SP "(" objectid ")", and THREADID in the same form */
function item(label: string, of: (message: StoredMessage) => string): FetchItemReader {
  return { needs, read: () => ({ label, write: (out, message) => void out.text(`${label} (${of(message)})`) }) }
}

/** objectid = 1*255(ALPHA / DIGIT / "_" / "-"), compared with regard to case */
export function readObjectId(args: Arguments): string {
  const start = args.pos
  const id = args.atom('an object identifier')
  if (/^[A-Za-z0-9_-]{1,255}$/.test(id)) return id
  args.pos = start
  throw args.expected('an object identifier of up to 255 letters, digits, _ and -')
}

/** search-key =/ "EMAILID" SP objectid / "THREADID" SP objectid */
function key(of: (message: StoredMessage) => string): SearchKeyReader {
  return {
    needs,
    read(args) {
      args.sp()
      const wanted = readObjectId(args)
      return (message) => of(message) === wanted
    },
  }
}

/** "MAILBOXID" SP "(" objectid ")" */
const mailboxId = ({ id }: MemoryMailbox): string => `MAILBOXID (${id})`

/** OBJECTID (RFC 8474). */
export const objectIdFeature: Feature = {
  capabilities: ['OBJECTID'],
  fetchItems: { EMAILID: item('EMAILID', emailIdOf), THREADID: item('THREADID', threadIdOf) },
  searchKeys: { EMAILID: key(emailIdOf), THREADID: key(threadIdOf) },
  statusItems: { MAILBOXID: { needs, value: ({ id }) => `(${id})` } },
  hooks: {
    needs,
    onCreate: (_session, mailbox) => mailboxId(mailbox),
    onSelect: (session, { mailbox }) => void session.out.line(`* OK [${mailboxId(mailbox)}] Identifier`),
  },
}
