/** Octets that every common file system takes for one name. */
const MAX_OCTETS = 255

/** Control characters, path separators and what Windows forbids in a name. */
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f<>:"/\\|?*]/g
/** Characters that are not seen but turn the reading direction or join: `exe.cod` that shows as `doc.exe`. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g
/** Names that Windows takes for devices, with or without an extension. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\.|$)/i

/**
 * Makes a file name that may be joined to a directory of a name that a sender chose: one level, no control or
 * direction characters, no device, no leading dot, at most 255 octets with its extension kept.
 *
 * @param fallback - what is returned for a name of which nothing is left
 */
export function safeFileName(name: string, fallback = 'attachment'): string {
  const cleaned = name
    .slice(0, 4 * MAX_OCTETS)
    .replace(/\p{Surrogate}/gu, '')
    .normalize('NFC')
    .replace(INVISIBLE, '')
    .replace(FORBIDDEN, '_')
    .replace(/^[\s.]+/, '')
    .replace(/[\s.]+$/, '')
  if (cleaned === '' || /^_+$/.test(cleaned)) return fallback
  return shorten(DEVICE.test(cleaned) ? `_${cleaned}` : cleaned)
}

/** Cuts whole characters from before the extension until the UTF-8 form fits. */
function shorten(name: string): string {
  const encoder = new TextEncoder()
  const octets = (text: string) => encoder.encode(text).length
  if (octets(name) <= MAX_OCTETS) return name
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && octets(name.slice(dot)) <= 32 ? name.slice(dot) : ''
  const stem = [...name.slice(0, name.length - extension.length)]
  let room = MAX_OCTETS - octets(extension)
  let kept = ''
  for (const char of stem) {
    room -= octets(char)
    if (room < 0) break
    kept += char
  }
  return kept.replace(/[\s.]+$/, '') + extension
}
