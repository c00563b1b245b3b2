import { createHash, timingSafeEqual } from 'node:crypto'
import { no, type Refusal } from '../refusal.js'
import type { Session } from '../session.js'
import type { UserOptions } from '../settings.js'
import type { Account } from '../store/account.js'

/** The one answer to a wrong name, a wrong secret and a missing one. */
export function wrong(): Refusal {
  return no('The user name or the password is wrong', 'AUTHENTICATIONFAILED')
}

/** The options of a user, or undefined. */
export function userOptions(session: Session, name: string): UserOptions | undefined {
  const { users } = session.server.settings
  return Object.hasOwn(users, name) ? users[name] : undefined
}

/** Whether two secrets are the same, in a time that does not depend on them. */
export function sameSecret(a: Uint8Array | string, b: Uint8Array | string): boolean {
  const digest = (value: Uint8Array | string): Buffer => createHash('sha256').update(value).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/** The account of a user whose password is right. @throws Refusal */
export function checkPassword(session: Session, name: string, password: string): Account {
  const expected = userOptions(session, name)?.password
  if (expected === undefined || !sameSecret(expected, password)) throw wrong()
  return accountOf(session, name)
}

/** The account of a user who has proved to be that. @throws Refusal */
export function accountOf(session: Session, name: string): Account {
  const account = session.server.account(name)
  if (account === undefined) throw wrong()
  return account
}

/** Nobody acts for anybody else here: an authorization identity is that of the user (RFC 4422 §3.4.1). @throws Refusal */
export function checkAuthorization(authzid: string, user: string): void {
  if (authzid !== '' && authzid !== user) {
    throw no('The user may not act for somebody else', 'AUTHORIZATIONFAILED')
  }
}
