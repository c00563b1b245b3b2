import { checkObject, checkString } from '../commands/checks.js'
import type { Command } from '../commands/command.js'
import { loggedIn } from '../commands/states.js'
import { ArgumentError } from '../model/errors.js'
import type { ExtensionResponse, Untagged } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import { readAttributes, type Annotations } from './annotate.js'
import { checkEntry, checkValue, namesOf, writeNames, writeValue, type EntryValue } from './entries.js'
import type { Extension } from './extension.js'

/** The annotations of one mailbox, or with the name `''` of the server. */
export interface MailboxAnnotations {
  readonly mailbox: string
  readonly entries: Annotations
}

/** What to store, by entry and attribute such as `value.priv`: text goes as UTF-8, null removes it. */
export type MailboxAnnotationChange = Readonly<Record<string, Readonly<Record<string, EntryValue>>>>

interface AnnotationResponse extends ExtensionResponse, MailboxAnnotations {
  readonly type: 'X:ANNOTATION'
}

const NEEDS = 'ANNOTATEMORE'

/**
 * annotate-data = "ANNOTATION" SP mailbox SP entry-list
 * entry-list    = entry-att *(SP entry-att) / "(" entry *(SP entry) ")"
 * entry-att     = entry SP "(" att-value *(SP att-value) ")"   (draft-daboo-imap-annotatemore)
 *
 * Both forms are taken mixed; names alone tell of changes.
 */
function readAnnotation(cursor: Cursor): AnnotationResponse {
  const mailbox = cursor.mailbox()
  const entries = new Map<string, ReadonlyMap<string, Uint8Array | null>>()
  const isList = () => cursor.text.charAt(cursor.pos) === '('
  const readEntry = (): void => {
    const entry = cursor.astring()
    cursor.skipSpaces()
    entries.set(entry, isList() ? readAttributes(cursor) : new Map())
  }
  cursor.sp()
  while (!cursor.atEnd) {
    cursor.countItems()
    if (isList()) cursor.list(readEntry)
    else readEntry()
    cursor.skipSpaces()
  }
  return { kind: 'untagged', type: 'X:ANNOTATION', mailbox, entries }
}

const isAnnotation = (response: Untagged): response is AnnotationResponse => response.type === 'X:ANNOTATION'

/**
 * GETANNOTATION: annotations of mailboxes, or with `''` of the server.
 *
 * @param mailbox - a name, or a pattern as LIST takes it
 * @throws ArgumentError for what is no name of an entry or attribute
 */
export function getAnnotation(
  mailbox: string,
  entries: string | readonly string[],
  attributes: string | readonly string[] = 'value',
): Command<readonly MailboxAnnotations[]> {
  checkString('The name of a mailbox', mailbox)
  const names = namesOf('Names of entries', entries)
  const wanted = namesOf('Names of attributes', attributes)
  for (const name of names) checkEntry(name, true)
  for (const name of wanted) checkAttribute(name)
  return {
    name: 'GETANNOTATION',
    needs: NEEDS,
    states: loggedIn,
    traits: { answers: 'ANNOTATION' },
    safe: true,
    encode: (w) => {
      // The draft has strings here, where later specifications have atoms too.
      w.sp().listMailbox(mailbox).sp()
      writeNames(w, names, (name) => w.string(name))
      w.sp()
      writeNames(w, wanted, (name) => w.string(name))
    },
    collect: () => {
      const found = new Map<string, Map<string, ReadonlyMap<string, Uint8Array | null>>>()
      return {
        untagged: (response) => {
          if (!isAnnotation(response)) return false
          const known = found.get(response.mailbox) ?? new Map<string, ReadonlyMap<string, Uint8Array | null>>()
          found.set(response.mailbox, known)
          for (const [entry, values] of response.entries) {
            known.set(entry, new Map([...(known.get(entry) ?? []), ...values]))
          }
          return true
        },
        done: () => [...found].map(([name, all]) => ({ mailbox: name, entries: all })),
      }
    },
  }
}

/**
 * SETANNOTATION: stores and removes annotations of a mailbox, or with `''` of the server.
 *
 * @throws ArgumentError for nothing to store, and for what is no name or value
 */
export function setAnnotation(mailbox: string, change: MailboxAnnotationChange): Command<void> {
  checkString('The name of a mailbox', mailbox)
  checkObject('What to store', change)
  const entries = Object.entries(change)
  if (entries.length === 0) throw new ArgumentError('SETANNOTATION needs at least one entry')
  for (const [entry, attributes] of entries) {
    checkEntry(entry)
    checkObject(`The annotation ${entry.slice(0, 40)}`, attributes)
    const values = Object.entries(attributes)
    if (values.length === 0) throw new ArgumentError(`The annotation ${entry.slice(0, 40)} has no attribute to store`)
    for (const [name, value] of values) {
      checkAttribute(name)
      checkValue(value)
    }
  }
  return {
    name: 'SETANNOTATION',
    needs: NEEDS,
    states: loggedIn,
    traits: {},
    safe: true,
    encode: (w) => {
      const write = ([entry, attributes]: readonly [string, Readonly<Record<string, EntryValue>>]): void => {
        w.string(entry).sp()
        w.list(Object.entries(attributes), ([name, value]) => {
          w.string(name).sp()
          writeValue(w, value)
        })
      }
      const [only] = entries
      w.sp().mailbox(mailbox).sp()
      if (only !== undefined && entries.length === 1) write(only)
      else w.list(entries, write)
    },
    collect: () => ({ done: () => undefined }),
  }
}

function checkAttribute(name: string): void {
  checkString('The name of an attribute', name)
  if (!/^[A-Za-z0-9.*%-]+$/.test(name)) {
    throw new ArgumentError(`"${name.slice(0, 40)}" is no attribute: use value.priv, value.shared or the like`)
  }
}

/** ANNOTATEMORE: annotations of mailboxes, as they were before METADATA (a draft). */
export const annotatemore: Extension = {
  capability: NEEDS,
  spec: 'draft',
  summary: 'Keeps notes with mailboxes and the server, by the commands from before METADATA.',
  usage: "client.annotation.get('INBOX', '/comment', 'value.priv')",
  note: 'A server that has METADATA too keeps the same values under other names.',
  tested: ['embedded', 'transcript', 'cyrus'],
  untagged: { ANNOTATION: readAnnotation },
}
