import type { Feature } from '../feature.js'
import { bad, no } from '../refusal.js'
import { isUtf8 } from '../syntax.js'
import { accountOf, checkAuthorization, checkPassword } from './check.js'
import type { Dialogue, Mechanism } from './mechanism.js'

/** The first message of the client: its initial response, or the answer to an empty challenge. */
export async function firstMessage({ initial, ask }: Dialogue): Promise<string> {
  return utf8Text(initial ?? (await ask('')))
}

/** Octets as text. @throws Refusal when they are not UTF-8 */
export function utf8Text(octets: Buffer): string {
  if (!isUtf8(octets.toString('latin1'))) throw bad('The response is not UTF-8')
  return octets.toString('utf8')
}

/** PLAIN: message = [authzid] NUL authcid NUL passwd (RFC 4616). */
const plain: Mechanism = {
  name: 'PLAIN',
  plaintext: true,
  clientFirst: true,
  async run(dialogue) {
    const fields = (await firstMessage(dialogue)).split('\0')
    const [authzid, user, password] = fields
    if (fields.length !== 3 || !user || !password) throw bad('PLAIN needs [authzid] NUL user NUL password')
    const account = checkPassword(dialogue.session, user, password)
    checkAuthorization(authzid ?? '', user)
    return account
  },
}

/** LOGIN: the server asks for the name, then for the password (draft-murchison-sasl-login). */
const login: Mechanism = {
  name: 'LOGIN',
  plaintext: true,
  clientFirst: true,
  async run({ session, initial, ask }) {
    // Some clients give the name as an initial response, and servers take it.
    const user = utf8Text(initial ?? (await ask('User Name\0')))
    const password = utf8Text(await ask('Password\0'))
    return checkPassword(session, user, password)
  },
}

/** EXTERNAL: who the client is was settled below IMAP; it may name whom it acts for (RFC 4422, appendix A). */
const external: Mechanism = {
  name: 'EXTERNAL',
  plaintext: false,
  clientFirst: true,
  async run(dialogue) {
    const user = dialogue.session.server.settings.external
    const authzid = await firstMessage(dialogue)
    if (user === undefined) throw no('Nothing says who the client is', 'AUTHENTICATIONFAILED')
    checkAuthorization(authzid, user)
    return accountOf(dialogue.session, user)
  },
}

/** ANONYMOUS: message = [email / token], at most 255 characters (RFC 4505). */
const anonymous: Mechanism = {
  name: 'ANONYMOUS',
  plaintext: false,
  clientFirst: true,
  async run(dialogue) {
    const trace = await firstMessage(dialogue)
    if ([...trace].length > 255) throw bad('The trace information is too long')
    const user = dialogue.session.server.settings.anonymous
    if (user === undefined) throw no('Nobody may be anonymous here', 'AUTHENTICATIONFAILED')
    return accountOf(dialogue.session, user)
  },
}

/** PLAIN, LOGIN, EXTERNAL and ANONYMOUS. */
export const plainFeature: Feature = { mechanisms: [plain, login, external, anonymous] }
