import type { Access } from '../access.js'
import type { CommandRecord, Completion, Feature } from '../feature.js'
import { lookUp } from '../lookup.js'
import { no, type Refusal } from '../refusal.js'
import type { Session } from '../session.js'
import { Extra } from '../store/extra.js'
import { MemoryMailbox } from '../store/mailbox.js'

/** What lives on another server. */
export interface ReferralOptions {
  /**
   * URLs by user. Such a user is sent there by a NO, or told of it in the OK where `admitted` is set: then only the personal
   * mailboxes are elsewhere (RFC 2221 §4).
   */
  readonly users?: Readonly<Record<string, string | { readonly url: string; readonly admitted: boolean }>>
  /** URLs by mailbox, the preferred one first; names below such a mailbox live there too (RFC 2193 §4). */
  readonly mailboxes?: Readonly<Record<string, string | readonly string[]>>
}

function optionsOf(session: Session): ReferralOptions {
  return session.server.settings.extensions.referrals ?? {}
}

/** Sends a user whose password was right elsewhere, or tells him where his mailboxes are. */
function onLogin(session: Session): Completion | undefined {
  const found = optionsOf(session).users?.[session.owner.name]
  if (found === undefined || !session.has('LOGIN-REFERRALS')) return undefined
  const { url, admitted } = typeof found === 'string' ? { url: found, admitted: false } : found
  const code = `REFERRAL ${url}`
  if (admitted) return { code, text: 'Your mailboxes are on another server, others can be read here' }
  throw no('You are not known on this server, try the other one', code)
}

/** The URLs of a name that lives elsewhere, null for one that lives here. */
function urlsOf(session: Session, name: string): readonly string[] | null {
  const { delimiter } = session.owner
  const canonical = session.owner.canonical(name)
  for (const [remote, urls] of Object.entries(optionsOf(session).mailboxes ?? {})) {
    if (canonical !== remote && !canonical.startsWith(remote + delimiter)) continue
    const rest = canonical.slice(remote.length).split(delimiter).map(encodeURIComponent).join('/')
    return [urls].flat().map((url) => url + rest)
  }
  return null
}

/** referral_response_code = "[" "REFERRAL" 1*(SPACE <url>) "]" */
function elsewhere(urls: readonly string[]): Refusal {
  return no('The mailbox is on another server', `REFERRAL ${urls.join(' ')}`)
}

/** Stands for a mailbox that is elsewhere, in lists. */
const placeholders = new Extra<Session, Map<string, MemoryMailbox>>(() => new Map())

function placeholder(session: Session, name: string): MemoryMailbox {
  const known = placeholders.get(session)
  const found = known.get(name) ?? new MemoryMailbox(name, `R${known.size}`, 1)
  known.set(name, found)
  return found
}

/** Refers whoever names a mailbox that is elsewhere; the way in which names are looked up otherwise stays. */
function access(session: Session, given: Access): Access {
  if (!session.has('MAILBOX-REFERRALS')) return given
  const locate = given.locate.bind(given)
  const candidates = given.candidates.bind(given)
  const rename = given.rename.bind(given)
  given.locate = (name) => {
    const urls = urlsOf(session, name)
    if (urls !== null) throw elsewhere(urls)
    return locate(name)
  }
  given.rename = (from, to) => {
    const pair = [urlsOf(session, from), urlsOf(session, to)] as const
    if (pair[0] === null && pair[1] === null) return rename(from, to)
    // Pairs of the old name and the new one (RFC 2193 §4.3).
    if (pair[0] === null || pair[1] === null) throw no('A mailbox cannot be renamed to another server', 'CANNOT')
    const [olds, news] = [pair[0], pair[1]]
    throw elsewhere(olds.flatMap((old, i) => [old, news[i] ?? (news[0] as string)]))
  }
  // What LIST and LSUB tell is here; the rest is for RLIST, RLSUB and REMOTE (RFC 2193 §4, RFC 5258 §3.1).
  given.candidates = () => candidates().filter(({ name }) => urlsOf(session, name) === null)
  given.remote = () =>
    Object.keys(optionsOf(session).mailboxes ?? {}).map((name) => ({
      name,
      mailbox: placeholder(session, name),
      subscribed: session.owner.subscriptions.has(name),
      elsewhere: true,
    }))
  return given
}

/** rlist = "RLIST" SPACE mailbox SPACE list_mailbox; rlsub has the same arguments */
function runAs(base: 'LIST' | 'LSUB'): CommandRecord['run'] {
  return (session, args, call) => {
    const start = args.pos
    args.sp()
    args.mailbox()
    args.sp()
    args.listMailbox()
    args.end()
    args.pos = start
    return lookUp(session, session.server.tables.commands, base, 'command').run(session, args, call)
  }
}

/** LOGIN-REFERRALS (RFC 2221) and MAILBOX-REFERRALS (RFC 2193): offered when the option names what is elsewhere. */
export const referralsFeature: Feature = {
  optionalCapabilities: ['LOGIN-REFERRALS', 'MAILBOX-REFERRALS'],
  announces({ extensions }) {
    const { users, mailboxes } = extensions?.referrals ?? {}
    const all: string[] = []
    if (users !== undefined) all.push('LOGIN-REFERRALS')
    if (mailboxes !== undefined) all.push('MAILBOX-REFERRALS')
    return all
  },
  commands: [
    { name: 'RLIST', states: ['authenticated'], needs: ['MAILBOX-REFERRALS'], run: runAs('LIST') },
    { name: 'RLSUB', states: ['authenticated'], needs: ['MAILBOX-REFERRALS'], run: runAs('LSUB') },
  ],
  hooks: { needs: ['LOGIN-REFERRALS', 'MAILBOX-REFERRALS'], onLogin, access },
}
