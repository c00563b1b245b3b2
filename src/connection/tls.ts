import { createHash, X509Certificate } from 'node:crypto'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { Buffer } from 'node:buffer'
import { ArgumentError, TlsError } from '../model/errors.js'
import type { TlsOptions } from './options.js'

/** With one slash or two; a slash that the digest needs, since it begins with one, is none of the prefix. */
const PIN_PREFIX = /^sha256\/\/?(?=[\w+/-]{43}=?$)/i

/** Takes SHA-256 pins apart: base64 of 32 octets, with or without `sha256/` before it. @throws ArgumentError */
export function parsePins(pin: TlsOptions['pin']): readonly string[] {
  if (pin === undefined) return []
  const pins = typeof pin === 'string' ? [pin] : pin
  if (pins.length === 0) throw new ArgumentError('tls.pin is an empty list: give at least one pin or leave it out')
  return pins.map((each) => {
    const digest = Buffer.from(each.replace(PIN_PREFIX, ''), 'base64')
    if (digest.length !== 32) throw new ArgumentError('tls.pin is no base64 SHA-256 of a public key')
    return digest.toString('base64')
  })
}

/** Options of `node:tls` for a connection to `host`; with pins, the pin is the check instead of chain and host name. */
export function connectionOptions(
  host: string,
  isAddress: boolean,
  tls: TlsOptions,
  pins: readonly string[],
): ConnectionOptions {
  const { pin: _pin, ...options } = tls
  return {
    // No server name for IP addresses (RFC 6066 §3); the certificate is checked against the host all the same.
    ...(!isAddress && { servername: host }),
    ...options,
    host,
    ...(pins.length > 0 && { rejectUnauthorized: false }),
  }
}

/** Who is at the other end of a TLS connection, and so which options are about it. */
export type TlsPeer = 'server' | 'proxy'

/** @throws TlsError when the public key of the peer is not one of the pinned ones. */
export function checkPin(socket: TLSSocket, pins: readonly string[], peer: TlsPeer = 'server'): void {
  if (pins.length === 0) return
  const certificate = peerCertificate(socket)
  const key = certificate && new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
  const found = key && createHash('sha256').update(key).digest('base64')
  if (found === undefined) throw new TlsError(`The ${peer} showed no certificate, so its pin cannot be checked`)
  if (!pins.includes(found)) {
    throw new TlsError(`The public key of the ${peer} is not a pinned one: its SHA-256 is ${found}`)
  }
}

/** The certificate of the peer in DER. Node 20 gives `getPeerX509Certificate` once on a connection, and nothing after that. */
export function peerCertificate(socket: TLSSocket): Buffer | undefined {
  // Empty where the peer showed none, whatever the type says.
  const { raw }: { readonly raw?: Buffer } = socket.getPeerCertificate()
  return raw
}

/** Tells in one sentence why TLS failed. */
export function tlsError(cause: unknown, host: string, peer: TlsPeer = 'server'): TlsError {
  if (cause instanceof TlsError) return cause
  const [name, option] = peer === 'server' ? [host, 'tls'] : [`the proxy ${host}`, 'proxy.tls']
  const code = errorCode(cause)
  const said = cause instanceof Error ? cause.message : String(cause)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return new TlsError(`The certificate of ${name} is for another name: ${said}`, { cause })
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    const advice =
      peer === 'server' ? "use port 993, or security 'starttls' on port 143" : 'write http: in place of https: in proxy'
    return new TlsError(
      `${peer === 'server' ? name : `The proxy ${host}`} does not speak TLS on this port: ${advice}`,
      { cause },
    )
  }
  const handshake = HANDSHAKE.find(([pattern]) => code !== undefined && pattern.test(code))
  if (handshake !== undefined) {
    const advice = handshake[1].replaceAll('tls.', `${option}.`)
    return new TlsError(`${peer === 'server' ? host : `The proxy ${host}`} ${advice} (${said})`, {
      cause,
      retryable: false,
    })
  }
  if (code !== undefined && CERTIFICATE.test(code)) {
    return new TlsError(`The certificate of ${name} is not trusted (${said}): set ${option}.ca or ${option}.pin`, {
      cause,
    })
  }
  const retryable = code === 'ECONNRESET' || code === 'EPIPE' || code === 'ETIMEDOUT'
  return new TlsError(`TLS with ${name} failed: ${said}`, { cause, retryable })
}

/** What the alerts of a handshake mean (RFC 8446 §6.2), as far as somebody can do something about it. */
const HANDSHAKE: readonly (readonly [RegExp, string])[] = [
  [/UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION/, 'speaks no version of TLS that is allowed: TLS 1.2 is the lowest'],
  [/ALERT_CERTIFICATE_REQUIRED/, 'wants a certificate of the client: set tls.cert and tls.key'],
  [/ALERT_(?:BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_\w+)$/, 'refuses the certificate of the client'],
  [
    /ALERT_HANDSHAKE_FAILURE/,
    'refuses the handshake: it may want a certificate of the client (tls.cert, tls.key), or other ciphers',
  ],
]

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|CRL_/

/** The `code` of an error of the platform. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
