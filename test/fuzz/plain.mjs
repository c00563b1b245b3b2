import { Failure } from './failure.mjs'

/**
 * A value as plain data that can be compared: sets and maps by their content, numbers beyond 2^53 as text.
 *
 * @throws Failure for what no result may hold: NaN, fractions, invalid dates
 */
export function plain(value) {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number' && !Number.isInteger(value)) throw new Failure('a result holds a strange number', value)
  if (value instanceof Date && Number.isNaN(value.getTime())) throw new Failure('a result holds an invalid date')
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return `date ${value.getTime()}`
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  if (value instanceof Error) return `${value.name} ${value.message}`
  if (value instanceof Map) return [...value].map(([key, each]) => [plain(key), plain(each)])
  if (Array.isArray(value) || value instanceof Set) return [...value].map(plain)
  // NumberSet
  if (typeof value.kind === 'string' && typeof value.has === 'function') return `${value.kind} ${value.toString()}`
  // UidMap
  if (typeof value.intervals === 'function') return plain(value.intervals())
  return Object.entries(value).map(([key, each]) => [key, plain(each)])
}
