import { type AskedItem, type FetchModifier } from '../commands/fetch.js'
import { bodyStructureItem, findSection, sectionItem, sizeItem, type SectionAsk } from '../commands/fetch-items.js'
import type { FetchItem } from '../commands/slots.js'
import { ArgumentError } from '../model/errors.js'
import type { FetchData } from '../model/message.js'
import type { FetchQuery, FetchedMessage } from './fetch-query.js'
import { section, type SectionRequest } from './section.js'

export type { AskedItem, FetchModifier }

/** The items that a query may name, by key. */
export type ItemTable = ReadonlyMap<string, FetchItem<never>>

/** A query made ready: what to ask, and how to make messages of the answers. */
export interface Translated<Q> {
  readonly items: readonly AskedItem[]
  /** Messages of a first window: few where they may be large. */
  readonly step: number
  readonly build: (seq: number, data: FetchData) => FetchedMessage<Q>
  /** About how many octets of memory the message takes. */
  readonly weigh: (data: FetchData) => number
}

/** Messages of the smallest window, for small items and for content. */
const STEP = 1000
const STEP_OF_CONTENT = 32

/** RFC822.SIZE, BODYSTRUCTURE. */
export const askSize: AskedItem = { item: sizeItem, ask: true }
export const askStructure: AskedItem = { item: bodyStructureItem, ask: true }

/** BODY.PEEK[…], or BODY[…], which sets \Seen. */
export function askSection(request: SectionRequest<unknown>, markSeen: boolean): AskedItem {
  return { item: sectionItem, ask: sectionAsk(request, markSeen) }
}

/** The bytes of a section that has come; null for NIL, undefined where it has not come or went elsewhere. */
export function sectionBytes(data: FetchData, asked: AskedItem): Uint8Array | null | undefined {
  return findSection(data, asked.ask as SectionAsk)?.bytes
}

/**
 * Reads a query.
 *
 * @throws ArgumentError for a key that is no item, and for a value that asks for nothing
 */
export function translate<Q extends FetchQuery>(query: Q, table: ItemTable, markSeen: boolean): Translated<Q> {
  const given: unknown = query
  if (typeof given !== 'object' || given === null) {
    throw new ArgumentError('A query is an object, such as { envelope: true }')
  }
  const items: AskedItem[] = []
  const keys: string[] = []
  for (const [key, ask] of Object.entries(given) as [string, unknown][]) {
    if (key === 'sections' || ask === undefined || ask === false) continue
    const item = table.get(key)
    if (item === undefined) {
      throw new ArgumentError(`"${key.slice(0, 40)}" is no item of FETCH: use one of ${[...table.keys()].join(', ')}`)
    }
    // The UID comes with every message; asking for it is no mistake.
    if (key === 'uid') continue
    items.push({ item, ask })
    keys.push(key)
  }
  const sections = query.sections === undefined ? undefined : askSections(query.sections, markSeen)
  if (sections !== undefined) items.push(...sections.map(({ asked }) => asked))
  return {
    items,
    step: sections === undefined ? STEP : STEP_OF_CONTENT,
    build: (seq, data) => buildMessage(seq, data, keys, sections) as FetchedMessage<Q>,
    weigh,
  }
}

interface NamedSection {
  readonly name: string
  readonly asked: AskedItem
  readonly read: (bytes: Uint8Array) => unknown
}

function askSections(sections: Readonly<Record<string, SectionRequest<unknown>>>, markSeen: boolean): NamedSection[] {
  return Object.entries(sections).map(([name, request]) => {
    const given: unknown = request
    if (typeof given !== 'object' || given === null || !('read' in given)) {
      throw new ArgumentError(`sections.${name.slice(0, 40)} is made by section(…) or headers(…)`)
    }
    return { name, asked: askSection(request, markSeen), read: request.read }
  })
}

function sectionAsk(request: SectionRequest<unknown>, markSeen: boolean): SectionAsk {
  const { part, keyword, fields, partial, binary } = request
  const path = [part, keyword].filter((each) => each !== '').join('.')
  return {
    section: fields === undefined ? path : part,
    markSeen,
    ...(binary === true && { kind: 'BINARY' as const }),
    ...(fields !== undefined && { headers: fields }),
    ...(partial !== undefined && { partial: [partial.offset, partial.count] }),
  }
}

/** Only what was asked for becomes a property, so that an object shows what the query said. */
function buildMessage(
  seq: number,
  data: FetchData,
  keys: readonly string[],
  sections: readonly NamedSection[] | undefined,
): Record<string, unknown> {
  const message: Record<string, unknown> = seq > 0 ? { seq, uid: data.uid } : { uid: data.uid }
  for (const key of keys) message[key] = data[key]
  if (sections !== undefined) {
    const found: Record<string, unknown> = {}
    for (const { name, asked, read } of sections) {
      const bytes = sectionBytes(data, asked)
      found[name] = bytes === null || bytes === undefined ? null : read(bytes)
    }
    message['sections'] = found
  }
  if (data.defects !== undefined) message['defects'] = data.defects
  return message
}

const WEIGHT = { message: 64, envelope: 600, structure: 1000 }

function weigh(data: FetchData): number {
  let octets = WEIGHT.message
  if (data.envelope !== undefined) octets += WEIGHT.envelope
  if (data.bodyStructure !== undefined) octets += WEIGHT.structure
  if (data.sections !== undefined) for (const { bytes } of data.sections) octets += bytes?.length ?? 0
  return octets
}

/** Reads the path of a section that is streamed. */
export function readSection(path: string): SectionRequest<Uint8Array> {
  const given: unknown = path
  if (typeof given !== 'string') throw new ArgumentError('A section is text, such as 1.2 or HEADER')
  return section(path)
}
