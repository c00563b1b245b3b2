import { canonicalMailbox, checkObject, checkString } from '../commands/checks.js'
import type { Command } from '../commands/command.js'
import { loggedIn } from '../commands/states.js'
import { ArgumentError } from '../model/errors.js'
import { MAX_NUMBER } from '../model/ids.js'
import type { MetadataResponse, Tagged } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import type { Writer } from '../wire/writer.js'
import {
  asAsked,
  checkEntry,
  checkValue,
  isSameMailbox,
  namesOf,
  readValue,
  writeNames,
  writeValue,
  type EntryValue,
} from './entries.js'
import type { Extension } from './extension.js'

/** Entries and their values, as octets; null where there is none. */
export type MetadataEntries = ReadonlyMap<string, Uint8Array | null>

/** How entries are asked for (RFC 5464 §4.2). */
export interface MetadataOptions {
  /** Entries below those named as well: `0` none, which is the default, `1` the next level, `infinity` all. */
  readonly depth?: 0 | 1 | 'infinity' | undefined
  /** Only values of up to so many octets. */
  readonly maxSize?: number | undefined
}

/** The answer to GETMETADATA. */
export interface MetadataResult {
  /** By name: as it was asked for, else as the server has it. */
  readonly entries: MetadataEntries
  /** With `maxSize`: the octets of the longest value that was left out. Undefined when none was. */
  readonly longest?: number
}

/** What is stored, by the names of entries: text goes as UTF-8, null removes the entry. */
export type MetadataChange = Readonly<Record<string, EntryValue>>

/**
 * metadata-resp = "METADATA" SP mailbox SP (entry-values / entry-list)
 * entry-values  = "(" entry-value *(SP entry-value) ")"
 * entry-value   = entry SP value
 * entry-list    = entry *(SP entry)   (RFC 5464 §5)
 */
function readMetadata(cursor: Cursor): MetadataResponse {
  const mailbox = cursor.mailbox()
  cursor.sp()
  const entries = new Map<string, Uint8Array | null>()
  const changed: string[] = []
  if (cursor.text.charAt(cursor.pos) === '(') {
    cursor.list(() => {
      const name = cursor.astring()
      cursor.sp()
      entries.set(name, readValue(cursor))
    })
  } else {
    do {
      cursor.countItems()
      changed.push(cursor.astring())
    } while (cursor.trySp() && !cursor.atEnd)
  }
  return { kind: 'untagged', type: 'METADATA', mailbox, entries, changed }
}

/**
 * GETMETADATA: the values of entries of a mailbox, or with `''` of the server (RFC 5464 §4.2).
 *
 * @throws ArgumentError for what is no name of an entry, and for options that cannot be
 */
export function getMetadata(
  mailbox: string,
  entries: string | readonly string[],
  options: MetadataOptions = {},
): Command<MetadataResult> {
  checkString('The name of a mailbox', mailbox)
  const names = namesOf('Names of entries', entries)
  for (const name of names) checkMetadataEntry(name)
  checkOptions(options)
  const wanted = canonicalMailbox(mailbox)
  return {
    name: 'GETMETADATA',
    needs: needsFor(mailbox),
    states: loggedIn,
    traits: { answers: 'METADATA' },
    safe: true,
    encode: (w) => {
      writeOptions(w, options)
      w.sp().mailbox(mailbox).sp()
      writeNames(w, names, (name) => w.astring(name))
    },
    collect: () => {
      const found = new Map<string, Uint8Array | null>()
      return {
        untagged: (response) => {
          // Names without values are news, whoever is asking.
          if (response.type !== 'METADATA' || response.changed.length > 0) return false
          if (!isSameMailbox(response.mailbox, wanted)) return false
          for (const [name, value] of response.entries) found.set(asAsked(name, names), value)
          return true
        },
        done: (tagged) => resultOf(found, names, tagged),
      }
    },
  }
}

/** Some servers leave out what has no value, others say NIL. */
function resultOf(found: Map<string, Uint8Array | null>, names: readonly string[], { code }: Tagged): MetadataResult {
  if (code?.name === 'METADATA' && code.problem === 'LONGENTRIES') return { entries: found, longest: code.size }
  for (const name of names) if (!found.has(name)) found.set(name, null)
  return { entries: found }
}

