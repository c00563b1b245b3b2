import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { parsePins } from '../../src/connection/tls.js'

// One key in 64 has a pin that begins with a slash. Behind `sha256/` that slash was taken for a part of the prefix, and
// a good pin was refused.
const octets = Buffer.alloc(32, 0xfc)
const pin = octets.toString('base64')

it.each([
  ['alone', pin],
  ['behind sha256/', `sha256/${pin}`],
  ['behind sha256//', `sha256//${pin}`],
  ['behind SHA256/, without padding', `SHA256/${pin.slice(0, -1)}`],
  ['behind sha256//, in the alphabet of URLs', `sha256//${octets.toString('base64url')}`],
])('takes a pin that begins with a slash: %s', (_what, text) => {
  expect(pin.startsWith('/')).toBe(true)
  expect(parsePins(text)).toEqual([pin])
})

it('takes a pin of slashes alone', () => {
  const slashes = Buffer.alloc(32, 0xff).toString('base64')
  expect(parsePins([`sha256/${slashes}`, `sha256//${slashes}`, slashes])).toEqual([slashes, slashes, slashes])
})
