import { checkObject, checkString } from '../commands/checks.js'
import type { AppendItem, FetchItem, QueryItem, SearchKey, SelectItem, SortKey, StoreItem } from '../commands/slots.js'
import { ArgumentError } from '../model/errors.js'
import type { FetchData } from '../model/message.js'
import type { ResponseCodes } from '../model/response-code.js'
import type { Untagged } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import type { Writer } from '../wire/writer.js'
import { checkEntry, checkValue, namesOf, readValue, writeNames, writeValue, type EntryValue } from './entries.js'
import type { Extension } from './extension.js'

/** An attribute of an annotation; without a suffix both the private and the shared one (RFC 5257 §3.2.2). */
export type AnnotationAttribute =
  'value' | 'value.priv' | 'value.shared' | 'size' | 'size.priv' | 'size.shared' | (string & {})

/** Which annotations to fetch of a message. */
export interface AnnotationAsk {
  /** Names of entries, such as `/comment`; `*` stands for anything, `%` for anything but a slash. */
  readonly entries: string | readonly string[]
  /** `value` by default. */
  readonly attributes?: AnnotationAttribute | readonly AnnotationAttribute[] | undefined
}

/**
 * Annotations by the name of the entry; of each one its attributes, as octets, where null stands for no value. What the
 * server tells unasked are names alone: then an entry has no attributes.
 */
export type Annotations = ReadonlyMap<string, ReadonlyMap<string, Uint8Array | null>>

/** What to store, by entry and attribute: text goes as UTF-8, null removes it. */
export type AnnotationChange = Readonly<
  Record<string, { readonly [A in 'value.priv' | 'value.shared']?: EntryValue | undefined }>
>

/** The item of FETCH of ANNOTATE-EXPERIMENT-1 (RFC 5257 §4.3). */
export interface AnnotateItems {
  /** Annotations of the message. Needs ANNOTATE-EXPERIMENT-1. */
  annotations: QueryItem<AnnotationAsk, Annotations>
}

/** The search key of ANNOTATE-EXPERIMENT-1 (RFC 5257 §4.8). */
export interface AnnotateCriteria {
  /** Has an annotation whose value holds this text. */
  readonly annotation?: AnnotationCriterion | undefined
}

/** An annotation to search for. */
export interface AnnotationCriterion {
  /** The name of the entry, wildcards allowed; `*` for any. */
  readonly entry: string
  /** `value` by default: private and shared ones. */
  readonly attribute?: 'value' | 'value.priv' | 'value.shared' | undefined
  readonly value: string
}

/** An annotation to sort by (RFC 5257 §4.9). */
export interface AnnotationOrder {
  readonly entry: string
  readonly attribute: 'value.priv' | 'value.shared'
}

/** The criterion of a sort by an annotation; needs ANNOTATE-EXPERIMENT-1. */
export interface AnnotationSortCriterion {
  readonly key: 'annotation'
  readonly value: AnnotationOrder
  readonly reverse?: boolean | undefined
}

/** What ANNOTATE-EXPERIMENT-1 adds to a change by STORE, and to messages for APPEND. */
export interface AnnotateStore {
  /** Stores annotations: in a change in place of flags, in an append with the message. */
  readonly annotations?: AnnotationChange | undefined
}

/** What ANNOTATE-EXPERIMENT-1 adds to the options of selecting. */
export interface AnnotateSelect {
  /** Has the server tell which annotations others change (RFC 5257 §4.2). */
  readonly annotate?: boolean | undefined
}

/** What a mailbox allows of annotations; undefined when the server does not tell. */
export type AnnotationSupport = ResponseCodes['ANNOTATIONS'] | undefined

const NEEDS = 'ANNOTATE-EXPERIMENT-1'

/**
 * msg-att-dynamic =/ "ANNOTATION" SP ( "(" entry-att *(SP entry-att) ")" / "(" entry *(SP entry) ")" )
 * entry-att       = entry SP "(" att-value *(SP att-value) ")"
 * att-value       = attrib SP value   (RFC 5257 §5)
 */
function readAnnotations(cursor: Cursor, data: FetchData): void {
  const before = data['annotations']
  const found = new Map(before instanceof Map ? (before as Annotations) : [])
  cursor.list(() => {
    const entry = cursor.astring()
    cursor.skipSpaces()
    found.set(entry, cursor.text.charAt(cursor.pos) === '(' ? readAttributes(cursor) : new Map())
  })
  data['annotations'] = found
}

/** "(" att-value *(SP att-value) ")" ; also of ANNOTATEMORE */
export function readAttributes(cursor: Cursor): Map<string, Uint8Array | null> {
  const attributes = new Map<string, Uint8Array | null>()
  cursor.list(() => {
    const name = cursor.astring()
    cursor.sp()
    attributes.set(name, readValue(cursor))
  })
  return attributes
}

/** fetch-att =/ "ANNOTATION" SP "(" entries SP attribs ")"   (RFC 5257 §5) */
const fetchItem: FetchItem<AnnotationAsk> = {
  key: 'annotations',
  needs: NEEDS,
  write: (w, ask) => {
    checkObject('What annotations asks for', ask)
    const entries = namesOf('entries of annotations', ask.entries)
    const attributes = namesOf('attributes of annotations', ask.attributes ?? 'value')
    for (const entry of entries) checkEntry(entry, true)
    for (const attribute of attributes) checkAttribute(attribute)
    w.word('ANNOTATION').sp().open()
    writeNames(w, entries, (entry) => void writeMatch(w, entry))
    w.sp()
    writeNames(w, attributes, (attribute) => w.astring(attribute))
    w.close()
  },
  // Names without attributes are news of somebody's change, and answer nothing.
  has: ({ annotations }) =>
    annotations instanceof Map && [...(annotations as Annotations).values()].every((each) => each.size > 0),
  read: { ANNOTATION: readAnnotations },
}

