import { UidMap } from '../model/uid-map.js'
import type { Tagged, Untagged } from '../model/response.js'
import type { ResponseCode } from '../model/response-code.js'
import { checkName, checkSaved, checkSet, usesUids, type MessageSet } from './checks.js'
import type { Collector, Command } from './command.js'
import { mailboxSelected } from './states.js'

/** What the server tells of messages that it copied or moved. */
export interface CopyResult {
  /** Which UID each message got; only with UIDPLUS (RFC 4315 §3). */
  readonly uidMap?: UidMap
}

/** COPY, or UID COPY for a set of UIDs: copies messages to another mailbox (RFC 9051 §6.4.7). */
export function copy(set: MessageSet, mailbox: string): Command<CopyResult> {
  return transfer('COPY', set, mailbox)
}

/** MOVE, or UID MOVE for a set of UIDs: moves messages to another mailbox (RFC 6851, RFC 9051 §6.4.8). */
export function move(set: MessageSet, mailbox: string): Command<CopyResult> {
  return { ...transfer('MOVE', set, mailbox), needs: 'MOVE' }
}

function transfer(verb: 'COPY' | 'MOVE', set: MessageSet, mailbox: string): Command<CopyResult> {
  checkSet(set)
  checkName(mailbox)
  const byUid = usesUids(set)
  return {
    name: byUid ? `UID ${verb}` : verb,
    states: mailboxSelected,
    traits: {
      seqArgs: !byUid,
      // MOVE tells COPYUID before its end, in a response that names no command.
      ...(verb === 'MOVE' && { answers: 'COPYUID' }),
    },
    encode: (w, context) => {
      checkSaved(context, set)
      w.sp().set(set).sp().mailbox(mailbox)
    },
    collect: () => collectMaps(set),
  }
}

/** COPYUID comes in the tagged OK, in an untagged one, or in several, a piece in each (RFC 6851 §4.3). */
function collectMaps(set: MessageSet): Collector<CopyResult> {
  const maps: UidMap[] = []
  return {
    untagged: (response) => {
      const map = untaggedMap(response)
      if (map === undefined || !isOf(map, set)) return false
      maps.push(map)
      return true
    },
    done: (tagged: Tagged) => {
      const last = mapOf(tagged.code)
      if (last !== undefined) maps.push(last)
      const [first] = maps
      if (first === undefined) return {}
      // Pieces of different UIDVALIDITY would mean that the target was replaced in between.
      const uidMap = UidMap.join(maps.filter((each) => each.uidValidity === first.uidValidity))
      return uidMap === undefined ? {} : { uidMap }
    },
  }
}

function untaggedMap(response: Untagged): UidMap | undefined {
  return response.type === 'OK' ? mapOf(response.code) : undefined
}

function mapOf(code: ResponseCode | null): UidMap | undefined {
  return code?.name === 'COPYUID' ? code.uidMap : undefined
}

/** Whether a map may be that of this command: of a set of UIDs its sources have to be members. */
function isOf(map: UidMap, set: MessageSet): boolean {
  const source = map.intervals()[0]?.source
  return set.kind !== 'uid' || set.hasStar || source === undefined || set.has(source)
}
