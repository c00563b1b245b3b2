import type { Command } from '../commands/command.js'
import { loggedIn } from '../commands/states.js'
import type { Extension } from './extension.js'

/**
 * COMPRESS: from its OK on, both sides send raw DEFLATE (RFC 4978 §3).
 *
 * NO with COMPRESSIONACTIVE means that another layer, such as TLS, compresses already. What runs on one connection twice
 * is refused before a byte is sent.
 *
 * compress = "COMPRESS" SP algorithm   (RFC 4978 §5)
 */
export function compressDeflate(): Command<void> {
  return {
    name: 'COMPRESS',
    states: loggedIn,
    needs: 'COMPRESS=DEFLATE',
    traits: { exclusive: true, effect: { kind: 'compress' } },
    safe: true,
    encode: (w) => void w.sp().word('DEFLATE'),
    collect: () => ({ done: () => undefined }),
  }
}

/** COMPRESS=DEFLATE: fewer octets on the wire (RFC 4978). */
export const compress: Extension = {
  capability: 'COMPRESS=DEFLATE',
  spec: [4978],
  summary: 'Compresses all that crosses the wire, in both directions.',
  usage: 'connect({ host, auth, compress: true })',
  note: 'Off by default: with TLS below, the size of what is secret may show through the compression.',
  examples: ['rfc4978.txt'],
  tested: ['embedded', 'dovecot', 'cyrus'],
}
