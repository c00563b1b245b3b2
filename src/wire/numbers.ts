import { isDigit } from './chars.js'

/** The largest value of number64 (RFC 9051 §9). */
export const MAX_NUMBER64 = 2n ** 63n - 1n

/** The end of the run of digits that starts at `from`; looks at no more than `most` + 1 of them. */
export function digitsEnd(text: string, from: number, most: number): number {
  let at = from
  while (at - from <= most && isDigit(text.charCodeAt(at))) at++
  return at
}

/**
 * Reads a number that a server wrote with an exponent, such as `9.3736e+06`, as some do for quotas.
 * Undefined when there is no such number or it is no whole one.
 */
export function exponential(text: string, from: number): { readonly value: number; readonly end: number } | undefined {
  const match = /^\d{1,20}(?:\.\d{1,20})?e\+?\d{1,3}(?!\d)/i.exec(text.slice(from, from + 48))
  if (match === null) return undefined
  const value = Number(match[0])
  return Number.isSafeInteger(value) ? { value, end: from + match[0].length } : undefined
}
