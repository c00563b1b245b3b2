import { createHash, randomBytes } from 'node:crypto'
import type { Feature } from '../feature.js'
import { bad, no } from '../refusal.js'
import { accountOf, checkAuthorization, sameSecret, userOptions, wrong } from '../sasl/check.js'
import type { Mechanism } from '../sasl/mechanism.js'
import { isUtf8 } from '../syntax.js'

const REALM = 'localhost'
/** Octets that a digest-response stays below (RFC 2831 §2.1.2). */
const LONGEST = 4096

const md5 = (...parts: readonly (string | Buffer)[]): Buffer => {
  const hash = createHash('md5')
  // Directives are kept as octets, one char each.
  for (const part of parts) hash.update(typeof part === 'string' ? Buffer.from(part, 'latin1') : part)
  return hash.digest()
}

/** token "=" ( token | quoted-string ) */
const DIRECTIVE = /^([A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\x00-\x20\x7f()<>@,;:\\"/[\]?={}]+))[ \t]*(?:,[ \t,]*|$)/s

/** 1#directive: each at most once, as octets. @throws Refusal */
function readDirectives(response: Buffer): ReadonlyMap<string, string> {
  if (response.length >= LONGEST) throw bad('The response is too long')
  const directives = new Map<string, string>()
  let rest = response.toString('latin1').replace(/^[ \t,]+/, '')
  while (rest !== '') {
    const match = DIRECTIVE.exec(rest)
    if (match === null) throw bad('That is no response of DIGEST-MD5')
    const name = (match[1] as string).toLowerCase()
    if (directives.has(name)) throw bad(`The directive ${name} comes twice`)
    directives.set(name, match[2]?.replace(/\\(.)/gs, '$1') ?? match[3] ?? '')
    rest = rest.slice(match[0].length)
  }
  return directives
}

/** A value that must be there. */
function required(directives: ReadonlyMap<string, string>, name: string): string {
  const value = directives.get(name)
  if (value === undefined) throw bad(`The directive ${name} is missing`)
  return value
}

/** Text as it is hashed: ISO 8859-1 where all of it fits, else UTF-8 (RFC 2831 §2.1.2.1). */
function hashed(text: string): Buffer {
  return /^[\x00-\xff]*$/.test(text) ? Buffer.from(text, 'latin1') : Buffer.from(text, 'utf8')
}

/** What the digests are made of, beside the password. */
interface Facts {
  readonly user: string
  readonly nonce: string
  readonly cnonce: string
  readonly uri: string
  readonly authzid: string | undefined
  readonly realm: string
}

/** response-value (RFC 2831 §2.1.2.1); `a2` starts with "AUTHENTICATE:" for the client and with ":" for the server. */
function responseValue(facts: Facts, password: string, a2: string): string {
  const { user, nonce, cnonce, authzid, realm } = facts
  const secret = md5(hashed(user), ':', hashed(realm), ':', hashed(password))
  const a1 = md5(secret, `:${nonce}:${cnonce}`, authzid === undefined ? '' : `:${authzid}`).toString('hex')
  return md5(`${a1}:${nonce}:00000001:${cnonce}:auth:${md5(a2).toString('hex')}`).toString('hex')
}

/** Checks what has one right value only. @throws Refusal */
function checkDirectives(directives: ReadonlyMap<string, string>, nonce: string): void {
  if (required(directives, 'nonce') !== nonce) throw bad('That is not the nonce that was sent')
  if (required(directives, 'nc') !== '00000001') throw bad('The count of the nonce is not 00000001')
  if ((directives.get('qop') ?? 'auth') !== 'auth') throw bad('Only qop=auth is on offer')
  if ((directives.get('charset') ?? 'utf-8') !== 'utf-8') throw bad('The only charset is utf-8')
  if (required(directives, 'cnonce') === '') throw bad('The cnonce is empty')
  if (directives.get('realm') !== REALM) throw no('The realm is not that of the server', 'AUTHENTICATIONFAILED')
  if (!/^[0-9a-f]{32}$/.test(required(directives, 'response'))) throw bad('A response has 32 hexadecimal digits')
}

/** digest-uri = "imap/" host; the names of the server are those of its certificate. */
function checkUri(uri: string, host: string): void {
  const named = /^imap\/([A-Za-z0-9.:-]+)$/i.exec(uri)?.[1]?.toLowerCase()
  if (named === undefined) throw bad('The digest-uri is not that of an IMAP server')
  if (!['localhost', '127.0.0.1', '::1', host].includes(named)) {
    throw no('The digest-uri names another server', 'AUTHENTICATIONFAILED')
  }
}

const digestMd5: Mechanism = {
  name: 'DIGEST-MD5',
  plaintext: false,
  // An initial response is for a subsequent authentication, which is not on offer (RFC 2831 §2.2).
  clientFirst: false,
  async run({ session, ask }) {
    const nonce = randomBytes(18).toString('base64')
    const challenge = `realm="${REALM}",nonce="${nonce}",qop="auth",charset=utf-8,algorithm=md5-sess`
    const directives = readDirectives(await ask(challenge))
    checkDirectives(directives, nonce)
    const uri = required(directives, 'digest-uri')
    checkUri(uri, session.server.settings.host)
    const text = (octets: string): string => {
      if (!directives.has('charset')) return octets
      if (!isUtf8(octets)) throw bad('The response is not UTF-8')
      return Buffer.from(octets, 'latin1').toString('utf8')
    }
    const user = text(required(directives, 'username'))
    const authzid = directives.get('authzid')
    const facts = { user, nonce, cnonce: required(directives, 'cnonce'), uri, authzid, realm: REALM }
    const password = userOptions(session, user)?.password
    const expected = responseValue(facts, password ?? randomBytes(16).toString('hex'), `AUTHENTICATE:${uri}`)
    if (password === undefined || !sameSecret(expected, required(directives, 'response'))) throw wrong()
    // An authorization identity is UTF-8 whatever the charset says.
    checkAuthorization(Buffer.from(authzid ?? '', 'latin1').toString('utf8'), user)
    const last = await ask(`rspauth=${responseValue(facts, password, `:${uri}`)}`)
    if (last.length > 0) throw bad('Nothing is to be said to the proof of the server')
    return accountOf(session, user)
  },
}

/** AUTH=DIGEST-MD5 (RFC 2831, historic by RFC 6331), without integrity and confidentiality protection. */
export const digestMd5Feature: Feature = { mechanisms: [digestMd5] }
