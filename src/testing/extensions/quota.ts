import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { bad, no } from '../refusal.js'
import type { Session } from '../session.js'
import type { Account } from '../store/account.js'
import { Extra } from '../store/extra.js'
import type { MemoryMailbox, NewMessage } from '../store/mailbox.js'
import type { StoredMessage } from '../store/message.js'
import { astring, mailboxName, utf8Octets } from '../syntax.js'
import { annotationOctets } from './annotate-store.js'

const needs = ['QUOTA', 'QUOTASET', 'QUOTA='] as const
const KIB = 1024n

/** What can be limited (RFC 9208 §5): sizes in octets, the others in numbers. */
interface Resource {
  /** What stands for 1 in usages and limits. */
  readonly unit: bigint
  /** What an account uses now. */
  used(account: Account): bigint
}

const RESOURCES: Readonly<Record<string, Resource>> = {
  STORAGE: { unit: KIB, used: (account) => sum(account, ({ size }) => size) },
  MESSAGE: { unit: 1n, used: (account) => sum(account, () => 1) },
  MAILBOX: { unit: 1n, used: (account) => BigInt(account.mailboxes.length) },
  'ANNOTATION-STORAGE': { unit: KIB, used: (account) => sum(account, annotationOctets) },
}

type Messages = MemoryMailbox['messages']

function sum(account: Account, of: (message: Messages[number]) => number): bigint {
  let total = 0
  for (const { messages } of account.mailboxes) for (const message of messages) total += of(message)
  return BigInt(total)
}

/** The limits of the one quota root that an account has, by the name of the resource. */
const limits = new Extra<Account, Map<string, bigint> | null>(() => null)

function limitsOf(session: Session, account: Account): Map<string, bigint> {
  const known = limits.get(account)
  if (known !== null) return known
  const given = session.server.settings.extensions.quota ?? {}
  const made = new Map(Object.entries(given).map(([name, limit]) => [name.toUpperCase(), BigInt(limit)]))
  limits.set(account, made)
  return made
}

/** What may be limited here; a server of RFC 2087 does not say it. */
function offered(session: Session): string[] {
  const named = session.values('QUOTA').flatMap((value) => /^RES-(.*)$/i.exec(value)?.[1]?.toUpperCase() ?? [])
  return named.length > 0 ? named : ['STORAGE', 'MESSAGE']
}

const rootOf = ({ name }: Account): string => `#user/${name}`

/** quota-response = "QUOTA" SP quota-root-name SP quota-list; quota-resource = resource-name SP usage SP limit */
function tellQuota(session: Session, account: Account): void {
  const known = offered(session)
  const triplets = [...limitsOf(session, account)].flatMap(([name, limit]) => {
    const resource = RESOURCES[name]
    if (resource === undefined || !known.includes(name)) return []
    return `${name} ${(resource.used(account) + resource.unit - 1n) / resource.unit} ${limit}`
  })
  session.out.line(`* QUOTA ${rootText(session, account)} (${triplets.join(' ')})`)
}

/** quota-root-name = astring */
const rootText = ({ utf8 }: Session, account: Account): string => astring(utf8Octets(rootOf(account)), utf8)

/** The account of a quota root. What others use is nobody's business (RFC 9208 §8). @throws Refusal */
function readRoot(session: Session, args: Arguments): () => Account {
  args.sp()
  const name = args.astringText('the name of a quota root')
  return () => {
    if (name === rootOf(session.owner)) return session.owner
    for (const account of session.server.accounts()) {
      if (name === rootOf(account)) throw no('This quota root belongs to somebody else', 'NOPERM')
    }
    throw no('There is no such quota root', 'NONEXISTENT')
  }
}

/** getquotaroot = "GETQUOTAROOT" SP mailbox; the mailbox need not exist. */
function getQuotaRoot(session: Session, args: Arguments): void {
  args.sp()
  const name = args.mailbox()
  args.end()
  const mailbox = session.access.find(name)
  if (mailbox !== undefined) session.access.need(mailbox, 'r')
  const { account } = session.access.locate(name)
  // A name that does not exist among the mailboxes of another user tells nothing of that user.
  if (mailbox === undefined && account !== session.owner) throw no('There is no such mailbox', 'NONEXISTENT')
  session.out.line(`* QUOTAROOT ${mailboxName(name, session.utf8)} ${rootText(session, account)}`)
  tellQuota(session, account)
}

