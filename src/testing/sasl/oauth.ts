import type { Feature } from '../feature.js'
import { bad, no } from '../refusal.js'
import type { Session } from '../session.js'
import type { Account } from '../store/account.js'
import { accountOf, sameSecret, userOptions } from './check.js'
import type { Dialogue, Mechanism } from './mechanism.js'
import { firstMessage } from './plain.js'

/** The account of a user for whom the token is good, or null. */
function byToken(session: Session, user: string, token: string): Account | null {
  const tokens = userOptions(session, user)?.tokens ?? []
  return tokens.some((each) => sameSecret(each, token)) ? accountOf(session, user) : null
}

/** A refused token is explained in a challenge, which the client answers before it is told NO (RFC 7628 §3.2.3). */
async function explain({ ask }: Dialogue, error: Readonly<Record<string, string>>, answer: string): Promise<never> {
  const reply = await ask(JSON.stringify(error))
  if (reply.toString('latin1') !== answer) throw bad('That is not how a refused token is acknowledged')
  throw no('The access token is not valid', 'AUTHENTICATIONFAILED')
}

/** XOAUTH2: "user=" user ^A "auth=Bearer " token ^A ^A */
const xoauth2: Mechanism = {
  name: 'XOAUTH2',
  plaintext: true,
  clientFirst: true,
  async run(dialogue) {
    const match = /^user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01$/.exec(await firstMessage(dialogue))
    if (match === null) throw bad('XOAUTH2 needs user= and auth=Bearer, each with ^A behind it, and one more ^A')
    const account = byToken(dialogue.session, match[1] as string, match[2] as string)
    return account ?? explain(dialogue, { status: '400', schemes: 'Bearer', scope: 'https://mail.example/' }, '')
  },
}

/** OAUTHBEARER: gs2-header kvsep *kvpair kvsep (RFC 7628 §3.1); the user is the authorization identity. */
const oauthBearer: Mechanism = {
  name: 'OAUTHBEARER',
  plaintext: true,
  clientFirst: true,
  async run(dialogue) {
    const match = /^[ny],(?:a=([^,]*))?,\x01((?:[A-Za-z]+=[^\x01]*\x01)*)\x01$/.exec(await firstMessage(dialogue))
    if (match === null) throw bad('That is no message of OAUTHBEARER')
    const pairs = new Map((match[2] as string).split('\x01').map((pair) => splitPair(pair)))
    const token = /^Bearer (\S+)$/i.exec(pairs.get('auth') ?? '')?.[1]
    if (token === undefined) throw bad('OAUTHBEARER needs auth=Bearer and a token')
    const user = (match[1] ?? '').replace(/=2C/g, ',').replace(/=3D/g, '=')
    const account = byToken(dialogue.session, user, token)
    return account ?? explain(dialogue, { status: 'invalid_token', scope: 'imap' }, '\x01')
  },
}

function splitPair(pair: string): [name: string, value: string] {
  const at = pair.indexOf('=')
  return [pair.slice(0, at), pair.slice(at + 1)]
}

/** XOAUTH2 and OAUTHBEARER (RFC 7628). */
export const oauthFeature: Feature = { mechanisms: [oauthBearer, xoauth2] }
