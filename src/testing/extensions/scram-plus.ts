import type { Feature } from '../feature.js'
import { scram } from '../sasl/scram.js'

/** SCRAM-SHA-512, and the mechanisms that bind a login to its TLS connection (RFC 5802 §6, RFC 5929, RFC 9266). */
export const scramPlusFeature: Feature = {
  mechanisms: [
    scram('sha512', 'SCRAM-SHA-512-PLUS'),
    scram('sha256', 'SCRAM-SHA-256-PLUS'),
    scram('sha1', 'SCRAM-SHA-1-PLUS'),
    scram('sha512', 'SCRAM-SHA-512'),
  ],
}
