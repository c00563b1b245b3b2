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
