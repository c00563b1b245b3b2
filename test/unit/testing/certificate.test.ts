import { X509Certificate, createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { selfSigned } from '../../../src/testing/certificate.js'

describe('a self-signed certificate', () => {
  it('is a certificate of its own key, for the loopback names', () => {
    const { cert, key } = selfSigned()
    const x509 = new X509Certificate(cert)
    expect(x509.verify(x509.publicKey)).toBe(true)
    expect(x509.checkIssued(x509)).toBe(true)
    expect(x509.checkPrivateKey(createPrivateKey(key))).toBe(true)
    expect(x509.ca).toBe(true)
    expect(x509.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
    expect(x509.checkHost('localhost')).toBe('localhost')
    expect(x509.checkHost('example.org')).toBeUndefined()
    expect(x509.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(x509.checkIP('::1')).toBe('::1')
    expect(x509.checkIP('127.0.0.2')).toBeUndefined()
    expect(new Date(x509.validFrom).getTime()).toBeLessThan(Date.now())
    expect(new Date(x509.validTo).getTime()).toBeGreaterThan(Date.now() + 300 * 86_400_000)
  })

  it('takes names, addresses and a validity, also beyond 2049', () => {
    const { cert } = selfSigned({
      names: ['mail.example.org', 'imap.example.org'],
      addresses: [Buffer.from([192, 0, 2, 1])],
      from: new Date('2001-02-03T04:05:06Z'),
      to: new Date('2055-06-07T08:09:10Z'),
    })
    const x509 = new X509Certificate(cert)
    expect(x509.subjectAltName).toBe('DNS:mail.example.org, DNS:imap.example.org, IP Address:192.0.2.1')
    expect(new Date(x509.validFrom).toISOString()).toBe('2001-02-03T04:05:06.000Z')
    expect(new Date(x509.validTo).toISOString()).toBe('2055-06-07T08:09:10.000Z')
  })

  it('has a serial number and a key of its own each time', () => {
    const [a, b] = [new X509Certificate(selfSigned().cert), new X509Certificate(selfSigned().cert)]
    expect(a.serialNumber).not.toBe(b.serialNumber)
    expect(a.fingerprint256).not.toBe(b.fingerprint256)
  })

  it('is accepted by a client that has it as its CA, and by no other', async () => {
    const { cert, key } = selfSigned()
    const server = createServer({ cert, key }, (socket) => socket.end('hello'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    try {
      const good = connect({ host: '127.0.0.1', port, ca: cert })
      await once(good, 'secureConnect')
      expect(good.authorized).toBe(true)
      good.destroy()
      const bad = connect({ host: '127.0.0.1', port, ca: selfSigned().cert })
      const [error] = (await once(bad, 'error')) as [NodeJS.ErrnoException]
      expect(error.code).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY|SIGNATURE/)
    } finally {
      server.close()
      await once(server, 'close')
    }
  })
})
