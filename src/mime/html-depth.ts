/** Elements in one another; no page that a person has written comes near. */
const MAX_DEPTH = 500

/** Elements that have no end, or whose end may be left out: they hold none of their kind. */
const FLAT = new Set(
  'area base br col dd dt embed hr img input li link meta option p param source td th tr track wbr'.split(' '),
)

/** Whether the elements of a page are nested too deep for code that calls itself for each level. Looks at each octet once. */
export function isDeep(html: string): boolean {
  let depth = 0
  for (const [, end, name = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9]{0,20})/gi)) {
    if (FLAT.has(name.toLowerCase())) continue
    if (end !== '') depth = Math.max(0, depth - 1)
    else if (++depth > MAX_DEPTH) return true
  }
  return false
}