/**
 * SETMETADATA: stores and removes entries of a mailbox, or with `''` of the server: all or none (RFC 5464 §4.3).
 *
 * What the server will not take it tells by the code METADATA of the error: MAXSIZE, TOOMANY or NOPRIVATE.
 *
 * @throws ArgumentError for no entry, and for what is no name or value of one
 */
export function setMetadata(mailbox: string, change: MetadataChange): Command<void> {
  checkString('The name of a mailbox', mailbox)
  checkObject('What to store', change)
  const entries = Object.entries(change)
  if (entries.length === 0) throw new ArgumentError('SETMETADATA needs at least one entry')
  for (const [name, value] of entries) {
    checkMetadataEntry(name)
    checkValue(value)
  }
  return {
    name: 'SETMETADATA',
    needs: needsFor(mailbox),
    states: loggedIn,
    traits: {},
    safe: true,
    encode: (w) => {
      w.sp().mailbox(mailbox).sp()
      w.list(entries, ([name, value]) => {
        w.astring(name).sp()
        writeValue(w, value)
      })
    },
    collect: () => ({ done: () => undefined }),
  }
}

/** METADATA-SERVER has the entries of the server alone. */
function needsFor(mailbox: string): readonly string[] {
  return mailbox === '' ? ['METADATA', 'METADATA-SERVER'] : ['METADATA']
}

/** All entries have "/shared" or "/private" as a prefix (RFC 5464 §3.2). @throws ArgumentError */
export function checkMetadataEntry(entry: string): void {
  checkEntry(entry)
  if (/^\/(?:shared|private)(?:\/|$)/i.test(entry)) return
  throw new ArgumentError(`"${entry.slice(0, 40)}" is neither below /shared nor below /private`)
}

function checkOptions({ depth, maxSize }: MetadataOptions): void {
  const given: unknown = depth
  if (given !== undefined && given !== 0 && given !== 1 && given !== 'infinity') {
    throw new ArgumentError("depth is 0, 1 or 'infinity'")
  }
  if (maxSize !== undefined && !(Number.isInteger(maxSize) && maxSize >= 0 && maxSize <= MAX_NUMBER)) {
    throw new ArgumentError('maxSize is a whole number of octets')
  }
}

/**
 * getmetadata-options = "(" getmetadata-option *(SP getmetadata-option) ")"
 * maxsize-opt         = "MAXSIZE" SP number
 * scope-opt           = "DEPTH" SP ("0" / "1" / "infinity")
 *
 * The examples of RFC 5464 have the options behind the mailbox; its grammar, which servers follow, has them in front.
 */
function writeOptions(w: Writer, { depth, maxSize }: MetadataOptions): void {
  const options: (() => void)[] = []
  if (maxSize !== undefined) options.push(() => void w.word('MAXSIZE').sp().number(maxSize))
  if (depth !== undefined) options.push(() => void w.word('DEPTH').sp().word(String(depth)))
  if (options.length > 0) w.sp().list(options, (write) => write())
}

/** METADATA and METADATA-SERVER (RFC 5464). */
export const metadata: readonly Extension[] = [
  {
    capability: 'METADATA',
    spec: [5464],
    summary: 'Keeps notes and settings with mailboxes and with the server, shared or private.',
    usage: "client.metadata.get('INBOX', '/shared/comment')",
    note: 'Changes by others are told by the event `metadata`, once `METADATA` is enabled.',
    examples: ['rfc5464.txt'],
    tested: ['embedded', 'transcript', 'dovecot', 'cyrus'],
    enable: true,
    implies: ['METADATA-SERVER'],
    untagged: { METADATA: readMetadata },
  },
  {
    capability: 'METADATA-SERVER',
    spec: [5464],
    summary: 'Keeps notes and settings with the server alone.',
    usage: "client.metadata.set('', { '/private/vendor/me/colour': 'blue' })",
    examples: ['rfc5464.txt'],
    tested: ['transcript'],
    enable: true,
  },
]
