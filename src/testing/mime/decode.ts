/** Undoes a Content-Transfer-Encoding (RFC 2045 §6), or null for one that is not known. */
export function decodeBody(bytes: Buffer, encoding: string): Buffer | null {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case '7bit':
    case '8bit':
    case 'binary':
      return bytes
    case 'base64':
      return Buffer.from(bytes.toString('latin1').replace(/[^A-Za-z0-9+/=]/g, ''), 'base64')
    case 'quoted-printable':
      return decodeQuotedPrintable(bytes.toString('latin1'))
    default:
      return null
  }
}

/** Quoted-printable (RFC 2045 §6.7): white space at line ends goes, soft line breaks go. */
function decodeQuotedPrintable(text: string): Buffer {
  // Line by line, since a pattern for white space at line ends takes quadratic time on a body of spaces.
  const lines = text.split('\n').map(trimLine)
  const joined = lines.join('\r\n').replace(/=\r\n/g, '')
  return Buffer.from(
    joined.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  )
}

/** Takes the space, tab and CR at the end away, and no other white space: octets above 0x7f are content. */
function trimLine(line: string): string {
  let end = line.length
  while (end > 0 && ' \t\r'.includes(line.charAt(end - 1))) end--
  return line.slice(0, end)
}

/** Octets as text; US-ASCII and what is not named is read as UTF-8 where it is that, else as Windows-1252. */
export function decodeText(octets: Buffer, charset: string | undefined): string {
  const name = charset?.trim().toLowerCase() ?? ''
  const decoder = name === '' || name === 'us-ascii' ? null : decoderOf(name)
  if (decoder !== null) return decoder.decode(octets)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets)
  } catch {
    return new TextDecoder('windows-1252').decode(octets)
  }
}

/** What turns octets into text. */
export type Decoder = InstanceType<typeof TextDecoder>

/** The decoder of a charset, or null for one that is not known. */
export function decoderOf(charset: string): Decoder | null {
  try {
    return new TextDecoder(charset)
  } catch {
    return null
  }
}

const WORD = /=\?([^?*\s]+)(?:\*[^?\s]*)?\?([BbQq])\?([^?\s]*)\?=/g

/** Decodes the encoded words in header octets (RFC 2047); neighbours of one charset are joined before they are decoded. */
export function decodeWords(octets: string): string {
  const merged: { charset: string | undefined; bytes: Buffer }[] = []
  const push = (charset: string | undefined, bytes: Buffer): void => {
    const last = merged.at(-1)
    if (last !== undefined && last.charset === charset) last.bytes = Buffer.concat([last.bytes, bytes])
    else merged.push({ charset, bytes })
  }
  let end = 0
  for (const match of octets.matchAll(WORD)) {
    const between = octets.slice(end, match.index)
    // White space between two encoded words is not shown (RFC 2047 §6.2).
    if (!(end > 0 && /^\s*$/.test(between)) && between !== '') push(undefined, Buffer.from(between, 'latin1'))
    push((match[1] as string).toLowerCase(), decodeWord(match[2] as string, match[3] as string))
    end = match.index + match[0].length
  }
  if (end < octets.length) push(undefined, Buffer.from(octets.slice(end), 'latin1'))
  return merged.map(({ charset, bytes }) => decodeText(bytes, charset)).join('')
}

function decodeWord(encoding: string, text: string): Buffer {
  if (encoding.toUpperCase() === 'B') return Buffer.from(text, 'base64')
  return decodeQuotedPrintable(text.replaceAll('_', '=20'))
}
