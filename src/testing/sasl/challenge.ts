import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import type { Feature } from '../feature.js'
import { bad } from '../refusal.js'
import { accountOf, checkAuthorization, sameSecret, userOptions, wrong } from './check.js'
import type { Mechanism } from './mechanism.js'
import { firstMessage, utf8Text } from './plain.js'

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

/** SASLprep, as far as a test needs it: spaces mapped, what is mapped to nothing dropped, composed (RFC 4013 §2). */
export function prepare(text: string): string {
  return text
    .replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
    .replace(/[\u00ad\u034f\u1806\u180b-\u180d\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]/g, '')
    .normalize('NFKC')
}

/** gs2-header client-first-message-bare (RFC 5802 §7) */
const CLIENT_FIRST = /^((n|y|p=[A-Za-z0-9.-]+),(?:a=([^,]+))?,)(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/
/** channel-binding "," nonce ["," extensions] "," proof */
const CLIENT_FINAL = /^(c=([A-Za-z0-9+/=]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?),p=([A-Za-z0-9+/=]+)$/

function scram(hash: 'sha1' | 'sha256', name: string): Mechanism {
  const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest()
  const length = hash === 'sha1' ? 20 : 32
  return {
    name,
    plaintext: false,
    clientFirst: true,
    async run(dialogue) {
      const { session, ask } = dialogue
      const first = CLIENT_FIRST.exec(await firstMessage(dialogue))
      if (first === null) throw bad(`That is no first message of ${name}`)
      const [, gs2, flag, authzid = '', bare, saslName = '', clientNonce = ''] = first
      if (flag?.startsWith('p') === true) throw bad('Channel binding is not on offer')
      const user = unescape(saslName)
      const password = userOptions(session, user)?.password
      const nonce = clientNonce + randomBytes(18).toString('base64')
      const salt = randomBytes(16)
      const iterations = session.server.settings.scramIterations
      const serverFirst = `r=${nonce},s=${salt.toString('base64')},i=${iterations}`
      const final = CLIENT_FINAL.exec(utf8Text(await ask(serverFirst)))
      if (final === null) throw bad(`That is no final message of ${name}`)
      const [, withoutProof, binding, sentNonce, proof = ''] = final
      if (sentNonce !== nonce) throw bad('That is not the nonce that was sent')
      if (binding !== Buffer.from(gs2 ?? '').toString('base64')) throw bad('The channel binding does not fit')
      // Somebody who is not known is turned away only here, like somebody with a wrong password.
      const salted = pbkdf2Sync(prepare(password ?? randomBytes(16).toString('hex')), salt, iterations, length, hash)
      const clientKey = hmac(salted, 'Client Key')
      const storedKey = createHash(hash).update(clientKey).digest()
      const authMessage = `${bare},${serverFirst},${withoutProof}`
      const signature = hmac(storedKey, authMessage)
      const expected = Buffer.from(clientKey.map((octet, i) => octet ^ (signature[i] ?? 0)))
      if (password === undefined || !sameSecret(expected, Buffer.from(proof, 'base64'))) throw wrong()
      checkAuthorization(unescape(authzid), user)
      const serverSignature = hmac(hmac(salted, 'Server Key'), authMessage).toString('base64')
      const last = await ask(`v=${serverSignature}`)
      if (last.length > 0) throw bad('Nothing is to be said to the final message of the server')
      return accountOf(session, user)
    },
  }
}

/** saslname: "=2C" is a comma, "=3D" an equals sign, and "=" stands for nothing else (RFC 5802 §5.1). */
function unescape(name: string): string {
  if (/=(?!2C|3D)/.test(name)) throw bad('A name has = only as =2C and =3D')
  return name.replace(/=(2C|3D)/g, (_, code: string) => (code === '2C' ? ',' : '='))
}

/** CRAM-MD5, SCRAM-SHA-1 (RFC 5802) and SCRAM-SHA-256 (RFC 7677). */
export const challengeFeature: Feature = {
  mechanisms: [scram('sha256', 'SCRAM-SHA-256'), scram('sha1', 'SCRAM-SHA-1'), cramMd5],
}
