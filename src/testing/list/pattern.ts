/**
 * Makes a test for names of a LIST pattern (RFC 9051 §6.3.9): `*` stands for anything, `%` for anything within one level.
 * The test takes time in proportion to the name and the pattern: no pattern can make it explode.
 */
export function matcher(pattern: string, delimiter: string): (name: string) => boolean {
  // INBOX as the first level is compared without regard to case.
  const start = new RegExp(`^inbox(?=$|[*%]|${delimiter.replace(/[^A-Za-z0-9]/g, '\\$&')})`, 'i')
  const folded = pattern
    .replace(/[*%]*\*[*%]*/g, '*')
    .replace(/%+/g, '%')
    .replace(start, 'INBOX')
  return (name) => matches(folded, name, delimiter)
}

/** Which prefixes of the pattern match the name so far, carried over from char to char. */
function matches(pattern: string, name: string, delimiter: string): boolean {
  let states = close(new Set([0]), pattern)
  for (const char of name) {
    const next = new Set<number>()
    for (const state of states) {
      const wanted = pattern.charAt(state)
      if (wanted === '*' || (wanted === '%' && char !== delimiter)) next.add(state)
      else if (wanted !== '%' && pattern.startsWith(char, state)) next.add(state + char.length)
    }
    if (next.size === 0) return false
    states = close(next, pattern)
  }
  return states.has(pattern.length)
}

/** A wildcard also stands for nothing. */
function close(states: Set<number>, pattern: string): Set<number> {
  for (const state of states) if (pattern.charAt(state) === '*' || pattern.charAt(state) === '%') states.add(state + 1)
  return states
}
