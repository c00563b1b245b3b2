import type { EncodeContext } from '../commands/command.js'
import type { FetchItem, QueryItem } from '../commands/slots.js'
import { ArgumentError } from '../model/errors.js'
import type { FetchData } from '../model/message.js'
import type { Cursor } from '../wire/cursor.js'
import type { Writer } from '../wire/writer.js'
import type { Extension } from './extension.js'

/** How a preview is asked for; `lazy` wants only what the server has at hand (RFC 8970 §3.1). */
export type PreviewAsk = true | { readonly lazy: boolean }

/** The item of FETCH of PREVIEW (RFC 8970). */
export interface PreviewItems {
  /**
   * The first words of a message as plain text, at most 200 characters. Null where the server has none: at all, or for a
   * lazy request not yet. Needs PREVIEW, or PREVIEW=FUZZY or SNIPPET=FUZZY of older servers.
   */
  preview: QueryItem<PreviewAsk, string | null>
}

/**
 * fetch-att =/ "PREVIEW" [SP "(" preview-mod *(SP preview-mod) ")"] ; preview-mod = "LAZY"   (RFC 8970 §6)
 *
 * The drafts before had the name of an algorithm in the parentheses, and at first another name of the item.
 */
function writePreview(w: Writer, ask: PreviewAsk, context: EncodeContext): void {
  const given: unknown = ask
  const isLazy = typeof given === 'object' && given !== null && 'lazy' in given && given.lazy === true
  if (given !== true && typeof given !== 'object') {
    throw new ArgumentError('preview is asked for by true or by { lazy: true }')
  }
  if (context.has('PREVIEW')) {
    w.word('PREVIEW')
    if (isLazy) w.sp().open().word('LAZY').close()
    return
  }
  const name = context.has('PREVIEW=FUZZY') ? 'PREVIEW' : 'SNIPPET'
  w.word(name)
    .sp()
    .open()
    .word(isLazy ? 'LAZY=FUZZY' : 'FUZZY')
    .close()
}

/** msg-att-dynamic =/ "PREVIEW" SP nstring   (RFC 8970 §6); `(FUZZY text)` of the drafts */
function readPreview(cursor: Cursor, data: FetchData): void {
  if (!cursor.tryChar('(')) {
    data['preview'] = cursor.nstring()
    return
  }
  cursor.skipSpaces()
  cursor.atom()
  cursor.sp()
  data['preview'] = cursor.nstring()
  cursor.skipSpaces()
  cursor.char(')')
}

const previewItem: FetchItem<PreviewAsk> = {
  key: 'preview',
  needs: ['PREVIEW', 'PREVIEW=FUZZY', 'SNIPPET=FUZZY'],
  write: writePreview,
  read: { PREVIEW: readPreview, SNIPPET: readPreview },
}

const usage = 'mailbox.fetch(set, { preview: true })'

/** PREVIEW (RFC 8970), and what its drafts announced. */
export const preview: readonly Extension[] = [
  {
    capability: 'PREVIEW',
    spec: [8970],
    summary: 'Gives the first words of a message for a list of messages.',
    usage,
    examples: ['rfc8970.txt'],
    tested: ['embedded', 'dovecot'],
    fetchItems: [previewItem],
  },
  {
    capability: 'PREVIEW=FUZZY',
    spec: 'draft',
    summary: 'Gives previews in the form of an early draft.',
    usage,
    tested: ['transcript'],
  },
  {
    capability: 'SNIPPET=FUZZY',
    spec: 'draft',
    summary: 'Gives previews in the form of the first draft.',
    usage,
    tested: ['transcript'],
  },
]
