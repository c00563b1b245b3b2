import { Buffer } from 'node:buffer'
import { ArgumentError } from '../model/errors.js'
import { checkObject, checkString } from './checks.js'
import type { Command } from './command.js'
import { anyState } from './states.js'

/** What a client tells of itself (RFC 2971 §3.3): `name`, `version`, `os`, `vendor`, `support-url` and others. */
export type IdParams = Readonly<Record<string, string | null | undefined>>

/** Bounds of RFC 2971 §3.3. */
const MAX_PAIRS = 30
const MAX_FIELD = 30
const MAX_VALUE = 1024

/**
 * ID: tells who the client is and asks who the server is (RFC 2971); gives what the server told, or null for nothing.
 *
 * @param params - null tells nothing
 * @throws ArgumentError for more than 30 fields, a field over 30 octets, a value over 1024 octets or with a line break
 */
export function id(params: IdParams | null): Command<ReadonlyMap<string, string | null> | null> {
  const pairs = params === null ? [] : checkParams(params)
  return {
    name: 'ID',
    states: anyState,
    needs: 'ID',
    traits: { answers: 'ID' },
    safe: true,
    encode: (w) => {
      w.sp()
      if (pairs.length === 0) w.word('NIL')
      else w.list(pairs, ([field, value]) => w.string(field).sp().nstring(value))
    },
    collect: () => {
      let found: ReadonlyMap<string, string | null> | null = null
      return {
        untagged: (response) => {
          if (response.type !== 'ID') return false
          found = response.params
          return true
        },
        done: () => found,
      }
    },
  }
}

function checkParams(params: IdParams): (readonly [string, string | null])[] {
  checkObject('What ID tells', params)
  const pairs: (readonly [string, string | null])[] = []
  for (const [field, value] of Object.entries(params)) {
    if (value === undefined) continue
    if (value !== null) checkString(`The value of the ID field ${field.slice(0, MAX_FIELD)}`, value)
    if (field === '' || Buffer.byteLength(field) > MAX_FIELD || /[\r\n\0]/.test(field)) {
      throw new ArgumentError(`A field of ID has 1 to ${MAX_FIELD} octets and no line break`)
    }
    if (value !== null && (Buffer.byteLength(value) > MAX_VALUE || /[\r\n\0]/.test(value))) {
      throw new ArgumentError(`The value of the ID field ${field} has at most ${MAX_VALUE} octets and no line break`)
    }
    pairs.push([field, value])
  }
  if (pairs.length > MAX_PAIRS) throw new ArgumentError(`ID takes at most ${MAX_PAIRS} fields`)
  return pairs
}
