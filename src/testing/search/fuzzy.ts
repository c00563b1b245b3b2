/** Words that are looked for at most, and their length at most: what goes beyond is not looked at (RFC 6203 §8). */
const MAX_WORDS = 16
const MAX_LENGTH = 64

/**
 * How much a text is like what is looked for, 0 for not at all to 100 for holding it as it is. Else every word must be
 * there, in any order, with one wrong letter in every three.
 */
export function similarity(text: string, wanted: string): number {
  if (text.includes(wanted)) return 100
  const words = wordsOf(wanted).slice(0, MAX_WORDS)
  if (words.length === 0) return 0
  const there = new Set(wordsOf(text))
  let sum = 0
  for (const word of words) {
    let best = 0
    for (const other of there) best = Math.max(best, alike(word, other))
    if (best === 0) return 0
    sum += best
  }
  // Only what holds the text itself has the full score.
  return Math.max(1, Math.min(99, Math.round(sum / words.length)))
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}\p{M}]+/gu)?.map((word) => word.slice(0, MAX_LENGTH)) ?? []
}

/** How alike two words are, 0 to 100. */
function alike(a: string, b: string): number {
  if (a === b) return 100
  const allowed = Math.floor(Math.min(a.length, b.length) / 3)
  if (Math.abs(a.length - b.length) > allowed) return 0
  const wrong = distance(a, b)
  return wrong > allowed ? 0 : Math.round(100 * (1 - wrong / Math.max(a.length, b.length)))
}

/** Letters to insert, to leave out or to change. */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(change, (above[j] as number) + 1, (row[j - 1] as number) + 1))
    }
    above = row
  }
  return above[b.length] as number
}