/** setquota = "SETQUOTA" SP quota-root-name SP "(" [setquota-resource *(SP setquota-resource)] ")" */
function setQuota(session: Session, args: Arguments): void {
  // Of RFC 2087 the command is part of QUOTA; RFC 9208 gave it a capability of its own.
  if (!session.has('QUOTASET') && session.has('QUOTA=')) throw bad('SETQUOTA needs QUOTASET')
  const root = readRoot(session, args)
  args.sp()
  const wanted = new Map<string, bigint>()
  args.list(() => {
    const name = args.atom('the name of a resource').toUpperCase()
    args.sp()
    if (wanted.has(name)) throw bad(`${name.slice(0, 40)} is limited twice`)
    wanted.set(name, args.modSeq('a limit'))
  }, true)
  args.end()
  const account = root()
  const unknown = [...wanted.keys()].find((name) => !offered(session).includes(name) || !Object.hasOwn(RESOURCES, name))
  if (unknown !== undefined) throw no(`${unknown.slice(0, 40)} cannot be limited here`)
  limits.set(account, wanted)
  tellQuota(session, account)
}

/** Makes sure that so much more of a resource may be used. @throws Refusal `[OVERQUOTA]` */
export function checkQuota(session: Session, account: Account, resource: string, more: number): void {
  const kind = RESOURCES[resource]
  const limit = limitsOf(session, account).get(resource)
  if (more <= 0 || kind === undefined || limit === undefined || !session.has(...needs)) return
  if (!offered(session).includes(resource)) return
  if (kind.used(account) + BigInt(more) > limit * kind.unit) {
    throw no(`This would go beyond the quota: at most ${limit} of ${resource}`, 'OVERQUOTA')
  }
}

/** The account that a mailbox belongs to. */
export function accountOf(session: Session, mailbox: MemoryMailbox): Account {
  for (const account of session.server.accounts()) if (account.find(mailbox.name) === mailbox) return account
  return session.owner
}

/** The sessions that are carrying out a MOVE: what stays with its owner needs no more room. */
const moving = new WeakSet<Session>()

/** Of messages that go in the same moment those that free room of this account. */
function freed(session: Session, account: Account, leaving: readonly StoredMessage[]): readonly StoredMessage[] {
  return leaving.length > 0 && accountOf(session, session.selected.mailbox) === account ? leaving : []
}

function octetsOf(messages: readonly { readonly raw: Buffer }[]): number {
  return messages.reduce((total, { raw }) => total + raw.length, 0)
}

function beforeAdd(
  session: Session,
  mailbox: MemoryMailbox,
  messages: readonly NewMessage[],
  leaving: readonly StoredMessage[],
): void {
  const account = accountOf(session, mailbox)
  if (moving.has(session) && accountOf(session, session.selected.mailbox) === account) return
  const gone = freed(session, account, leaving)
  checkQuota(session, account, 'MESSAGE', messages.length - gone.length)
  checkQuota(session, account, 'STORAGE', octetsOf(messages) - octetsOf(gone))
}

/** QUOTA, QUOTASET and QUOTA=RES-* (RFC 9208, RFC 2087): every account is one quota root, with hard limits. */
export const quotaFeature: Feature = {
  capabilities: ['QUOTA', 'QUOTASET', ...Object.keys(RESOURCES).map((name) => `QUOTA=RES-${name}`)],
  statusItems: {
    // status-att-val =/ "DELETED-STORAGE" SP number64: octets
    'DELETED-STORAGE': {
      needs: ['QUOTA=RES-STORAGE'],
      value: ({ messages }) =>
        String(messages.reduce((total, { flags, size }) => total + (flags.has('\\Deleted') ? size : 0), 0)),
    },
  },
  commands: [
    {
      name: 'GETQUOTA',
      states: ['authenticated'],
      needs,
      run(session, args) {
        const root = readRoot(session, args)
        args.end()
        tellQuota(session, root())
      },
    },
    { name: 'GETQUOTAROOT', states: ['authenticated'], needs, run: getQuotaRoot },
    { name: 'SETQUOTA', states: ['authenticated'], needs, run: setQuota },
  ],
  hooks: {
    needs,
    beforeCommand(session, { name }) {
      if (name === 'MOVE' || name === 'UID MOVE') moving.add(session)
      else moving.delete(session)
    },
    beforeCreate: (session, name) => checkQuota(session, session.access.locate(name).account, 'MAILBOX', 1),
    // So much is known before the octets come.
    beforeMessage: (session, mailbox, octets, leaving) => {
      const account = accountOf(session, mailbox)
      const gone = freed(session, account, leaving)
      checkQuota(session, account, 'STORAGE', octets - octetsOf(gone))
      checkQuota(session, account, 'MESSAGE', 1 - gone.length)
    },
    beforeAdd,
  },
}
