import { withoutComments } from '../mime/headers.js'
import { monthIndex } from '../syntax.js'

/** The day of a Date field as days since 1970, its time and zone disregarded (RFC 9051 §6.4.4, RFC 5322 §3.3), or null. */
export function sentDay(value: string | null): number | null {
  const match = /(?:^|[\s,])(\d{1,2})[\s-]+([A-Za-z]{3})[A-Za-z]*[\s-]+(\d{2,4})(?=\s|$)/.exec(
    withoutComments(value ?? ''),
  )
  if (match === null) return null
  const month = monthIndex(match[2] as string)
  if (month < 0) return null
  const digits = match[3] as string
  // Years of two or three digits: RFC 5322 §4.3.
  const offset = digits.length === 4 ? 0 : digits.length === 3 || Number(digits) >= 50 ? 1900 : 2000
  return Date.UTC(Number(digits) + offset, month, Number(match[1])) / 86_400_000
}

const TIME = /\s(\d{1,2})\s*:\s*(\d{1,2})(?:\s*:\s*(\d{1,2}))?(?![\d:])\s*(\S*)/
// obs-zone (RFC 5322 §4.3) in hours; others stand for UTC.
const ZONES: Readonly<Record<string, number>> = {
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
}

/** The sent date of a Date field in milliseconds, normalized to UTC (RFC 5256 §2.2), or null where there is no date. */
export function sentTime(value: string | null): number | null {
  const day = sentDay(value)
  if (day === null) return null
  const start = day * 86_400_000
  const match = TIME.exec(withoutComments(value ?? ''))
  if (match === null) return start
  const [hour, minute, second] = [match[1], match[2], match[3] ?? '0'].map(Number) as [number, number, number]
  // A time that makes no sense is 00:00:00, a zone that makes no sense is UTC.
  if (hour > 23 || minute > 59 || second > 60) return start
  return start + ((hour * 60 + minute) * 60 + second) * 1000 - zoneMinutes(match[4] ?? '') * 60_000
}

/** Minutes east of UTC. */
function zoneMinutes(zone: string): number {
  const match = /^([+-])(\d\d)([0-5]\d)$/.exec(zone)
  if (match === null) return (ZONES[zone.toUpperCase()] ?? 0) * 60
  return (Number(match[2]) * 60 + Number(match[3])) * (match[1] === '-' ? -1 : 1)
}
