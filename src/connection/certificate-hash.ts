/** The value of a DER element, and where the next element begins. */
interface Element {
  readonly tag: number
  readonly value: Uint8Array
  readonly end: number
}

const SEQUENCE = 0x30
const OBJECT_IDENTIFIER = 0x06

/** [0] and [1] of RSASSA-PSS-params, both EXPLICIT. */
const PSS_HASH = 0xa0
const PSS_MASK = 0xa1

const RSASSA_PSS = '1.2.840.113549.1.1.10'

/** Hash algorithms by themselves, as the parameters of RSASSA-PSS name them (RFC 4055 §2.1, RFC 8017 A.2.3). */
const HASHES: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.5': 'sha512-224',
  '2.16.840.1.101.3.4.2.6': 'sha512-256',
  '2.16.840.1.101.3.4.2.7': 'sha3-224',
  '2.16.840.1.101.3.4.2.8': 'sha3-256',
  '2.16.840.1.101.3.4.2.9': 'sha3-384',
  '2.16.840.1.101.3.4.2.10': 'sha3-512',
}

/** Signature algorithms that name their hash (RFC 3279, 4055, 5758, 8017); Ed25519 and Ed448 use no hash of their own. */
const SIGNATURES: Readonly<Record<string, string>> = {
  // RSA, PKCS #1 v1.5
  '1.2.840.113549.1.1.4': 'md5',
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.113549.1.1.14': 'sha224',
  '1.2.840.113549.1.1.15': 'sha512-224',
  '1.2.840.113549.1.1.16': 'sha512-256',
  '2.16.840.1.101.3.4.3.13': 'sha3-224',
  '2.16.840.1.101.3.4.3.14': 'sha3-256',
  '2.16.840.1.101.3.4.3.15': 'sha3-384',
  '2.16.840.1.101.3.4.3.16': 'sha3-512',
  // ECDSA
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.1': 'sha224',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '2.16.840.1.101.3.4.3.9': 'sha3-224',
  '2.16.840.1.101.3.4.3.10': 'sha3-256',
  '2.16.840.1.101.3.4.3.11': 'sha3-384',
  '2.16.840.1.101.3.4.3.12': 'sha3-512',
  // DSA
  '1.2.840.10040.4.3': 'sha1',
  '2.16.840.1.101.3.4.3.1': 'sha224',
  '2.16.840.1.101.3.4.3.2': 'sha256',
  '2.16.840.1.101.3.4.3.3': 'sha384',
  '2.16.840.1.101.3.4.3.4': 'sha512',
}

/**
 * The hash by which `tls-server-end-point` digests a certificate (RFC 5929 §4.1): that of the certificate's signature, or
 * SHA-256 where that is MD5 or SHA-1. Node tells nothing of it, so it is read from the DER.
 *
 * @returns the name for `createHash`; undefined when the signature has no hash, or several, or one that is not known
 */
export function endPointHash(certificate: Uint8Array): string | undefined {
  const hash = signatureHash(certificate)
  return hash === 'md5' || hash === 'sha1' ? 'sha256' : hash
}

/**
 * Certificate         = SEQUENCE { tbsCertificate, signatureAlgorithm AlgorithmIdentifier, signatureValue }
 * AlgorithmIdentifier = SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }
 */
function signatureHash(der: Uint8Array): string | undefined {
  const [, algorithm] = children(element(der, 0), SEQUENCE) ?? []
  const [oid, parameters] = children(algorithm, SEQUENCE) ?? []
  const name = identifier(oid)
  if (name === RSASSA_PSS) return pssHash(parameters)
  return name === undefined ? undefined : SIGNATURES[name]
}

/**
 * RSASSA-PSS-params = SEQUENCE { [0] hashAlgorithm DEFAULT sha1, [1] maskGenAlgorithm DEFAULT mgf1SHA1, … }
 *
 * Two hashes that differ are "multiple hash functions", for which RFC 5929 defines nothing.
 */
function pssHash(parameters: Element | undefined): string | undefined {
  const fields = children(parameters, SEQUENCE)
  if (fields === undefined) return undefined
  const hash = fields.find((each) => each.tag === PSS_HASH)
  const mask = fields.find((each) => each.tag === PSS_MASK)
  const maskAlgorithm = children(mask, PSS_MASK)?.[0]
  const own = hash === undefined ? 'sha1' : hashOf(children(hash, PSS_HASH)?.[0])
  const other = mask === undefined ? 'sha1' : hashOf(children(maskAlgorithm, SEQUENCE)?.[1])
  return own === other ? own : undefined
}

function hashOf(algorithm: Element | undefined): string | undefined {
  const name = identifier(children(algorithm, SEQUENCE)?.[0])
  return name === undefined ? undefined : HASHES[name]
}

/** What a constructed element of this tag holds; undefined when it is something else. */
function children(parent: Element | undefined, tag: number): readonly Element[] | undefined {
  if (parent?.tag !== tag) return undefined
  const found: Element[] = []
  for (let at = 0; at < parent.value.length;) {
    const next = element(parent.value, at)
    if (next === undefined) return undefined
    found.push(next)
    at = next.end
  }
  return found
}

/** Reads one element of DER; undefined when it does not fit. */
function element(bytes: Uint8Array, at: number): Element | undefined {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) return undefined
  let length = first
  let start = at + 2
  if (first >= 0x80) {
    const octets = first - 0x80
    // The indefinite form is no DER; no certificate fills four octets of length.
    if (octets === 0 || octets > 4) return undefined
    length = 0
    for (const octet of bytes.subarray(start, start + octets)) length = length * 256 + octet
    start += octets
  }
  const end = start + length
  return end > bytes.length ? undefined : { tag, value: bytes.subarray(start, end), end }
}

/** An OBJECT IDENTIFIER in dots: base 128 with the high bit for "more"; the first number holds two. */
function identifier(of: Element | undefined): string | undefined {
  if (of?.tag !== OBJECT_IDENTIFIER) return undefined
  const numbers: number[] = []
  let number = 0
  for (const octet of of.value) {
    number = number * 128 + (octet & 0x7f)
    if (octet >= 0x80) continue
    numbers.push(number)
    number = 0
  }
  const [first = 0, ...rest] = numbers
  const root = Math.min(2, Math.floor(first / 40))
  return [root, first - root * 40, ...rest].join('.')
}
