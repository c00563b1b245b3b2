import type { Arguments } from '../arguments.js'
import type { Call, Completion, Feature } from '../feature.js'
import { bad, no } from '../refusal.js'
import { checkPassword } from '../sasl/check.js'
import type { Session } from '../session.js'

/** login = "LOGIN" SP userid SP password */
function login(session: Session, args: Arguments): Completion {
  args.sp()
  const user = args.astringText('a user name')
  args.sp()
  const password = args.astringText('a password')
  args.end()
  if (!session.line.passwordsAllowed && session.has('LOGINDISABLED')) {
    throw no('LOGIN is disabled on this connection: use STARTTLS first', 'PRIVACYREQUIRED')
  }
  session.logIn(checkPassword(session, user, password))
  return loggedIn(session)
}

/** What a client finds new after it logged in. */
function loggedIn(session: Session): Completion {
  try {
    for (const hook of session.hooks('onLogin')) {
      const completion = hook(session)
      if (completion !== undefined) return completion
    }
  } catch (error) {
    // Whoever is sent away is not logged in.
    session.logOut()
    throw error
  }
  if (session.imap2) return { text: 'Logged in' }
  return { code: `CAPABILITY ${session.capabilities().join(' ')}`, text: 'Logged in' }
}

/** authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp] *(CRLF base64) */
async function authenticate(session: Session, args: Arguments, call: Call): Promise<Completion> {
  args.sp()
  const name = args.atom('the name of a mechanism').toUpperCase()
  const initial = args.take(' ') ? initialResponse(session, args) : null
  args.end()
  const mechanism = session.server.tables.mechanisms.get(name)
  if (mechanism === undefined || !session.has(`AUTH=${name}`) || mechanism.offered?.(session) === false) {
    throw no('The server does not have this mechanism', 'CANNOT')
  }
  if (mechanism.plaintext && !session.line.passwordsAllowed) {
    throw no('This mechanism needs TLS: use STARTTLS first', 'PRIVACYREQUIRED')
  }
  if (initial !== null && !mechanism.clientFirst) throw bad(`${name} has no initial response: the server speaks first`)
  const account = await mechanism.run({
    session,
    initial,
    async ask(challenge) {
      session.out.line(`+ ${Buffer.from(challenge).toString('base64')}`)
      const line = await session.line.dialogueLine(true)
      // The client is gone, nobody will read this.
      if (line === null) throw no(`${call.name} was cut off`)
      if (line === '*') throw bad('The authentication was cancelled')
      return decode(line)
    },
  })
  session.logIn(account)
  return loggedIn(session)
}

/** initial-resp = base64 / "=" */
function initialResponse(session: Session, args: Arguments): Buffer {
  if (!session.has('SASL-IR')) throw bad('An initial response needs SASL-IR')
  if (args.take('=')) return Buffer.alloc(0)
  const start = args.pos
  args.pos = args.text.length
  const text = args.text.slice(start)
  if (text === '') throw args.expected('an initial response, or = for an empty one')
  return decode(text)
}

/** base64 = *(4base64-char) [base64-terminal] */
function decode(text: string): Buffer {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) throw bad('That is not base64')
  return Buffer.from(text, 'base64')
}

/** LOGIN, AUTHENTICATE and STARTTLS (RFC 9051 §6.2). */
export const loginFeature: Feature = {
  capabilities: ['STARTTLS', 'LOGINDISABLED'],
  commands: [
    { name: 'LOGIN', states: ['not-authenticated'], run: login },
    { name: 'AUTHENTICATE', states: ['not-authenticated'], run: authenticate },
    {
      name: 'STARTTLS',
      states: ['not-authenticated'],
      needs: ['STARTTLS'],
      run({ line }, args) {
        args.end()
        if (!line.canStartTls) throw bad('STARTTLS is not possible on this connection')
        // What was sent behind it came in the clear, and must not be taken for a command (RFC 9051 §6.2.1).
        if (line.source.buffered > 0) throw bad('Nothing may be sent behind STARTTLS before its answer')
        return { text: 'Begin TLS', after: () => line.startTls() }
      },
    },
  ],
}
