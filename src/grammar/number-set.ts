import { MAX_NUMBER } from '../model/ids.js'
import { uids, type UidSet } from '../model/number-set.js'
import type { Cursor } from '../wire/cursor.js'
import { isDigit } from './lenient.js'

/** One interval of a set in the order of the wire. */
export type Interval = readonly [from: number, to: number]

/**
 * uid-set   = (uniqueid / uid-range) *("," uid-set)
 * uid-range = (uniqueid ":" uniqueid)
 *
 * Gives the intervals in the order of the wire; none where no set stands.
 */
export function readIntervals(cursor: Cursor): Interval[] {
  const text = cursor.text
  const intervals: Interval[] = []
  if (!isDigit(cursor.peek())) return intervals
  do {
    const from = readNumber(cursor)
    const to = text.charCodeAt(cursor.pos) === 0x3a ? (cursor.pos++, readNumber(cursor)) : from
    cursor.countItems()
    intervals.push(from <= to ? [from, to] : [to, from])
  } while (cursor.tryChar(','))
  return intervals
}

/** uid-set, as a set; empty where none stands. */
export function readUidSet(cursor: Cursor): UidSet {
  // Written anew, since a set refuses the leading zeros that a number may have.
  const ranges = readIntervals(cursor).map(([from, to]) => (from === to ? String(from) : `${from}:${to}`))
  return uids(ranges.join(','))
}

/** uniqueid = nz-number */
function readNumber(cursor: Cursor): number {
  const value = cursor.number()
  if (value === 0 || value > MAX_NUMBER) throw cursor.fail('A number from 1 to 4294967295 is expected')
  return value
}
