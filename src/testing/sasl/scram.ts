import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { bad, no, type Refusal } from '../refusal.js'
import type { Session } from '../session.js'
import { bindingData } from './binding.js'
import { accountOf, checkAuthorization, sameSecret, userOptions, wrong } from './check.js'
import type { Dialogue, Mechanism } from './mechanism.js'
import { firstMessage, utf8Text } from './plain.js'

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

/** Octets of a digest. */
const LENGTH = { sha1: 20, sha256: 32, sha512: 64 } as const

/** The channel that a client binds its login to. */
interface Binding {
  /** What the client must have taken for it; null for a kind of binding that is not known. */
  readonly data: Buffer | null
  /** server-error-value (RFC 5802 §7), said where the proof of the server would stand. */
  readonly error: string | null
}

/** Reads gs2-cbind-flag (RFC 5802 §6). @throws Refusal when it does not fit the mechanism */
function readFlag(session: Session, flag: string, name: string): Binding {
  const none = { data: Buffer.alloc(0), error: null }
  const plus = name.endsWith('-PLUS')
  if (flag.startsWith('p=')) {
    if (!plus) throw bad('Channel binding is not on offer')
    const data = bindingData(session, flag.slice(2))
    return data === null ? { data, error: 'unsupported-channel-binding-type' } : { data, error: null }
  }
  if (plus) throw bad(`${name} needs channel binding`)
  // "y": the client believes that the server cannot bind. Where it can, somebody has changed what it announced.
  const couldBind = session.line.tls !== null && session.has(`AUTH=${name}-PLUS`)
  return flag === 'y' && couldBind ? { ...none, error: 'server-does-support-channel-binding' } : none
}

/** Says why the login fails, and waits until the client has taken note. */
async function fail({ ask }: Dialogue, error: string): Promise<Refusal> {
  await ask(`e=${error}`)
  return no(`SCRAM: ${error}`, 'AUTHENTICATIONFAILED')
}

/** A mechanism of RFC 5802; one whose name ends in `-PLUS` binds the login to the TLS connection. */
export function scram(hash: keyof typeof LENGTH, name: string): Mechanism {
  const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest()
  return {
    name,
    plaintext: false,
    clientFirst: true,
    ...(name.endsWith('-PLUS') ? { offered: ({ line }) => line.tls !== null } : {}),
    async run(dialogue) {
      const { session, ask } = dialogue
      const first = CLIENT_FIRST.exec(await firstMessage(dialogue))
      if (first === null) throw bad(`That is no first message of ${name}`)
      const [, gs2 = '', flag = '', authzid = '', bare, saslName = '', clientNonce = ''] = first
      const binding = readFlag(session, flag, name)
      const user = unescape(saslName)
      const password = userOptions(session, user)?.password
      const nonce = clientNonce + randomBytes(18).toString('base64')
      const salt = randomBytes(16)
      const iterations = session.server.settings.scramIterations
      const serverFirst = `r=${nonce},s=${salt.toString('base64')},i=${iterations}`
      const final = CLIENT_FINAL.exec(utf8Text(await ask(serverFirst)))
      if (final === null) throw bad(`That is no final message of ${name}`)
      const [, withoutProof, sentBinding, sentNonce, proof = ''] = final
      if (sentNonce !== nonce) throw bad('That is not the nonce that was sent')
      if (binding.error !== null) throw await fail(dialogue, binding.error)
      const expectedBinding = Buffer.concat([Buffer.from(gs2), binding.data ?? Buffer.alloc(0)]).toString('base64')
      if (sentBinding !== expectedBinding) {
        if (name.endsWith('-PLUS')) throw await fail(dialogue, 'channel-bindings-dont-match')
        throw bad('The channel binding does not fit')
      }
      // Somebody who is not known is turned away only here, like somebody with a wrong password.
      const secret = prepare(password ?? randomBytes(16).toString('hex'))
      const salted = pbkdf2Sync(secret, salt, iterations, LENGTH[hash], hash)
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
