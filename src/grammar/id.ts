import type { IdResponse } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'

/**
 * id-response    = "ID" SP id-params-list   (RFC 2971 §4)
 * id-params-list = "(" [string SP nstring *(SP string SP nstring)] ")" / nil
 *
 * Field names come in lower case. Bare words are taken for strings.
 */
export function readId(cursor: Cursor): IdResponse {
  cursor.skipSpaces()
  if (cursor.peek() !== 0x28) {
    if (!cursor.atEnd) cursor.nstring()
    return { kind: 'untagged', type: 'ID', params: null }
  }
  const params = new Map<string, string | null>()
  cursor.char('(')
  cursor.skipSpaces()
  while (!cursor.tryChar(')')) {
    const name = cursor.astring().toLowerCase()
    cursor.skipSpaces()
    params.set(name, cursor.peek() === 0x29 ? null : readValue(cursor))
    cursor.skipSpaces()
  }
  return { kind: 'untagged', type: 'ID', params }
}

function readValue(cursor: Cursor): string | null {
  const quoted = cursor.peek() === 0x22
  const value = cursor.astring()
  return !quoted && value.toUpperCase() === 'NIL' ? null : value
}
