import { createHash, X509Certificate } from 'node:crypto'
import type { Session } from '../session.js'

/** Hashes for tls-server-end-point by the signature algorithm: MD5 and SHA-1 give way to SHA-256 (RFC 5929 §4.1). */
const HASHES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.4': 'sha256', // md5WithRSAEncryption
  '1.2.840.113549.1.1.5': 'sha256', // sha1WithRSAEncryption
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.113549.1.1.14': 'sha224',
  '1.2.840.10045.4.1': 'sha256', // ecdsa-with-SHA1
  '1.2.840.10045.4.3.1': 'sha224',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
}

/** One element of DER: where its content starts, and where it ends. */
function element(der: Uint8Array, at: number): readonly [start: number, end: number] {
  const first = der[at + 1] ?? 0
  if (first < 0x80) return [at + 2, at + 2 + first]
  const octets = first & 0x7f
  const length = der.subarray(at + 2, at + 2 + octets).reduce((sum, octet) => sum * 256 + octet, 0)
  return [at + 2 + octets, at + 2 + octets + length]
}

/** Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { algorithm OBJECT IDENTIFIER, … }, … } */
function signatureAlgorithm(der: Uint8Array): string {
  const [body] = element(der, 0)
  const [, algorithmAt] = element(der, body)
  const [oidAt] = element(der, algorithmAt)
  const [start, end] = element(der, oidAt)
  const arcs: number[] = []
  let arc = 0
  for (const octet of der.subarray(start, end)) {
    arc = arc * 128 + (octet & 0x7f)
    if (octet >= 0x80) continue
    // The first octet holds two arcs; all algorithms here lie below 2.
    if (arcs.length === 0) arcs.push(Math.floor(arc / 40), arc % 40)
    else arcs.push(arc)
    arc = 0
  }
  return arcs.join('.')
}

/**
 * What a kind of channel binding stands for on this connection, or null for one that is not known or not defined here:
 * tls-exporter (RFC 9266 §2) is for TLS 1.3, as nothing tells whether TLS 1.2 had an extended master secret.
 */
export function bindingData({ line, server }: Session, type: string): Buffer | null {
  const { tls } = line
  if (tls === null) return null
  if (type === 'tls-exporter') {
    if (tls.getProtocol() !== 'TLSv1.3') return null
    return tls.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0))
  }
  if (type !== 'tls-server-end-point') return null
  const { raw } = new X509Certificate(server.certificate.cert)
  const hash = HASHES[signatureAlgorithm(raw)]
  return hash === undefined ? null : createHash(hash).update(raw).digest()
}
