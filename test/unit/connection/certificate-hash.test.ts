import { Buffer } from 'node:buffer'
import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { endPointHash } from '../../../src/connection/certificate-hash.js'

/** Certificates that OpenSSL made, with keys that nobody has kept. */
const certificates: readonly (readonly [title: string, hash: string | undefined, der: string])[] = [
  [
    'RSA with SHA-384',
    'sha384',
    'MIIBnDCCAQUCFFlkcLTQcrN6aH4S94GVrUt2uVnVMA0GCSqGSIb3DQEBDAUAMAwxCjAIBgNVBAMMAWEwIBcNMjYxMTIyMTQwNjEwWhgPMjA1NDA0MDgxNDA2MTBaMAwxCjAIBgNVBAMMAWEwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAJ+05UOqRVnkr1ruooRB06C2xmXWExL8CclyBZaA3V0FDT8j3R39pCt43EGaWn+UvbDflcOGvDFCJPjvcxHoF46OhN+LFi8FHo4ZMMFHuAsGXnUYuAFA+ANJSzbosdy3eSAETILlja9U1ezLCcVAANZb3NPM97qxgz14eQiRDLftAgMBAAEwDQYJKoZIhvcNAQEMBQADgYEAdn9cMM9ikv/aB6m9rlTxZUhfDLzwBRkkyy17MfKoH7sZI8emHk3E5vmidmD96kJwwlbZ+3woYgvzDNifT3cGpFGYSuXNnbd4YO5Vdh/s2Yu9u9E57f0bTEJgNsyzXg0jfyHRBvdd6qawzGKzcaGl/97gtIkqd7iEPyTi+0SuKhA=',
  ],
  [
    'RSA with SHA-1',
    'sha256',
    'MIIBFjCBwQIUClCtMYhz0IqSySmwSTlxPNWErFIwDQYJKoZIhvcNAQEFBQAwDDEKMAgGA1UEAwwBYTAgFw0yNjExMjIxNDA0MjJaGA8yMDU0MDQwODE0MDQyMlowDDEKMAgGA1UEAwwBYTBcMA0GCSqGSIb3DQEBAQUAA0sAMEgCQQDYmk3etOp3EvlBp+Ak86ynHOAQlbDAVvm64JsRHjnbzce4VQmO4WZ+zKzVv5Nz2WnxjpgVCHEc5kYCi2AvJaafAgMBAAEwDQYJKoZIhvcNAQEFBQADQQCHh+tKagw6K5yDvaeMUHw2VCWbdw1yGE9luh8pYzKwX9f/D+wIlRo4WTEyEasAlPGr2ldRfP3kdClxK72ZoHpm',
  ],
  [
    'RSASSA-PSS with SHA-384',
    'sha384',
    'MIICBDCCATkCFCjBJ1VerqeBJgV2Uyaj2Rl2xmLYMEEGCSqGSIb3DQEBCjA0oA8wDQYJYIZIAWUDBAICBQChHDAaBgkqhkiG9w0BAQgwDQYJYIZIAWUDBAICBQCiAwIBTjAMMQowCAYDVQQDDAFhMCAXDTI2MTEyMjE0MDQyMloYDzIwNTQwNDA4MTQwNDIyWjAMMQowCAYDVQQDDAFhMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDgm/CdG5vQOWjNT7WR9hpnQ6wN7K48KDyezmiujot67QN8PlW0ugw5/+ZOsGQ5zDHwVYO8g5VNXN+OMv0tk2YX9QAmOTmxX2rvjwvmMo94jHqL0x2IgfqO+DIPC8lylNskomvA7mOptaP177045kSDBuc9yQcz9S5VE0wEmJV+pQIDAQABMEEGCSqGSIb3DQEBCjA0oA8wDQYJYIZIAWUDBAICBQChHDAaBgkqhkiG9w0BAQgwDQYJYIZIAWUDBAICBQCiAwIBTgOBgQADESufQnCN3VDspjzIPoZQ3zCb4Shl72xFuParV81nI7OVRGuRWHsigeRuATEu74wXICsVdRzA03auv4bb5RM9FpknOEPtXKEpWiJ6PoFydKZhmg0PSEbcr7yKzdRUU0nJPfCKKi++oYG/SlsdcFLzDx16UCxqXxhS0s+vPnEJRA==',
  ],
  [
    'RSASSA-PSS with the defaults, SHA-1',
    'sha256',
    'MIIBIDCBxgIUNEEiasytgSng1E+uxUObM2EIkowwEgYJKoZIhvcNAQEKMAWiAwIBCDAMMQowCAYDVQQDDAFhMCAXDTI2MTEyMjE0MDQyMloYDzIwNTQwNDA4MTQwNDIyWjAMMQowCAYDVQQDDAFhMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMAPaWyLLYzMn8ilcwoiLSh71M6vPKifXizBzyBhCLMQZUPavORpOcKCN6/mdW1ZACeZ8KKUCP/bacG1yH7LyGECAwEAATASBgkqhkiG9w0BAQowBaIDAgEIA0EAhdXiUXi3ejc7KEuBMQPsF7lfFCzVmrNdpki8JW3zCG+SRsmKQcYgWHuot5mS7ZlAm1yuSAACVsS3HjW7lczxng==',
  ],
  [
    'RSASSA-PSS with two hashes',
    undefined,
    'MIICBDCCATkCFEqi5IeVREQMx7i3dauO9YRJqjejMEEGCSqGSIb3DQEBCjA0oA8wDQYJYIZIAWUDBAICBQChHDAaBgkqhkiG9w0BAQgwDQYJYIZIAWUDBAIBBQCiAwIBTjAMMQowCAYDVQQDDAFhMCAXDTI2MTEyMjE0MDQyMloYDzIwNTQwNDA4MTQwNDIyWjAMMQowCAYDVQQDDAFhMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC6EPe6sfYvqv1NNdvOK1Y5+ebxqe7jSiF77dQBd13lFBp1zco+JKX683CCkRUI+D32sIvVBqJwr9IE0gjjUap+M8P/A7ucQiZo+Sb+q+ElYWxg3OMmKJlZHuVGkrBafSiWrHOSskCyyj81ndUL71lZpNQ+E3ijB0q0FHUWJFOXGQIDAQABMEEGCSqGSIb3DQEBCjA0oA8wDQYJYIZIAWUDBAICBQChHDAaBgkqhkiG9w0BAQgwDQYJYIZIAWUDBAIBBQCiAwIBTgOBgQA6HGFtz8xb5/qXzr00PiyXWkdoQZ4GeVGO/Lc/D7PMgw18Pf1onh27kx/KhkrF8ydmcwCqRwd1pNsjPZn+4Olxz8hdPh/vE+DG90p6svpwilocdJXXfXUTiv247ic1AWfRc9MCn6Y3b8+zYoG7wTe/5eCBOHyCTmvSbKE7UrxzFA==',
  ],
  [
    'ECDSA with SHA-512',
    'sha512',
    'MIIBEzCBuwIUSBa9omfSNAO2oPamLDyV2wTyn0owCgYIKoZIzj0EAwQwDDEKMAgGA1UEAwwBYTAgFw0yNjExMjIxNDA0MjJaGA8yMDU0MDQwODE0MDQyMlowDDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFgmexvUbYXN8eUOVoMr1qt6/HBYRSiYVSZY34AqVz5w277vX8OGFJtuFxZsRT0vassFTEdC3l7J/DJilUzc0nUwCgYIKoZIzj0EAwQDRwAwRAIgT4gUNmjCXBubnhUJzJstZPa6GVYdhtTM1dQDSFhVgB0CIHXMnVGTg7Rav6/AvUDUHHRnSOUFZPk+A0VMtDcNSt1F',
  ],
  [
    'Ed25519',
    undefined,
    'MIHUMIGHAhRMYJ5Rw4plFps+RSslDnWGaVEsZjAFBgMrZXAwDDEKMAgGA1UEAwwBYTAgFw0yNjExMjIxNDA0MjJaGA8yMDU0MDQwODE0MDQyMlowDDEKMAgGA1UEAwwBYTAqMAUGAytlcAMhAD+WIrIOUKOC3niJmXb78M2eouoJyPuy79I8A8w14mSJMAUGAytlcANBACe1DwyPNRhrMaLBNpNSpAJhsJmPmitfZ1ZqkOHeOriKBRnoaOqfEprfLC66YwYkwV1ZxCOqN8extMqpvhIwvA0=',
  ],
]

