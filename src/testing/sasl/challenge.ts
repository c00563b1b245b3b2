import { createHmac, randomBytes } from 'node:crypto'
import type { Feature } from '../feature.js'
import { bad } from '../refusal.js'
import { accountOf, sameSecret, userOptions, wrong } from './check.js'
import type { Mechanism } from './mechanism.js'
import { utf8Text } from './plain.js'
import { scram } from './scram.js'

/** CRAM-MD5: user SP hex HMAC-MD5 of the challenge (RFC 2195). */
const cramMd5: Mechanism = {
  name: 'CRAM-MD5',
  plaintext: false,
  clientFirst: false,
  async run({ session, ask }) {
    const challenge = `<${randomBytes(8).toString('hex')}.${Date.now()}@localhost>`
    const response = utf8Text(await ask(challenge))
    const space = response.lastIndexOf(' ')
    if (space < 1) throw bad('CRAM-MD5 needs a name, a space and a digest')
    const user = response.slice(0, space)
    const password = userOptions(session, user)?.password
    const digest = createHmac('md5', password ?? randomBytes(16))
      .update(challenge)
      .digest('hex')
    if (password === undefined || !sameSecret(digest, response.slice(space + 1))) throw wrong()
    return accountOf(session, user)
  },
}

/** CRAM-MD5, SCRAM-SHA-1 (RFC 5802) and SCRAM-SHA-256 (RFC 7677). */
export const challengeFeature: Feature = {
  mechanisms: [scram('sha256', 'SCRAM-SHA-256'), scram('sha1', 'SCRAM-SHA-1'), cramMd5],
}
