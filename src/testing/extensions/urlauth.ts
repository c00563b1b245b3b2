import { randomBytes } from 'node:crypto'
import { Access } from '../access.js'
import type { Arguments } from '../arguments.js'
import type { Completion, Feature } from '../feature.js'
import { bad } from '../refusal.js'
import type { Session } from '../session.js'
import type { Account } from '../store/account.js'
import { Extra } from '../store/extra.js'
import type { MemoryMailbox } from '../store/mailbox.js'
import type { StoredMessage } from '../store/message.js'
import { quoted, string } from '../syntax.js'
import { messageOf } from '../url.js'
import { readParameters, writeData, type UrlParameter } from './urlauth-data.js'
import { isGenuine, parseAuthUrl, tokenOf, type AuthUrl } from './urlauth-url.js'

const needs = ['URLAUTH'] as const
const MECHANISMS = 'URLMECH INTERNAL'

/** The mailbox access keys of a user (RFC 4467 §2.2). */
const keys = new Extra<Account, Map<MemoryMailbox, Buffer>>(() => new Map())

/** Who has a mailbox selected. */
const selecting = new Extra<MemoryMailbox, Set<Session>>(() => new Set())

function newKey(account: Account, mailbox: MemoryMailbox): Buffer {
  const key = randomBytes(32)
  keys.get(account).set(mailbox, key)
  return key
}

/** mechanism = "INTERNAL" / 1*(ALPHA / DIGIT / "-" / "."); others are refused. @throws Refusal */
function readMechanism(args: Arguments): void {
  const name = args.name('an authorization mechanism')
  if (!/^[A-Z0-9.-]+$/.test(name)) throw bad('That is no name of a mechanism')
  if (name !== 'INTERNAL') throw bad('The server has no mechanism but INTERNAL')
}

/** resetkey = "RESETKEY" [SP mailbox *(SP mechanism)] */
function resetKey(session: Session, args: Arguments): Completion {
  if (args.atEnd) {
    keys.delete(session.owner)
    return { text: 'All keys are removed' }
  }
  args.sp()
  const name = args.mailbox()
  while (args.take(' ')) readMechanism(args)
  args.end()
  const mailbox = session.reach(name, 'r')
  newKey(session.owner, mailbox)
  for (const other of selecting.get(mailbox)) {
    if (other === session || other.account !== session.account) continue
    other.unsolicited(() => void other.out.line(`* OK [${MECHANISMS}] The key is a new one`))
  }
  return { code: MECHANISMS, text: 'The key is a new one' }
}

/** genurlauth = "GENURLAUTH" 1*(SP url-rump SP mechanism) */
function generate(session: Session, args: Arguments): void {
  const urls: string[] = []
  do {
    args.sp()
    const sent = args.astring('a URL').toString('latin1')
    args.sp()
    readMechanism(args)
    urls.push(sent)
  } while (!args.atEnd)
  const made = urls.map((sent) => {
    const url = parseAuthUrl(sent)
    if (typeof url === 'string') throw bad(url)
    if (url.token !== null) throw bad('The URL has a token already')
    // Nobody has owner-type access to the keys of another user here (§7).
    if (url.owner !== session.owner.name) throw bad('The user of the URL is another one')
    const mailbox = session.access.find(url.target.mailbox ?? '')
    if (mailbox === undefined) throw bad('The URL names no mailbox that is there')
    const key = keys.get(session.owner).get(mailbox) ?? newKey(session.owner, mailbox)
    return quoted(`${sent}:internal:${tokenOf(url.rump, key)}`)
  })
  session.out.line(`* GENURLAUTH ${made.join(' ')}`)
}

/** Whether the access identifier lets a session use a URL (§3). */
function mayUse(session: Session, { access }: AuthUrl): boolean {
  const { settings } = session.server
  const { name } = session.owner
  if (access.kind === 'anonymous') return true
  if (access.kind === 'authuser') return name !== settings.anonymous
  if (access.kind === 'user') return name === access.user
  return settings.extensions.urlSubmitters?.includes(name) === true
}

/** The message of a URL that is valid for this session, null otherwise. */
function authorized(session: Session, sent: string): { url: AuthUrl; message: StoredMessage } | null {
  const url = parseAuthUrl(sent)
  if (typeof url === 'string') return null
  const account = session.server.account(url.owner)
  // It is done with the access of the owner, whoever asks (§7).
  const access = account === session.account ? session.access : account && new Access(account)
  const mailbox = access?.find(url.target.mailbox ?? '')
  const key = account && mailbox && keys.get(account).get(mailbox)
  // Where there is no key a random one is tried, so that the time says nothing about mailboxes (§6).
  if (!isGenuine(url, key ?? randomBytes(32)) || key === undefined || mailbox === undefined) return null
  if (!mayUse(session, url) || (url.expires !== null && url.expires.getTime() < Date.now())) return null
  if (access?.may(mailbox, 'r') !== true) return null
  const message = messageOf(mailbox, url.target)
  return message === undefined ? null : { url, message }
}

/** url-fetch-arg = url-full / "(" url-full *(SP url-fetch-param) ")", the latter with URLAUTH=BINARY (RFC 5524 §5) */
function readArgument(session: Session, args: Arguments): { sent: string; parameters: readonly UrlParameter[] } {
  if (args.peek() !== '(') return { sent: args.astring('a URL').toString('latin1'), parameters: [] }
  if (!session.has('URLAUTH=BINARY')) throw bad('Parameters of URLFETCH need URLAUTH=BINARY')
  args.char('(')
  const sent = args.astring('a URL').toString('latin1')
  const parameters = readParameters(args)
  args.char(')')
  return { sent, parameters }
}

/** urlfetch = "URLFETCH" 1*(SP url-fetch-arg) */
function fetch(session: Session, args: Arguments): void {
  const wanted: ReturnType<typeof readArgument>[] = []
  do {
    args.sp()
    wanted.push(readArgument(session, args))
  } while (!args.atEnd)
  const { out } = session
  out.text('* URLFETCH')
  for (const { sent, parameters } of wanted) {
    out.text(` ${string(sent, session.utf8)} `)
    const found = authorized(session, sent)
    if (found === null) out.text('NIL')
    else writeData(session, found.message, found.url.target, parameters)
  }
  out.line('')
}

/** URLAUTH (RFC 4467) and URLAUTH=BINARY (RFC 5524). */
export const urlAuthFeature: Feature = {
  capabilities: ['URLAUTH', 'URLAUTH=BINARY'],
  commands: [
    { name: 'RESETKEY', states: ['authenticated'], needs, run: resetKey },
    { name: 'GENURLAUTH', states: ['authenticated'], needs, run: generate },
    { name: 'URLFETCH', states: ['authenticated'], needs, run: fetch },
  ],
  hooks: {
    needs,
    onSelect(session, { mailbox }) {
      selecting.get(mailbox).add(session)
      session.out.line(`* OK [${MECHANISMS}] URLs can be authorized`)
    },
    onUnselect: (session, { mailbox }) => void selecting.get(mailbox).delete(session),
  },
}
