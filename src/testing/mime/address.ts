/** An address of an envelope (RFC 9051 §7.5.2); a group starts with a host of null and ends with a mailbox of null. */
export interface ParsedAddress {
  readonly name: string | null
  readonly route: string | null
  readonly mailbox: string | null
  readonly host: string | null
}

type Token = { readonly kind: 'word' | 'quoted' | 'special' | 'comment' | 'literal'; readonly text: string }

/** Parses an address list (RFC 5322 §3.4), group syntax and obsolete routes included; what makes no sense is kept as a name. */
export function parseAddresses(text: string): ParsedAddress[] {
  const addresses: ParsedAddress[] = []
  let pending: Token[] = []
  let inGroup = false
  const flush = (): void => {
    const address = oneAddress(pending)
    if (address !== null) addresses.push(address)
    pending = []
  }
  let angle = false
  for (const token of tokens(text)) {
    const special = token.kind === 'special' ? token.text : ''
    if (special === '<') angle = true
    if (special === '>') angle = false
    if (special === ',' && !angle) flush()
    else if (special === ':' && !angle && !inGroup) {
      addresses.push({ name: null, route: null, mailbox: phrase(pending) ?? '', host: null })
      pending = []
      inGroup = true
    } else if (special === ';' && !angle) {
      flush()
      if (inGroup) addresses.push({ name: null, route: null, mailbox: null, host: null })
      inGroup = false
    } else pending.push(token)
  }
  flush()
  if (inGroup) addresses.push({ name: null, route: null, mailbox: null, host: null })
  return addresses
}

/** [phrase] "<" [route ":"] addr-spec ">" / addr-spec */
function oneAddress(tokens: readonly Token[]): ParsedAddress | null {
  const open = tokens.findIndex((token) => token.kind === 'special' && token.text === '<')
  if (open >= 0) {
    const close = tokens.findIndex((token, i) => i > open && token.kind === 'special' && token.text === '>')
    let inner = tokens.slice(open + 1, close < 0 ? tokens.length : close)
    let route: string | null = null
    const colon = inner.findIndex((token) => token.kind === 'special' && token.text === ':')
    if (colon >= 0) {
      route = glue(inner.slice(0, colon)) || null
      inner = inner.slice(colon + 1)
    }
    return { name: phrase(tokens.slice(0, open)), route, ...specification(inner) }
  }
  const words = tokens.filter((token) => token.kind !== 'comment')
  if (words.length === 0) return null
  if (words.some((token) => token.kind === 'special' && token.text === '@')) {
    // The old way to give a name: addr-spec (name)
    const comment = tokens.filter((token) => token.kind === 'comment').map((token) => token.text)
    return { name: comment.join(' ') || null, route: null, ...specification(words) }
  }
  return { name: null, route: null, mailbox: phrase(words), host: '' }
}

function specification(tokens: readonly Token[]): { mailbox: string; host: string } {
  const words = tokens.filter((token) => token.kind !== 'comment')
  const at = words.findLastIndex((token) => token.kind === 'special' && token.text === '@')
  if (at < 0) return { mailbox: glue(words), host: '' }
  return { mailbox: glue(words.slice(0, at)), host: glue(words.slice(at + 1)) }
}

const glue = (tokens: readonly Token[]): string => tokens.map((token) => token.text).join('')

/** The words of a display name, as far as there are any. */
function phrase(tokens: readonly Token[]): string | null {
  const words = tokens.filter((token) => token.kind !== 'comment')
  let text = ''
  for (const [i, word] of words.entries()) {
    // `J. Doe` is one word and a dot in old mail: no space ahead of the dot.
    const glued = i === 0 || (word.kind === 'special' && word.text === '.')
    text += glued ? word.text : ` ${word.text}`
  }
  return text === '' ? null : text
}

function* tokens(text: string): Generator<Token> {
  const pattern = /\s+|"([^"\\]*(?:\\[\s\S][^"\\]*)*)"?|(\[[^\]]*\]?)|([^\s"(),:;<>@[\]\\]+)|([\s\S])/y
  let pos = 0
  while (pos < text.length) {
    if (text.charAt(pos) === '(') {
      const end = commentEnd(text, pos)
      yield {
        kind: 'comment',
        text: text
          .slice(pos + 1, end - 1)
          .replace(/\\([\s\S])/g, '$1')
          .trim(),
      }
      pos = end
      continue
    }
    pattern.lastIndex = pos
    const match = pattern.exec(text)
    if (match === null) return
    pos = pattern.lastIndex
    if (match[1] !== undefined) yield { kind: 'quoted', text: match[1].replace(/\\([\s\S])/g, '$1') }
    else if (match[2] !== undefined) yield { kind: 'literal', text: match[2] }
    else if (match[3] !== undefined) yield { kind: 'word', text: match[3] }
    else if (match[4] !== undefined) yield { kind: 'special', text: match[4] }
  }
}

function commentEnd(text: string, start: number): number {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    const char = text.charAt(i)
    if (char === '\\') i++
    else if (char === '(') depth++
    else if (char === ')' && --depth === 0) return i + 1
  }
  return text.length + 1
}
