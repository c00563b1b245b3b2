import { ArgumentError } from './errors.js'
import { MAX_NUMBER } from './ids.js'

/**
 * The intervals of a set: `[from, to, from, to, …]`. Once normalised they ascend, and neither touch nor overlap.
 * STAR stands for `*`.
 */
export type Bounds = readonly number[]

/** Stands for `*`: greater than any number. */
export const STAR = MAX_NUMBER + 1

/** A bound as callers see it. */
export function outside(bound: number): number | '*' {
  return bound === STAR ? '*' : bound
}

/** "5", "5:9", "5:*" or "*" */
export function rangeText(from: number, to: number): string {
  const first = from === STAR ? '*' : String(from)
  return from === to ? first : `${first}:${to === STAR ? '*' : to}`
}

/** Whether a value may be a UID or a sequence number. */
export function isNumber(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= MAX_NUMBER
}

/** @throws ArgumentError for what cannot be a UID or a sequence number */
export function checkNumber(number: number): void {
  if (!isNumber(number)) {
    throw new ArgumentError(`${String(number)} is no message number: use a whole number from 1 to ${MAX_NUMBER}`)
  }
}

/** Adds the interval between two bounds, which may come in either order, to a list that is normalised later. */
export function collectRange(from: number | '*', to: number | '*', bounds: number[]): void {
  if (from !== '*') checkNumber(from)
  if (to !== '*') checkNumber(to)
  const a = from === '*' ? STAR : from
  const b = to === '*' ? STAR : to
  const last = bounds.length - 1
  // Numbers that ascend, as in the answer to a search, need no sorting later.
  if (a <= b && b !== STAR && a - 1 === bounds[last]) bounds[last] = b
  else if (a <= b) bounds.push(a, b)
  else bounds.push(b, a)
}

/**
 * Adds the intervals of a text.
 *
 * seq-number = nz-number / "*"
 * seq-range  = seq-number ":" seq-number
 *
 * @throws ArgumentError for text that is no set
 */
export function collectText(text: string, bounds: number[]): void {
  if (text === '') return
  for (const item of text.split(',')) {
    const match = /^(\*|[1-9][0-9]{0,9})(?::(\*|[1-9][0-9]{0,9}))?$/.exec(item)
    if (match === null) {
      throw new ArgumentError(`"${text.slice(0, 80)}" is no set of message numbers: write it like 1:5,9,20:*`)
    }
    const from = match[1] === '*' ? '*' : Number(match[1])
    const to = match[2] === undefined ? from : match[2] === '*' ? '*' : Number(match[2])
    collectRange(from, to, bounds)
  }
}

/** Sorts intervals where needed and merges those that touch. */
export function normalise(bounds: number[]): Bounds {
  let sorted = true
  for (let i = 2; i < bounds.length && sorted; i += 2) sorted = (bounds[i] as number) > (bounds[i - 1] as number) + 1
  if (sorted) return bounds
  const order = Array.from({ length: bounds.length / 2 }, (_, i) => 2 * i)
  order.sort((a, b) => (bounds[a] as number) - (bounds[b] as number))
  const merged: number[] = []
  for (const i of order) append(merged, bounds[i] as number, bounds[i + 1] as number)
  return merged
}

/** Appends an interval that starts no lower than the last one of `merged`. */
function append(merged: number[], from: number, to: number): void {
  const last = merged.length - 1
  const end = merged[last]
  // `9:*` and `*` merge; a finite end and `*` never do, since nobody knows what `*` is.
  const touches = end !== undefined && (from === STAR ? end === STAR : from <= end + 1)
  if (!touches) merged.push(from, to)
  else if (to > end) merged[last] = to
}

/** All that is in `a` or in `b`. */
export function merge(a: Bounds, b: Bounds): number[] {
  const merged: number[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (j >= b.length || (i < a.length && (a[i] as number) <= (b[j] as number))) {
      append(merged, a[i] as number, a[i + 1] as number)
      i += 2
    } else {
      append(merged, b[j] as number, b[j + 1] as number)
      j += 2
    }
  }
  return merged
}

/** Sweeps over the edges of two sets and keeps the stretches for which `keep` holds. */
export function combine(a: Bounds, b: Bounds, keep: (inA: boolean, inB: boolean) => boolean): number[] {
  const result: number[] = []
  let i = 0
  let j = 0
  let start = 0
  let inside = false
  // Entry 2k of the bounds opens an interval at its value, entry 2k+1 closes it one past its value.
  const edge = (bounds: Bounds, k: number) => (bounds[k] ?? Infinity) + (k % 2)
  for (;;) {
    const at = Math.min(edge(a, i), edge(b, j))
    if (at === Infinity) return result
    while (i < a.length && edge(a, i) === at) i++
    while (j < b.length && edge(b, j) === at) j++
    const now = keep(i % 2 === 1, j % 2 === 1)
    if (now && !inside) start = at
    if (!now && inside) result.push(start, at - 1)
    inside = now
  }
}
