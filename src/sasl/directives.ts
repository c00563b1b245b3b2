/** The directives of a challenge by their names in lower case, each with all of its values, one octet a character. */
export type Directives = ReadonlyMap<string, readonly string[]>

/**
 * One directive with the white space around it; what a backslash quotes is taken out later.
 *
 * quoted-string = <"> *( qdtext / quoted-pair ) <">
 */
const DIRECTIVE = /\s*([^\s()<>@,;:\\"/[\]?={}]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))\s*(?:,|$)/sy

/** An element of a list that is empty. */
const NOTHING = /\s*(?:,|$)/y

/**
 * Reads the list of directives that DIGEST-MD5 has taken over from HTTP (RFC 2831 §7).
 *
 * 1#( token "=" ( token | quoted-string ) )
 *
 * @returns undefined for what is no such list
 */
export function readDirectives(text: string): Directives | undefined {
  const directives = new Map<string, string[]>()
  for (let at = 0; at < text.length;) {
    NOTHING.lastIndex = at
    if (NOTHING.test(text)) {
      at = NOTHING.lastIndex
      continue
    }
    DIRECTIVE.lastIndex = at
    const match = DIRECTIVE.exec(text)
    if (match === null) return undefined
    const [, name = '', quoted, token = ''] = match
    const value = quoted === undefined ? token : quoted.replace(/\\(.)/gs, '$1')
    const key = name.toLowerCase()
    const known = directives.get(key)
    if (known === undefined) directives.set(key, [value])
    else known.push(value)
    at = DIRECTIVE.lastIndex
  }
  return directives.size === 0 ? undefined : directives
}
