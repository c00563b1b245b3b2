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

/** Carries along, from char to char, which prefixes of the pattern fit the name so far: O(pattern × name). */
function matches(pattern: string, name: string, delimiter: string): boolean {
  const length = pattern.length
  let now = new Uint8Array(length + 1)
  let next = new Uint8Array(length + 1)
  now[0] = 1
  skipWildcards(pattern, now)
  for (let i = 0; i < name.length; i++) {
    const char = name.charAt(i)
    next.fill(0)
    for (let state = 0; state < length; state++) {
      if (now[state] === 0) continue
      const wanted = pattern.charAt(state)
      if (wanted === '*' || (wanted === '%' && char !== delimiter)) next[state] = 1
      else if (wanted === char && wanted !== '%') next[state + 1] = 1
    }
    skipWildcards(pattern, next)
    ;[now, next] = [next, now]
  }
  return now[length] === 1
}

/** A wildcard also stands for nothing. */
function skipWildcards(pattern: string, states: Uint8Array): void {
  for (let i = 0; i < pattern.length; i++) {
    const wanted = pattern.charAt(i)
    if (states[i] === 1 && (wanted === '*' || wanted === '%')) states[i + 1] = 1
  }
}