const bytesOf = (title: string): Buffer =>
  Buffer.from(certificates.find((each) => each[0] === title)?.[2] ?? '', 'base64')

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  const length = body.length < 0x80 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

/** A certificate as far as it counts: something, the algorithm, a signature. */
const withAlgorithm = (oid: string): Buffer =>
  der(
    0x30,
    der(0x30, der(0x04, Buffer.alloc(200))),
    der(0x30, der(0x06, Buffer.from(oid, 'hex')), der(0x05)),
    der(0x03),
  )

describe('the hash of tls-server-end-point (RFC 5929 §4.1)', () => {
  it.each(certificates)('%s', (title, hash) => {
    expect(new X509Certificate(bytesOf(title)).subject).toBe('CN=a')
    expect(endPointHash(bytesOf(title))).toBe(hash)
  })

  it.each([
    ['md5WithRSAEncryption', '2a864886f70d010104', 'sha256'],
    ['sha224WithRSAEncryption', '2a864886f70d01010e', 'sha224'],
    ['sha512-256WithRSAEncryption', '2a864886f70d010110', 'sha512-256'],
    ['ecdsa-with-SHA1', '2a8648ce3d0401', 'sha256'],
    ['ecdsa-with-SHA384', '2a8648ce3d040303', 'sha384'],
    ['id-dsa-with-sha256', '608648016503040302', 'sha256'],
    ['id-ecdsa-with-sha3-512', '60864801650304030c', 'sha3-512'],
    ['id-rsassa-pkcs1-v1-5-with-sha3-256', '60864801650304030e', 'sha3-256'],
    ['Ed448', '2b6571', undefined],
    ['what nobody knows', '2a03', undefined],
  ])('%s', (_title, oid, hash) => {
    expect(endPointHash(withAlgorithm(oid))).toBe(hash)
  })

  it('is undefined for what is no certificate, wherever it breaks off', () => {
    const whole = bytesOf('RSA with SHA-384')
    for (let end = 0; end < whole.length; end++) expect(endPointHash(whole.subarray(0, end))).toBeUndefined()
    expect(endPointHash(Buffer.from('3080300030000000', 'hex'))).toBeUndefined()
    expect(endPointHash(Buffer.from('3089ffffffffffffffffff', 'hex'))).toBeUndefined()
    expect(endPointHash(Buffer.from('no certificate'))).toBeUndefined()
  })

  it('survives octets that are changed', () => {
    const whole = bytesOf('RSASSA-PSS with SHA-384')
    const seen = new Set<string | undefined>()
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ 0x55
      seen.add(endPointHash(changed))
    }
    expect([...seen].sort()).toEqual(['sha384', undefined])
  })
})
