import { Buffer, isUtf8 } from 'node:buffer'
import { createRequire } from 'node:module'
import type Libmime from 'libmime'

/** Names that mail uses and the encoding standard does not know. */
const ALIASES: Readonly<Record<string, string>> = {
  cp932: 'shift_jis',
  ms932: 'shift_jis',
  cp936: 'gbk',
  ms936: 'gbk',
  cp949: 'euc-kr',
  ms949: 'euc-kr',
  cp950: 'big5',
  'big5-hk': 'big5-hkscs',
  cp51932: 'euc-jp',
  'utf-8-sig': 'utf-8',
  utf_8: 'utf-8',
  utf_16: 'utf-16',
  'x-unicode-2-0-utf-8': 'utf-8',
}

/** Longest name of a charset that is looked at, in characters. */
const MAX_NAME = 100

/** Names that say nothing about how the octets beyond ASCII are meant. */
const NO_NAME = /^(?:|(?:us-?)?ascii|ansi_x3\.4-1968|7bit|8bit|binary|default|unknown(?:-8bit)?|x-unknown|none)$/

/**
 * Turns the bytes of a text part into a string by the charset that the sender named. Without one, and for ASCII, UTF-8 is
 * taken where the bytes are valid UTF-8, else windows-1252. Never throws: what cannot be read becomes U+FFFD.
 */
export function decodeText(bytes: Uint8Array, charset: string | undefined): string {
  // A sender may write anything there; no name is so long, and looking for its quotes must not take long either.
  const name = (charset ?? '')
    .slice(0, MAX_NAME)
    .trim()
    .toLowerCase()
    .replace(/^["']+|["']+$/g, '')
  if (NO_NAME.test(name)) return decodeStandard(bytes, isUtf8(bytes) ? 'utf-8' : 'windows-1252') ?? ''
  const label = ALIASES[name] ?? name.replace(/^(?:win|windows|cp)[-_]?(125[0-8])$/, 'windows-$1')
  return decodeStandard(bytes, label) ?? decodeRare(bytes, label) ?? decodeText(bytes, undefined)
}

/** What windows-1252 has at 0x80 to 0x9F; the five holes keep their control character. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

function decodeStandard(bytes: Uint8Array, label: string): string | undefined {
  try {
    const decoder = new TextDecoder(label)
    if (decoder.encoding !== 'windows-1252') return decoder.decode(bytes)
  } catch {
    // The label is not known here.
    return undefined
  }
  // Several releases of Node 20 and 22 decode this one as latin1, which has control characters where mail has quotes.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  return text.replace(/[\u0080-\u009f]/g, (char) => WINDOWS_1252.charAt(char.charCodeAt(0) - 0x80))
}

/** Charsets beyond the encoding standard, such as UTF-7 and the code pages of DOS: libmime brings their tables. */
function decodeRare(bytes: Uint8Array, label: string): string | undefined {
  const libmime = createRequire(import.meta.url)('libmime') as typeof Libmime
  try {
    // Base64 carries any octet through the word decoder unharmed.
    const text = libmime.decodeWord(
      label,
      'B',
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
    )
    // A charset that it does not know either is taken for UTF-8.
    return text.includes('\ufffd') ? undefined : text
  } catch {
    return undefined
  }
}
