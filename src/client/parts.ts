import { safeFileName } from '../mime/file-name.js'
import type { BodyStructure, SinglePart } from '../model/body-structure.js'

/** One part of a message, with what is needed to show and to fetch it. */
export interface MessagePart {
  /** The part number, for `download` and `stream`. */
  readonly part: string
  /** Media type in lower case. */
  readonly type: string
  readonly charset?: string
  /** A file name that is safe to join to a directory. */
  readonly filename?: string
  /** Content-ID without its angle brackets, as `cid:` links name it. */
  readonly contentId?: string
  /** Octets in its transfer encoding. */
  readonly size: number
}

/** The parts of a message by their use. */
export interface MessageParts {
  /** The text to show. */
  readonly text?: MessagePart
  /** The same as HTML. */
  readonly html?: MessagePart
  readonly attachments: readonly MessagePart[]
  /** Parts that the HTML shows, and further text. */
  readonly inline: readonly MessagePart[]
}

/**
 * Sorts the parts of a message into text, HTML, attachments and inline parts. Attached messages stay whole.
 *
 * @example
 * ```ts
 * import { parts } from 'imapkit'
 * const m = await inbox.fetchOne(uid, { bodyStructure: true })
 * for (const { part, filename } of m === null ? [] : parts(m.bodyStructure).attachments) {
 *   const file = await inbox.download(uid, part)
 *   console.log(filename, await file?.bytes())
 * }
 * ```
 */
export function parts(bodyStructure: BodyStructure): MessageParts {
  const found: Found = { text: undefined, html: undefined, attachments: [], inline: [] }
  sort(bodyStructure, false, found)
  const { text, html, attachments, inline } = found
  return { ...(text && { text }), ...(html && { html }), attachments, inline }
}

/** The part with that number; undefined where there is none. The empty string is the message itself. */
export function findPart(structure: BodyStructure, path: string): BodyStructure | undefined {
  if (structure.part === path) return structure
  // A path leads through exactly one child of each level.
  if (structure.kind === 'multipart') {
    for (const child of structure.children) {
      const found = leadsTo(child, path) ? findPart(child, path) : undefined
      if (found !== undefined) return found
    }
  } else if (structure.body !== null) return findPart(structure.body, path)
  return undefined
}

function leadsTo({ part }: BodyStructure, path: string): boolean {
  return part === '' || part === path || path.startsWith(`${part}.`)
}

interface Found {
  text: MessagePart | undefined
  html: MessagePart | undefined
  readonly attachments: MessagePart[]
  readonly inline: MessagePart[]
}

/** @param isRelated - below a multipart/related, whose parts belong to the first of them */
function sort(structure: BodyStructure, isRelated: boolean, found: Found): void {
  if (structure.kind === 'multipart') {
    for (const child of structure.children) sort(child, isRelated || structure.type === 'multipart/related', found)
    return
  }
  const part = describePart(structure)
  const isAttached = structure.disposition === 'attachment'
  if (!isAttached && structure.type === 'text/plain' && found.text === undefined && part.filename === undefined) {
    found.text = part
  } else if (!isAttached && structure.type === 'text/html' && found.html === undefined && part.filename === undefined) {
    found.html = part
  } else if (!isAttached && isInline(structure, isRelated)) found.inline.push(part)
  else found.attachments.push(part)
}

function isInline(part: SinglePart, isRelated: boolean): boolean {
  if (part.type === 'message/rfc822' || part.type === 'message/global') return false
  if (isRelated && part.id !== null) return true
  return part.disposition === 'inline' || (part.type.startsWith('text/') && fileNameOf(part) === undefined)
}

/** What is told of a part. */
export function describePart(part: SinglePart): MessagePart {
  const charset = part.parameters.get('charset')
  const filename = fileNameOf(part)
  const contentId = part.id?.trim().replace(/^<|>$/g, '')
  return {
    part: part.part,
    type: part.type,
    ...(charset !== undefined && { charset }),
    ...(filename !== undefined && { filename }),
    ...(contentId !== undefined && contentId !== '' && { contentId }),
    size: part.size,
  }
}

/** The name of the disposition wins over the older one of the type (RFC 2183 §2.3). */
export function fileNameOf(part: BodyStructure): string | undefined {
  const name = part.dispositionParameters.get('filename') ?? part.parameters.get('name')
  return name === undefined || name === '' ? undefined : safeFileName(name)
}
