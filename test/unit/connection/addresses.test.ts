import { isIPv4, isIPv6 } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ipv4Octets, ipv6Octets } from '../../../src/connection/addresses.js'

describe('addresses as octets', () => {
  it.each([
    ['127.0.0.1', '7f000001'],
    ['255.255.255.255', 'ffffffff'],
    ['256.0.0.1', undefined],
    ['1.2.3', undefined],
    ['1.2.3.4.5', undefined],
    ['1.2.3.x', undefined],
    ['1.2.3.', undefined],
    ['::1', undefined],
    ['imap.example.org', undefined],
  ])('reads %s as one of IPv4, or not', (text, hex) => {
    const octets = ipv4Octets(text)
    expect(octets && Buffer.from(octets).toString('hex')).toBe(hex)
    expect(octets !== undefined).toBe(isIPv4(text))
  })

  it.each([
    ['::', '0'.repeat(32)],
    ['::1', `${'0'.repeat(31)}1`],
    ['1::', `0001${'0'.repeat(28)}`],
    ['2001:DB8::ff00:42:8329', '20010db8000000000000ff0000428329'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
    ['1:2:3:4:5:6:192.0.2.1', '000100020003000400050006c0000201'],
    ['1:2:3:4:5:6:7', undefined],
    ['1:2:3:4:5:6:7:8:9', undefined],
    ['1:2:3:4::5:6:7:8', undefined],
    ['1::2::3', undefined],
    [':1', undefined],
    ['1:', undefined],
    ['12345::', undefined],
    ['g::', undefined],
    ['::192.0.2.1:1', undefined],
    ['192.0.2.1', undefined],
    ['fe80::1%eth0', undefined],
    ['', undefined],
  ])('reads %s as one of IPv6, or not', (text, hex) => {
    const octets = ipv6Octets(text)
    expect(octets && Buffer.from(octets).toString('hex')).toBe(hex)
    if (!text.includes('%')) expect(octets !== undefined).toBe(isIPv6(text))
  })
})
