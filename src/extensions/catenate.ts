import { appendContent, asksFirst, checkContent, sizeOf } from '../commands/append.js'
import { checkArray, checkCapability, checkObject } from '../commands/checks.js'
import type { EncodeContext } from '../commands/command.js'
import type { AppendItem } from '../commands/slots.js'
import { ArgumentError } from '../model/errors.js'
import { formatImapPath, type ImapUrlPath } from '../model/imap-url.js'
import type { LiteralSource, Writer } from '../wire/writer.js'
import type { Extension } from './extension.js'

/** A part of a message that the server puts together: something that it has, or something new (RFC 4469 §5). */
export type CatenatePart =
  | {
      /**
       * A message, or a part of one, as an absolute path such as `/Drafts/;UID=20/;SECTION=1` or as its parts. Its octets
       * are copied as they are, transfer encoding and all.
       */
      readonly url: string | ImapUrlPath
    }
  | {
      /** Text, whose line ends are made CRLF, bytes, or a stream of bytes with its size. */
      readonly text: string | LiteralSource
    }

/** A message that the server puts together (CATENATE, RFC 4469). */
export interface CatenateContent {
  /** What follows each other in the message: headers, boundaries and all are for the caller to add. */
  readonly catenate: readonly CatenatePart[]
}

/** The parts that are sent, as they go on the wire. */
export function sourcesOf(parts: readonly CatenatePart[]): readonly LiteralSource[] {
  return parts.flatMap((part) => ('text' in part ? [appendContent(part.text)] : []))
}

/** @throws ArgumentError for a URL that could not be one of a message */
export function urlText(url: string | ImapUrlPath): string {
  const given: unknown = url
  if (typeof given === 'object' && given !== null) {
    if ((url as ImapUrlPath).uid === undefined) throw new ArgumentError('A URL of a message has a uid')
    return formatImapPath(url as ImapUrlPath)
  }
  if (typeof given !== 'string' || !/^[\x21-\x7e]+$/.test(given)) {
    throw new ArgumentError('A URL is printable ASCII without spaces, or its parts: { mailbox, uid, section }')
  }
  return given
}

/** A range of octets in a URL needs URL-PARTIAL (RFC 5550 §5.7.1). */
export function checkUrlPartial(context: EncodeContext, url: string): void {
  if (/\/;PARTIAL=/i.test(url)) checkCapability(context, 'URL-PARTIAL', 'PARTIAL in a URL')
}

function checkParts(parts: readonly CatenatePart[]): void {
  checkArray('catenate', parts)
  if (parts.length === 0) throw new ArgumentError('catenate needs at least one part')
  for (const part of parts) {
    checkObject('A part of catenate', part)
    if ('url' in part === 'text' in part) throw new ArgumentError('A part of catenate is { url } or { text }')
    if ('url' in part) urlText(part.url)
    else checkContent(appendContent(part.text))
  }
}

/**
 * append-data  =/ "CATENATE" SP "(" cat-part *(SP cat-part) ")"
 * cat-part     = text-literal / url
 * text-literal = "TEXT" SP literal
 * url          = "URL" SP astring   (RFC 4469 §5)
 */
function writeParts(w: Writer, parts: readonly CatenatePart[], context: EncodeContext): void {
  w.word('CATENATE').sp()
  w.list(parts, (part) => {
    if ('url' in part) {
      const url = urlText(part.url)
      checkUrlPartial(context, url)
      // Quoted, as in all examples: an atom with so many signs in it is asking for trouble.
      w.word('URL').sp().string(url)
      return
    }
    const source = appendContent(part.text)
    w.word('TEXT')
      .sp()
      .literal(source, { synchronize: asksFirst(sizeOf(source), context) })
  })
}

const catenateItem: AppendItem<readonly CatenatePart[]> = {
  needs: 'CATENATE',
  isContent: true,
  check: checkParts,
  write: writeParts,
}

/** CATENATE: messages made of parts of others, without a download (RFC 4469). */
export const catenate: Extension = {
  capability: 'CATENATE',
  spec: [4469],
  summary: 'Makes a message of parts of messages that the server has, without downloading them.',
  usage: "client.append('Drafts', { catenate: [{ url: '/Drafts/;UID=20' }, { text: 'new' }] })",
  examples: ['rfc4469.txt', 'rfc8508.txt'],
  tested: ['embedded', 'transcript', 'dovecot', 'cyrus'],
  appendItems: { catenate: catenateItem },
}
