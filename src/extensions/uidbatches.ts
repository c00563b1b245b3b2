import type { Command } from '../commands/command.js'
import { mailboxSelected } from '../commands/states.js'
import { ArgumentError, ProtocolError } from '../model/errors.js'
import { MAX_NUMBER } from '../model/ids.js'
import { uids, type UidSet } from '../model/number-set.js'
import type { ExtensionResponse, Untagged } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import type { Extension } from './extension.js'

/** The fewest messages of a batch, and the most of all batches that are asked for by number (RFC 10022). */
const LEAST = 500
const MOST = 100_000

interface UidBatchesResponse extends ExtensionResponse {
  readonly type: 'X:UIDBATCHES'
  readonly tag: string
  /** In the order of the server: the highest UIDs first. */
  readonly ranges: readonly (readonly [low: number, high: number])[]
}

/** uidbatches-response = "UIDBATCHES" search-correlator [SP uid-range *("," uid-range)]   (RFC 10022) */
function readUidBatches(cursor: Cursor): UidBatchesResponse {
  cursor.char('(')
  cursor.skipSpaces()
  if (!cursor.tryWord('TAG')) throw cursor.fail('TAG is expected')
  cursor.sp()
  const tag = cursor.astring()
  cursor.skipSpaces()
  cursor.char(')')
  cursor.skipSpaces()
  const text = cursor.rest().trim()
  const ranges = text === '' ? [] : text.split(',').map((range) => bounds(range, cursor))
  return { kind: 'untagged', type: 'X:UIDBATCHES', tag, ranges }
}

function bounds(range: string, cursor: Cursor): readonly [number, number] {
  const found = /^([1-9]\d{0,9})(?::([1-9]\d{0,9}))?$/.exec(range)
  const first = Number(found?.[1])
  const second = Number(found?.[2] ?? found?.[1])
  if (found === null || Math.max(first, second) > MAX_NUMBER) throw cursor.fail('A range of UIDs is expected')
  return [Math.min(first, second), Math.max(first, second)]
}

const isBatches = (response: Untagged): response is UidBatchesResponse => response.type === 'X:UIDBATCHES'

/** Which batches are asked for: the first one holds the highest UIDs. */
export interface BatchRange {
  readonly from: number
  readonly to: number
}

/**
 * UIDBATCHES: cuts the selected mailbox into ranges of UIDs with about as many messages each, the newest first (RFC 10022).
 * It is not to be asked again before half a batch of messages has come or gone.
 *
 * @param size - messages of a batch, 500 at least
 * @throws ArgumentError for smaller batches, and for more than 100,000 messages asked for by number
 */
export function uidBatches(size: number, range?: BatchRange): Command<readonly UidSet[]> {
  if (!Number.isInteger(size) || size < LEAST || size > MAX_NUMBER) {
    throw new ArgumentError(`A batch has ${LEAST} messages or more`)
  }
  if (range !== undefined) checkRange(size, range)
  return {
    name: 'UIDBATCHES',
    needs: 'UIDBATCHES',
    states: mailboxSelected,
    traits: { answers: 'UIDBATCHES' },
    safe: true,
    encode: (w) => {
      w.sp().number(size)
      if (range !== undefined) w.sp().atom(`${range.from}:${range.to}`)
    },
    collect: ({ tag }) => {
      let found: readonly UidSet[] | undefined
      return {
        untagged: (response) => {
          if (!isBatches(response) || response.tag !== tag) return false
          found = response.ranges.map(([low, high]) => uids(`${low}:${high}`))
          return true
        },
        done: () => {
          if (found === undefined) throw new ProtocolError('The server answered UIDBATCHES without the batches')
          return found
        },
      }
    },
  }
}

function checkRange(size: number, { from, to }: BatchRange): void {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 1 || to < from) {
    throw new ArgumentError('Batches are numbered from 1 up: { from: 1, to: 3 }')
  }
  if ((to - from + 1) * size > MOST) throw new ArgumentError(`At most ${MOST} messages are asked for by batch number`)
}

/** UIDBATCHES: ranges of UIDs with about as many messages each (RFC 10022). */
export const uidbatches: Extension = {
  capability: 'UIDBATCHES',
  spec: [10022],
  summary: 'Cuts a mailbox into ranges of UIDs with about as many messages each.',
  usage: 'client.run(uidBatches(1000))',
  note: 'Built from a summary of the RFC.',
  examples: ['rfc10022.txt'],
  tested: ['embedded'],
  untagged: { UIDBATCHES: readUidBatches },
}
