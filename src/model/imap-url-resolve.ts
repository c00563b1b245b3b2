import { formatImapUrl, type ImapUrl, parseImapUrl } from './imap-url.js'
import { splitUrl, type UrlParts } from './imap-url-coding.js'

/**
 * Resolves a relative IMAP URL, as it stands in CATENATE or in the body of a message (RFC 5092 §7, RFC 3986 §5.2).
 *
 * A reference that begins with `;UID=`, `;SECTION=` or `;PARTIAL=` takes what stands before that from `base`, whether or
 * not `base` ends in a slash.
 *
 * @param base - an absolute URL, or its parts
 * @throws ArgumentError when `reference` or what comes of it is no IMAP URL
 * @example
 * ```ts
 * import { resolveImapUrl } from 'imapkit'
 * resolveImapUrl(';SECTION=1.4', 'imap://joe@example.com/INBOX/;UID=20/;SECTION=1.2').section // '1.4'
 * ```
 */
export function resolveImapUrl(reference: string, base: string | ImapUrl): ImapUrl {
  const parts = splitUrl(reference)
  if (parts.scheme !== undefined) return parseImapUrl(join({ ...parts, path: withoutDots(parts.path) }))
  const origin = splitUrl(typeof base === 'string' ? base : formatImapUrl(base))
  return parseImapUrl(join(transform(parts, origin)))
}

/** The transformation of RFC 3986 §5.2.2, for references without a scheme. */
function transform({ authority, path, query }: UrlParts, base: UrlParts): UrlParts {
  const { scheme } = base
  if (authority !== undefined) return { scheme, authority, path: withoutDots(path), query }
  if (path === '') return { ...base, query: query ?? base.query }
  return { ...base, path: withoutDots(path.startsWith('/') ? path : merge(base.path, path)), query }
}

/** The parameters of a message from the outermost to the innermost, each a segment of its own. */
const LEVELS = ['UID', 'SECTION', 'PARTIAL']

/** Puts a path behind the last slash of the base; parameters behind all that stands above them (RFC 5092 §9.1). */
function merge(base: string, path: string): string {
  const name = /^;([A-Z]+)=/i.exec(path)?.[1]?.toUpperCase() ?? ''
  const level = LEVELS.indexOf(name)
  if (level < 0) return `${base.slice(0, base.lastIndexOf('/'))}/${path}`
  // From here on the base has nothing that the reference would keep; what authorizes it does not hold for another part.
  const inner = new RegExp(`/+;(?:${LEVELS.slice(level).join('|')})=.*$|;(?:EXPIRE|URLAUTH)=.*$`, 'i')
  return `${base.replace(inner, '').replace(/\/$/, '')}/${path}`
}

/**
 * remove_dot_segments (RFC 3986 §5.2.4).
 *
 * What ends in a dot segment ends in a slash then; in an IMAP URL that is the mailbox itself (RFC 5092 §9.1).
 */
function withoutDots(path: string): string {
  const segments = path.split('/')
  const kept: string[] = []
  for (const segment of segments) {
    if (segment === '..') {
      if (kept.length > 1) kept.pop()
    } else if (segment !== '.') kept.push(segment)
  }
  const joined = kept.join('/')
  return path.startsWith('/') && !joined.startsWith('/') ? `/${joined}` : joined
}

/** Component recomposition (RFC 3986 §5.3). */
function join({ scheme = '', authority, path, query }: UrlParts): string {
  return `${scheme}:${authority === undefined ? '' : `//${authority}`}${path}${query === undefined ? '' : `?${query}`}`
}
