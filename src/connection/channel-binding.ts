import { Buffer } from 'node:buffer'
import { createHash, getHashes } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { ChannelBinding } from '../model/sasl.js'
import { endPointHash } from './certificate-hash.js'
import { peerCertificate } from './tls.js'

/** RFC 9266 §2: no terminating NUL, an empty context, 32 octets. */
const LABEL = 'EXPORTER-Channel-Binding'
const EXPORTED = 32

/**
 * What an authentication can be bound to on this connection, the strongest first.
 *
 * `tls-exporter` is left out before TLS 1.3: there it needs the extended master secret (RFC 9266 §4.2), and Node does not tell
 * whether that was agreed on. `tls-unique` is left out for the same reason, and TLS 1.3 does not define it.
 */
export function channelBindings(socket: TLSSocket): readonly ChannelBinding[] {
  const bindings: ChannelBinding[] = []
  if (socket.getProtocol() === 'TLSv1.3') {
    bindings.push({ type: 'tls-exporter', data: socket.exportKeyingMaterial(EXPORTED, LABEL, Buffer.alloc(0)) })
  }
  const certificate = peerCertificate(socket)
  const hash = certificate === undefined ? undefined : endPointHash(certificate)
  if (certificate !== undefined && hash !== undefined && getHashes().includes(hash)) {
    bindings.push({ type: 'tls-server-end-point', data: createHash(hash).update(certificate).digest() })
  }
  return bindings
}
