import type { Arguments } from '../arguments.js'
import type { Completion, Feature } from '../feature.js'
import { bad, no } from '../refusal.js'
import type { Session } from '../session.js'
import { Extra } from '../store/extra.js'
import { literal, mailboxName, nstring } from '../syntax.js'
import {
  mailboxMetadata,
  mayAnnotate,
  onMetadata,
  serverMetadata,
  tellMetadata,
  visibleEntries,
} from './metadata-store.js'
import type { Metadata, MetadataChange } from './metadata-store.js'

const needs = ['METADATA', 'METADATA-SERVER'] as const

/** What the entries of mailboxes and of the server can be limited to (RFC 5464 §4.1). */
export interface MetadataOptions {
  /** Octets of one value, 1024 or more; default 65536. */
  readonly maxSize?: number
  /** Entries of one mailbox or of the server that one user sees, 10 or more; default 1000. */
  readonly maxEntries?: number
  /** Whether there are private entries; default true. */
  readonly private?: boolean
  /** The URI that `/shared/admin` of the server tells, which no client can change. */
  readonly admin?: string
}

const ADMIN = '/shared/admin'

/** entry = astring: what is no name of an entry is BAD (RFC 5464 §3.2). @throws Refusal */
export function readEntry(args: Arguments): string {
  const start = args.pos
  const name = args.astring('the name of an entry').toString('latin1')
  const wellFormed = /^(\/[^/*%\x00-\x19\x7f-\xff]+)+$/.test(name) && /^\/(shared|private)(\/|$)/i.test(name)
  if (wellFormed) return name
  args.pos = start
  throw args.expected('the name of an entry: /shared/… or /private/…')
}

/** entries = entry / "(" entry *(SP entry) ")" */
function readEntries(args: Arguments): string[] {
  return args.peek() === '(' ? args.list(() => readEntry(args)) : [readEntry(args)]
}

/** The options of GETMETADATA. */
interface GetOptions {
  maxSize: number
  depth: number
}

/** "(" getmetadata-option *(SP getmetadata-option) ")": MAXSIZE SP number, DEPTH SP ("0" / "1" / "infinity") */
function readOptions(args: Arguments): GetOptions {
  const options = { maxSize: Infinity, depth: 0 }
  args.list(() => {
    if (args.takeWord('MAXSIZE')) {
      args.sp()
      options.maxSize = args.number('a size')
    } else if (args.takeWord('DEPTH')) {
      args.sp()
      if (args.takeWord('INFINITY')) options.depth = Infinity
      else if (args.takeWord('0') || args.takeWord('1')) options.depth = Number(args.text.charAt(args.pos - 1))
      else throw args.expected('0, 1 or infinity')
    } else throw args.expected('MAXSIZE or DEPTH')
  })
  return options
}

const atOptions = (args: Arguments): boolean => /^\((MAXSIZE|DEPTH) /i.test(args.text.slice(args.pos, args.pos + 9))

/** The entries of a mailbox, or of the server for the empty name. @throws Refusal */
function metadataOf(session: Session, name: string): Metadata {
  if (name === '') return serverMetadata.get(session.server)
  if (!session.has('METADATA')) throw no('Only the server has entries here', 'CANNOT')
  const mailbox = session.access.mailbox(name)
  if (!mayAnnotate(session, mailbox)) throw no('You may not read or change entries of this mailbox', 'NOPERM')
  return mailboxMetadata.get(mailbox)
}

/** The value of an entry as a session sees it. */
function valueOf(session: Session, metadata: Metadata, name: string): Buffer | null {
  const { admin } = session.server.settings.extensions.metadata ?? {}
  if (metadata === serverMetadata.get(session.server) && name.toLowerCase() === ADMIN && admin !== undefined) {
    return Buffer.from(admin)
  }
  return metadata.get(session.owner, name)
}

/** value = nstring / literal8. */
export function valueText(session: Session, value: Buffer | null): string {
  if (value === null) return 'NIL'
  const octets = value.toString('latin1')
  if (value.includes(0)) return `~{${value.length}}\r\n${octets}`
  return value.length > 1000 ? literal(octets) : nstring(octets, session.utf8)
}

/** metadata-resp = "METADATA" SP mailbox SP "(" entry-value *(SP entry-value) ")" (RFC 5464 §4.4.1) */
export function writeEntries(session: Session, name: string, metadata: Metadata, entries: readonly string[]): void {
  if (entries.length === 0) return
  const pairs = entries.map((entry) => `${entryText(entry)} ${valueText(session, valueOf(session, metadata, entry))}`)
  session.out.line(`* METADATA ${nameText(session, name)} (${pairs.join(' ')})`)
}

const entryText = (entry: string): string =>
  /^[\x21-\x7e]+$/.test(entry) && !/["\\(){}]/.test(entry) ? entry : nstring(entry, false)
const nameText = (session: Session, name: string): string => (name === '' ? '""' : mailboxName(name, session.utf8))

/** getmetadata = "GETMETADATA" [SP getmetadata-options] SP mailbox SP entries; the options of the examples come later. */
function getMetadata(session: Session, args: Arguments): Completion {
  args.sp()
  let options: GetOptions = { maxSize: Infinity, depth: 0 }
  const ahead = args.peek() === '('
  if (ahead) {
    options = readOptions(args)
    args.sp()
  }
  const name = args.mailbox()
  args.sp()
  if (!ahead && atOptions(args)) {
    options = readOptions(args)
    args.sp()
  }
  const asked = readEntries(args)
  args.end()
  const metadata = metadataOf(session, name)
  const entries = [...new Set(asked.flatMap((entry) => entriesBelow(session, metadata, entry, options.depth)))]
  const size = (entry: string): number => valueOf(session, metadata, entry)?.length ?? 0
  writeEntries(
    session,
    name,
    metadata,
    entries.filter((entry) => size(entry) <= options.maxSize),
  )
  const long = Math.max(0, ...entries.map(size).filter((octets) => octets > options.maxSize))
  return long > 0 ? { code: `METADATA LONGENTRIES ${long}` } : {}
}

/** An entry and those below it that exist; one that has no value is told so where nothing else is (RFC 5464 §4.2.2). */
function entriesBelow(session: Session, metadata: Metadata, entry: string, depth: number): string[] {
  const prefix = `${entry.toLowerCase()}/`
  const below = metadata.names(session.owner).filter((name) => {
    const rest = name.toLowerCase().startsWith(prefix) ? name.slice(prefix.length) : null
    return rest !== null && rest.split('/').length <= depth
  })
  return below.length === 0 || valueOf(session, metadata, entry) !== null ? [entry, ...below] : below
}

/** value = nstring / literal8. */
export function readValue(args: Arguments): Buffer | null {
  if (args.takeWord('NIL')) return null
  return args.literal()?.bytes ?? args.string('a value or NIL')
}

/** setmetadata = "SETMETADATA" SP mailbox SP "(" entry SP value *(SP entry SP value) ")": all entries or none. */
function setMetadata(session: Session, args: Arguments): void {
  args.sp()
  const name = args.mailbox()
  args.sp()
  const values = args.list(() => {
    const entry = readEntry(args)
    const levels = entry.split('/').slice(1)
    if (levels.length < 2) throw bad('The name of an entry has two levels or more')
    if (levels[1]?.toLowerCase() === 'vendor' && levels.length < 4)
      throw bad('An entry of a vendor has four levels or more')
    args.sp()
    return [entry, readValue(args)] as const
  })
  args.end()
  const metadata = metadataOf(session, name)
  storeEntries(session, name, metadata, values)
}

/** Changes entries, all or none, and tells others. @throws Refusal `[METADATA …]` */
export function storeEntries(
  session: Session,
  name: string,
  metadata: Metadata,
  values: readonly (readonly [entry: string, value: Buffer | null])[],
): void {
  const { maxSize = 65_536, maxEntries = 1000, private: own = true } = session.server.settings.extensions.metadata ?? {}
  const after = new Set(metadata.names(session.owner).map((entry) => entry.toLowerCase()))
  const before = after.size
  for (const [entry, value] of values) {
    const key = entry.toLowerCase()
    if (name === '' && key === ADMIN) throw no('This entry cannot be changed', 'NOPERM')
    if (!own && key.startsWith('/private')) throw no('There are no private entries here', 'METADATA NOPRIVATE')
    if (value !== null && value.length > maxSize) throw no('A value is too large', `METADATA MAXSIZE ${maxSize}`)
    if (value === null) after.delete(key)
    else after.add(key)
  }
  if (after.size > maxEntries && after.size > before) throw no('There are too many entries', 'METADATA TOOMANY')
  const mailbox = name === '' ? null : session.access.mailbox(name)
  const changed = values.filter(([entry, value]) => metadata.set(session.owner, entry, value))
  tellMetadata({ mailbox, entries: changed.map(([entry]) => entry), by: session })
}

/** metadata-resp = "METADATA" SP mailbox SP entry-list: what has changed, without values (RFC 5464 §4.4.2). */
export function tellEntries(session: Session, change: MetadataChange): void {
  const entries = visibleEntries(session, change)
  if (entries.length === 0) return
  const name = change.mailbox === null ? '' : session.nameOf(change.mailbox)
  session.unsolicited(() =>
    session.out.line(`* METADATA ${nameText(session, name)} ${entries.map(entryText).join(' ')}`),
  )
}

/** What ends the telling of a session. */
const ending = new Extra<Session, (() => void) | null>(() => null)

function enable(session: Session, capability: 'METADATA' | 'METADATA-SERVER'): void {
  session.enabled.add(capability)
  ending.get(session)?.()
  ending.set(
    session,
    onMetadata(session.server, (change) => {
      if (change.mailbox === null || session.enabled.has('METADATA')) tellEntries(session, change)
    }),
  )
}

/** METADATA and METADATA-SERVER (RFC 5464). */
export const metadataFeature: Feature = {
  capabilities: ['METADATA', 'METADATA-SERVER'],
  enables: {
    METADATA: { enable: (session) => enable(session, 'METADATA') },
    'METADATA-SERVER': { enable: (session) => enable(session, 'METADATA-SERVER') },
  },
  commands: [
    { name: 'GETMETADATA', states: ['authenticated'], needs, run: getMetadata },
    { name: 'SETMETADATA', states: ['authenticated'], needs, run: setMetadata },
  ],
  hooks: {
    onLogout(session) {
      ending.get(session)?.()
      ending.delete(session)
    },
  },
}
