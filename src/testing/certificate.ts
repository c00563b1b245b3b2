import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** A certificate and its key in PEM, as `tls.createSecureContext` takes them. */
export interface Certificate {
  /** The private key. */
  readonly key: string
  /** The certificate. */
  readonly cert: string
}

// DER, as far as a certificate needs it (X.690 §8, RFC 5280 §4.1).
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  const length: number[] = []
  if (body.length < 0x80) length.push(body.length)
  else {
    for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256)
    length.unshift(0x80 + length.length)
  }
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

const sequence = (...items: readonly Uint8Array[]): Buffer => der(0x30, ...items)
const octetString = (bytes: Uint8Array): Buffer => der(0x04, bytes)
const bitString = (bytes: Uint8Array): Buffer => der(0x03, Buffer.from([0]), bytes)
const boolean = (value: boolean): Buffer => der(0x01, Buffer.from([value ? 0xff : 0]))
const explicit = (tag: number, content: Uint8Array): Buffer => der(0xa0 + tag, content)

/** INTEGER of a positive number given as octets. */
function integer(bytes: Uint8Array): Buffer {
  // The top bit is the sign.
  return der(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)
}

/** OBJECT IDENTIFIER: the first two arcs share an octet, the others are in base 128. */
function oid(text: string): Buffer {
  const [first = 0, second = 0, ...arcs] = text.split('.').map(Number)
  const octets = [first * 40 + second]
  for (const arc of arcs) {
    const group = [arc % 128]
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) group.unshift(0x80 + (rest % 128))
    octets.push(...group)
  }
  return der(0x06, Buffer.from(octets))
}

/** UTCTime, which RFC 5280 §4.1.2.5 asks for up to 2049; GeneralizedTime after that. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return date.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(digits.slice(2), 'latin1'))
    : der(0x18, Buffer.from(digits, 'latin1'))
}

const name = (commonName: string): Buffer =>
  sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(commonName, 'utf8')))))

const extension = (id: string, critical: boolean, value: Uint8Array): Buffer =>
  critical ? sequence(oid(id), boolean(true), octetString(value)) : sequence(oid(id), octetString(value))

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))
const DAY = 86_400_000

/** Who a certificate is made for, and for how long. */
export interface CertificateOptions {
  /** DNS names; default `localhost`. */
  readonly names?: readonly string[]
  /** Addresses as octets, 4 or 16 each; default 127.0.0.1 and ::1. */
  readonly addresses?: readonly Uint8Array[]
  /** Start of validity; default yesterday. */
  readonly from?: Date
  /** End of validity; default a year from now. */
  readonly to?: Date
}

const LOOPBACK = [Buffer.from([127, 0, 0, 1]), Buffer.from([...new Array<number>(15).fill(0), 1])]

/**
 * Makes a self-signed EC P-256 certificate, by default for `localhost`, 127.0.0.1 and ::1, without any tool outside Node
 * (RFC 5280). The certificate is its own authority: give `cert` to a client as `ca`.
 */
export function selfSigned(options: CertificateOptions = {}): Certificate {
  const { names = ['localhost'], addresses = LOOPBACK } = options
  const { from = new Date(Date.now() - DAY), to = new Date(Date.now() + 365 * DAY) } = options
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const keyId = createHash('sha1').update(spki).digest()
  const alternatives = sequence(
    ...names.map((each) => der(0x82, Buffer.from(each, 'latin1'))),
    ...addresses.map((each) => der(0x87, each)),
  )
  const extensions = [
    extension('2.5.29.19', true, sequence(boolean(true))), // basicConstraints: CA
    extension('2.5.29.15', true, der(0x03, Buffer.from([2, 0x84]))), // keyUsage: digitalSignature, keyCertSign
    extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))), // extKeyUsage: serverAuth
    extension('2.5.29.14', false, octetString(keyId)), // subjectKeyIdentifier
    extension('2.5.29.17', false, alternatives), // subjectAltName
  ]
  const issuer = name('imapkit testing')
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))), // version 3
    integer(serial),
    ECDSA_WITH_SHA256,
    issuer,
    sequence(time(from), time(to)),
    issuer,
    spki,
    explicit(3, sequence(...extensions)),
  )
  const signature = sign('sha256', body, privateKey)
  return {
    key: pem('PRIVATE KEY', privateKey.export({ type: 'pkcs8', format: 'der' })),
    cert: pem('CERTIFICATE', sequence(body, ECDSA_WITH_SHA256, bitString(signature))),
  }
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
