// The last challenge of DIGEST-MD5 could be of any length, and one of many spaces took time by the square of their number.
import { expect, it } from 'vitest'
import { digestMd5 } from '../../src/sasl/digest-md5.js'

it('A long last challenge of DIGEST-MD5 is refused at once', async () => {
  const mechanism = digestMd5({ user: 'jim', password: 'x' }, { host: 'mail.example.com' })
  await mechanism.respond(Buffer.from('nonce="a",qop="auth",algorithm=md5-sess,charset=utf-8'))
  const started = performance.now()
  await expect(async () => mechanism.respond(Buffer.from(`rspauth=${' '.repeat(200_000)}x=`))).rejects.toThrow()
  expect(performance.now() - started).toBeLessThan(1000)
})
