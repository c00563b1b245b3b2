import { Buffer } from 'node:buffer'
import { ArgumentError } from '../model/errors.js'
import { UidSet } from '../model/number-set.js'
import type { Writer } from '../wire/writer.js'
import type { Command, EncodeContext } from './command.js'
import { mailboxSelected } from './states.js'

/** A word, a string or a parenthesis of a search program. */
type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'string'; readonly bytes: Buffer }
  | { readonly kind: 'open' }
  | { readonly kind: 'close' }

/**
 * UID SEARCH by a program that is text, as an IMAP URL has it (RFC 5092 §5). It is taken apart and written anew, so that
 * nothing but the arguments of SEARCH can come of it.
 *
 * search-program = ["CHARSET" SP charset SP] search-key *(SP search-key)   (RFC 9051 §9)
 *
 * @param program - literals in it are of the form `{n+}`
 * @throws ArgumentError for text that is no such program
 */
export function searchProgram(program: string): Command<UidSet> {
  const tokens = withoutCharset(tokensOf(program))
  return {
    name: 'UID SEARCH',
    states: mailboxSelected,
    // Numbers in it are sequence numbers; they are not looked into.
    traits: { exclusive: true, seqArgs: true, answers: 'SEARCH' },
    encode: (w, context) => writeTokens(w, tokens, context),
    collect: ({ tag }) => {
      let found = UidSet.of('')
      return {
        untagged: (response) => {
          if (response.type === 'SEARCH') found = found.union(UidSet.of(response.numbers.join(',')))
          else if (response.type === 'ESEARCH' && (response.tag === null || response.tag === tag)) {
            found = found.union(UidSet.of(response.all ?? ''))
          } else return false
          return true
        },
        done: () => found,
      }
    },
  }
}

function fault(): never {
  throw new ArgumentError('The search in the URL is no list of search keys')
}

/** Works on octets, one character each: a literal counts them. */
function tokensOf(program: string): readonly Token[] {
  const octets = Buffer.from(program, 'utf8').toString('latin1')
  const tokens: Token[] = []
  const token = / *(?:([()])|"((?:[^"\\\r\n]|\\["\\])*)"|\{(\d{1,9})\+\}\r\n|([^ ()"{\0-\x1f\x7f-\xff]+))/y
  let depth = 0
  while (token.lastIndex < octets.length) {
    const [whole, paren, quoted, size, word] = token.exec(octets) ?? fault()
    if (paren === '(' || paren === ')') {
      depth += paren === '(' ? 1 : -1
      if (depth < 0) fault()
      tokens.push(paren === '(' ? { kind: 'open' } : { kind: 'close' })
    } else if (quoted !== undefined) {
      tokens.push({ kind: 'string', bytes: Buffer.from(quoted.replaceAll(/\\(.)/g, '$1'), 'latin1') })
    } else if (size !== undefined) {
      const from = token.lastIndex
      const end = from + Number(size)
      if (end > octets.length) fault()
      tokens.push({ kind: 'string', bytes: Buffer.from(octets.slice(from, end), 'latin1') })
      token.lastIndex = end
    } else if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else throw new Error(`A token of a search is nothing known: ${whole.length} octets`)
  }
  if (depth !== 0 || tokens.length === 0) fault()
  return tokens
}

/** What is written here is UTF-8, whatever the program says; options of the result are not for a URL to choose. */
function withoutCharset(tokens: readonly Token[]): readonly Token[] {
  const [first, second, ...rest] = tokens
  if (isWord(first, 'RETURN') || (isWord(first, 'CHARSET') && isWord(rest[0], 'RETURN'))) {
    throw new ArgumentError('The search in a URL cannot have RETURN options')
  }
  if (!isWord(first, 'CHARSET')) return tokens
  const charset =
    second?.kind === 'word' ? second.text : second?.kind === 'string' ? second.bytes.toString('latin1') : ''
  if (!/^(?:UTF-8|US-ASCII)$/i.test(charset)) {
    throw new ArgumentError('The search in a URL has the charset UTF-8 or US-ASCII: others cannot be read')
  }
  return rest.length === 0 ? fault() : rest
}

function isWord(token: Token | undefined, name: string): boolean {
  return token?.kind === 'word' && token.text.toUpperCase() === name
}

function writeTokens(w: Writer, tokens: readonly Token[], context: EncodeContext): void {
  const isUtf8 = context.isEnabled('UTF8=ACCEPT') || context.isEnabled('IMAP4rev2')
  const isAscii = tokens.every((token) => token.kind !== 'string' || token.bytes.every((octet) => octet < 0x80))
  // With UTF8=ACCEPT, naming a charset is forbidden (RFC 6855 §3).
  if (!isAscii && !isUtf8) w.sp().word('CHARSET').sp().word('UTF-8')
  let opened = false
  for (const token of tokens) {
    if (token.kind !== 'close' && !opened) w.sp()
    opened = token.kind === 'open'
    if (token.kind === 'open') w.open()
    else if (token.kind === 'close') w.close()
    else if (token.kind === 'word') w.word(token.text)
    else w.string(token.bytes.toString('utf8'))
  }
}