/** entry-match = list-mailbox ; MAY contain "*" or "%" */
function writeMatch(w: Writer, entry: string): void {
  // In quotes a wildcard is none of the characters that end an atom.
  if (/[*%]/.test(entry)) w.string(entry)
  else w.astring(entry)
}

/** attrib = astring ; dot-separated attribute name, MUST NOT contain "*" or "%" */
function checkAttribute(attribute: string): void {
  checkString('The name of an attribute', attribute)
  if (!/^[A-Za-z0-9.-]+$/.test(attribute)) {
    throw new ArgumentError(`"${attribute.slice(0, 40)}" is no attribute of an annotation: use value or size`)
  }
}

/** search-key =/ "ANNOTATION" SP entry-match SP att-search SP value   (RFC 5257 §5) */
const searchKey: SearchKey<AnnotationCriterion> = {
  needs: NEEDS,
  write: (w, criterion) => {
    checkObject('annotation', criterion)
    const { entry, attribute = 'value', value } = criterion
    checkEntry(entry, true)
    checkString('The value to search for', value)
    if (!['value', 'value.priv', 'value.shared'].includes(attribute)) {
      throw new ArgumentError('annotation searches value, value.priv or value.shared')
    }
    w.word('ANNOTATION').sp()
    writeMatch(w, entry)
    w.sp().word(attribute).sp().string(value)
  },
}

/** sort-key =/ "ANNOTATION" SP entry SP att-sort   (RFC 5257 §5) */
const sortKey: SortKey<AnnotationOrder> = {
  needs: NEEDS,
  write: (w, order) => {
    checkObject('annotation', order)
    const { entry, attribute } = order
    checkEntry(entry)
    checkSuffix(attribute)
    w.word('ANNOTATION').sp().astring(entry).sp().word(attribute)
  },
}

/** Looks at annotations that are to be stored. @throws ArgumentError */
function checkChange(change: AnnotationChange): void {
  checkObject('annotations', change)
  const entries = Object.entries(change)
  if (entries.length === 0) throw new ArgumentError('annotations needs at least one entry')
  for (const [entry, attributes] of entries) {
    checkEntry(entry)
    checkObject(`The annotation ${entry.slice(0, 40)}`, attributes)
    const values = valuesOf(attributes)
    if (values.length === 0) throw new ArgumentError(`The annotation ${entry.slice(0, 40)} has no attribute to store`)
    for (const [attribute, value] of values) {
      checkSuffix(attribute)
      checkValue(value)
    }
  }
}

function checkSuffix(attribute: string): void {
  if (attribute !== 'value.priv' && attribute !== 'value.shared') {
    throw new ArgumentError('The attribute of an annotation is value.priv or value.shared here')
  }
}

function valuesOf(attributes: object): readonly (readonly [string, EntryValue])[] {
  return Object.entries(attributes).filter(([, value]) => value !== undefined) as [string, EntryValue][]
}

/** att-annotate = "ANNOTATION" SP "(" entry-att *(SP entry-att) ")"   (RFC 5257 §5) */
function writeChange(w: Writer, change: AnnotationChange): void {
  w.word('ANNOTATION').sp()
  w.list(Object.entries(change), ([entry, attributes]) => {
    w.astring(entry).sp()
    w.list(valuesOf(attributes), ([attribute, value]) => {
      w.word(attribute).sp()
      writeValue(w, value)
    })
  })
}

const storeItem: StoreItem<AnnotationChange> = { needs: NEEDS, check: checkChange, write: writeChange }
const appendItem: AppendItem<AnnotationChange> = { needs: NEEDS, check: checkChange, write: writeChange }

/** select-param =/ "ANNOTATE"   (RFC 5257 §5) */
const selectItem: SelectItem<boolean> = {
  needs: NEEDS,
  check: (value) => {
    const given: unknown = value
    if (typeof given !== 'boolean') throw new ArgumentError('annotate is true or false')
  },
  write: (w) => void w.word('ANNOTATE'),
  collect: () => {
    let support: AnnotationSupport
    return {
      untagged: (response: Untagged) => {
        if (response.type === 'OK' && response.code?.name === 'ANNOTATIONS') support = response.code
        return false
      },
      done: () => support,
    }
  },
}

/** ANNOTATE-EXPERIMENT-1: notes on single messages (RFC 5257). */
export const annotate: Extension = {
  capability: NEEDS,
  spec: [5257],
  summary: 'Keeps notes with single messages, private or shared, and searches them.',
  usage: "mailbox.fetch(set, { annotations: { entries: '/comment' } })",
  note: 'Stored by `mailbox.store(set, { annotations })`, or with a message by `append`.',
  examples: ['rfc5257.txt'],
  tested: ['embedded', 'transcript', 'cyrus'],
  fetchItems: [fetchItem],
  searchKeys: { annotation: searchKey },
  sortKeys: { annotation: sortKey },
  selectItems: { annotate: selectItem },
  storeItems: { annotations: storeItem },
  appendItems: { annotations: appendItem },
}
