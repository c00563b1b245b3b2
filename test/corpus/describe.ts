import { Buffer } from 'node:buffer'
import type { BodyStructure } from '../../src/model/body-structure.js'
import type { Address, Envelope } from '../../src/model/envelope.js'
import type { Defect } from '../../src/model/message.js'
import { NumberSet } from '../../src/model/number-set.js'
import type { Response } from '../../src/model/response.js'
import { UidMap } from '../../src/model/uid-map.js'

/**
 * Puts a response into JSON that is short enough to be written and checked by hand:
 *
 * - `kind` is left out; a continuation request is `{"continuation": text}`, and a code that is null is left out;
 * - undefined is left out; a Map is an object, a Set an array, a bigint is `"7n"`, a date is ISO 8601, a set is its text,
 *   a UidMap is an object of intervals, bytes are a string of one character per octet;
 * - an address is `name <address>`, with the group in front of it, and an envelope or body structure has no keys for
 *   null and for what is empty; `rawName`, `rawSubject` and `rawDate` are there where they differ from the decoded form; of a defect there is its item.
 */
export function describeResponse(response: Response): unknown {
  if (response.kind === 'continuation') {
    return plain({ continuation: response.text, code: response.code ?? undefined })
  }
  const { kind: _, ...rest } = response
  return plain('code' in rest && rest.code === null ? { ...rest, code: undefined } : rest)
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  if (value instanceof NumberSet) return value.toString()
  if (value instanceof UidMap) return describeUidMap(value)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [String(key), plain(each)]))
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Set) return [...value].map(plain)
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  return Object.fromEntries(entries.map(([key, each]) => [key, describeKey(key, each)]))
}

function describeKey(key: string, value: unknown): unknown {
  if (key === 'envelope') return describeEnvelope(value as Envelope)
  if (key === 'defects') return (value as readonly Defect[]).map((defect) => defect.item)
  if (key === 'bodyStructure') return describeBody(value as BodyStructure)
  if (key === 'structures') return describeBodies(value as ReadonlyMap<string, BodyStructure>)
  return plain(value)
}

function describeUidMap(map: UidMap): unknown {
  const range = (from: number, length: number) => (length === 1 ? String(from) : `${from}:${from + length - 1}`)
  return Object.fromEntries(
    map.intervals().map((each) => [range(each.source, each.length), range(each.target, each.length)]),
  )
}

export function describeEnvelope(envelope: Envelope): unknown {
  const { date, rawDate, subject, rawSubject, ...rest } = envelope
  return short({
    date: date?.toISOString() ?? null,
    rawDate: rawDate !== null && date === null ? rawDate : null,
    subject,
    rawSubject: rawSubject === subject ? null : rawSubject,
    ...Object.fromEntries(
      Object.entries(rest).map(([key, value]: [string, string | readonly Address[] | null]) => [
        key,
        value === null || typeof value === 'string' ? value : value.map(describeAddress),
      ]),
    ),
  })
}

function describeAddress(address: Address): string {
  const raw = address.rawName === address.name || address.rawName === null ? '' : ` (${address.rawName})`
  const group = address.group === undefined ? '' : `${address.group}: `
  const whole = [address.mailbox, address.host].filter((part) => part !== null).join('@')
  if (whole !== address.address) throw new Error(`${address.address} is not made of its parts`)
  const place = address.host === null || address.mailbox === null ? ` [${address.mailbox} @ ${address.host}]` : ''
  return `${group}${address.name === null ? '' : `${address.name} `}<${address.address}>${raw}${place}`
}

/** Body structures by section, in answers to CONVERT. */
function describeBodies(bodies: ReadonlyMap<string, BodyStructure>): unknown {
  return Object.fromEntries([...bodies].map(([part, body]) => [part, describeBody(body)]))
}

export function describeBody(body: BodyStructure): unknown {
  if (body.kind === 'multipart') {
    const { kind: _, children, ...rest } = body
    return { ...short(rest), part: body.part, children: children.map(describeBody) }
  }
  const { kind: _, envelope, body: inner, ...rest } = body
  return short({
    ...rest,
    envelope: envelope === null ? null : describeEnvelope(envelope),
    body: inner === null ? null : describeBody(inner),
  })
}

/** Drops what is null or empty. */
function short(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(value).map(([key, each]) => [key, plain(each)] as const)
  return Object.fromEntries(
    entries.filter(([, each]) => each !== null && (typeof each !== 'object' || Object.keys(each).length > 0)),
  )
}
