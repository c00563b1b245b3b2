import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { bad, no } from '../refusal.js'
import type { Session } from '../session.js'
import { Extra } from '../store/extra.js'
import type { MemoryMailbox } from '../store/mailbox.js'
import type { View } from '../store/view.js'
import { astring, isUtf8, mailboxName, quoted, utf8Octets } from '../syntax.js'
import { listOf, OF_OWNER, ordered, RIGHTS, SharedAccess } from './acl-access.js'
import { accountOf } from './quota.js'

const needs = ['ACL'] as const
/** What stands for several rights since RFC 2086 (RFC 4314 §2.1.1). */
const VIRTUAL: Readonly<Record<string, string>> = { c: 'kx', d: 'te' }
const ORDER = 'lrswipkxtencda'
/** What RFC 2086 knows; a server without RIGHTS= has no more. */
const OLD = 'lrswipcda'

/** The letters that can be said here. */
const letters = (session: Session): string => (session.has('RIGHTS=') ? ORDER : OLD)

/** Rights as they are told: `c` and `d` with each of their members (RFC 4314 §2.1.1). */
export function rightsText(session: Session, rights: string): string {
  const all = new Set(rights)
  for (const [name, members] of Object.entries(VIRTUAL)) if ([...members].some((each) => all.has(each))) all.add(name)
  const text = [...letters(session)].filter((right) => all.has(right)).join('')
  return text === '' ? '""' : text
}

/** myrights-data = "MYRIGHTS" SP mailbox SP rights */
export function tellMyRights(session: Session, mailbox: MemoryMailbox): void {
  const name = mailboxName(session.nameOf(mailbox), session.utf8)
  session.out.line(`* MYRIGHTS ${name} ${rightsText(session, session.access.rights(mailbox))}`)
}

/** A mailbox that the user may administer. Who may not list it is told that there is none (RFC 4314 §6). @throws Refusal */
function administered(session: Session, name: string): MemoryMailbox {
  const { access } = session
  const mailbox = access.mailbox(name)
  if (access.may(mailbox, 'a')) return mailbox
  throw access.may(mailbox, 'l')
    ? no('This needs the right "a"', 'NOPERM')
    : no('There is no such mailbox', 'NONEXISTENT')
}

/** identifier = astring, prepared by SASLprep (RFC 4314 §3, RFC 4013 §2). @throws Refusal BAD */
function readIdentifier(args: Arguments): string {
  args.sp()
  const octets = args.astring('an identifier').toString('latin1')
  if (!isUtf8(octets)) throw bad('An identifier is UTF-8')
  const text = Buffer.from(octets, 'latin1')
    .toString('utf8')
    .replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
    .replace(/\u00ad|\u034f|\u1806|[\u180b-\u180d]|[\u200b-\u200d]|\u2060|[\ufe00-\ufe0f]|\ufeff/g, '')
    .normalize('NFKC')
  if (/[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u0340\u0341\u200e\u200f\u202a-\u202e\u206a-\u206f\ufff9-\ufffd]/u.test(text)) {
    throw bad('The identifier holds characters that no identifier may hold')
  }
  if (text === '' || text === '-') throw bad('The identifier is empty')
  return text
}

/** rights = astring: lower-case letters and digits; no digit stands for a right here. @throws Refusal BAD */
function readRights(session: Session, text: string): string {
  const known = letters(session)
  for (const right of text) {
    if (/[A-Z]/.test(right)) throw bad('Uppercase rights are not allowed')
    if (!known.includes(right)) throw bad(`The ${/[a-z0-9]/.test(right) ? `${right} ` : ''}right is not supported`)
  }
  return ordered([...text].flatMap((right) => [...(VIRTUAL[right] ?? right)]))
}

/** setacl = "SETACL" SP mailbox SP identifier SP mod-rights; mod-rights = astring: ["+" / "-"] rights */
function setAcl(session: Session, args: Arguments): void {
  args.sp()
  const name = args.mailbox()
  const identifier = readIdentifier(args)
  args.sp()
  const sent = args.astring('rights').toString('latin1')
  args.end()
  const [, sign = '', text = ''] = /^([+-]?)(.*)$/s.exec(sent) ?? []
  const rights = readRights(session, text)
  const mailbox = administered(session, name)
  const list = listOf(mailbox, accountOf(session, mailbox))
  const old = list.get(identifier) ?? ''
  if (sign === '+') list.set(identifier, ordered(old + rights))
  else if (sign === '-') list.set(identifier, [...old].filter((right) => !rights.includes(right)).join(''))
  else list.set(identifier, rights)
  if (list.get(identifier) === '') list.delete(identifier)
}

/** deleteacl = "DELETEACL" SP mailbox SP identifier */
function deleteAcl(session: Session, args: Arguments): void {
  args.sp()
  const name = args.mailbox()
  const identifier = readIdentifier(args)
  args.end()
  const mailbox = administered(session, name)
  listOf(mailbox, accountOf(session, mailbox)).delete(identifier)
}

/** acl-data = "ACL" SP mailbox *(SP identifier SP rights) */
function getAcl(session: Session, args: Arguments): void {
  args.sp()
  const name = args.mailbox()
  args.end()
  const { utf8, out } = session
  const mailbox = administered(session, name)
  const pairs = [...listOf(mailbox, accountOf(session, mailbox))].map(
    ([identifier, rights]) => ` ${astring(utf8Octets(identifier), utf8)} ${rightsText(session, rights)}`,
  )
  out.line(`* ACL ${mailboxName(name, utf8)}${pairs.join('')}`)
}

/** listrights-data = "LISTRIGHTS" SP mailbox SP identifier SP rights *(SP rights): first those that it always has. */
function listRights(session: Session, args: Arguments): void {
  args.sp()
  const name = args.mailbox()
  const start = args.pos
  const identifier = readIdentifier(args)
  // The identifier comes back in the form in which it was sent (RFC 4314 §3.4).
  args.pos = start + 1
  const sent = args.astring().toString('latin1')
  args.end()
  const { utf8, out } = session
  const always = identifier === accountOf(session, administered(session, name)).name ? OF_OWNER : ''
  const others = [...letters(session)].filter((right) => !always.includes(right))
  const text = [always === '' ? quoted('') : always, ...others].join(' ')
  out.line(`* LISTRIGHTS ${mailboxName(name, utf8)} ${astring(sent, utf8)} ${text}`)
}

/** What a selected mailbox said of the flags that can be changed, as the rights on which that depends. */
const told = new Extra<View, string>(() => '')

const flagRights = (session: Session, { mailbox }: View): string =>
  [...'stw'].filter((right) => session.access.may(mailbox, right)).join('')

/** Rights on an open mailbox count at once: PERMANENTFLAGS tells it (RFC 4314 §5.1.1). */
function tellFlagRights(session: Session): void {
  const { view } = session
  if (view === null || view.readOnly || view.mailbox.deleted) return
  const now = flagRights(session, view)
  if (now === told.get(view)) return
  told.set(view, now)
  const { flags } = view.mailbox
  session.out.line(`* FLAGS (${flags.join(' ')})`)
  const permanent = session.permitted(view.mailbox, [...flags, '\\*'])
  session.out.line(`* OK [PERMANENTFLAGS (${permanent.join(' ')})] Your rights have changed`)
}

/**
 * ACL and RIGHTS= (RFC 4314, RFC 2086). An identifier is a user, `anyone`, or whatever else somebody names; one with `-`
 * ahead takes rights away. Mailboxes of others are found under `#users/`.
 */
export const aclFeature: Feature = {
  capabilities: ['ACL', `RIGHTS=${[...RIGHTS].filter((right) => !OLD.includes(right)).join('')}`],
  // The union of what fits is what a user may do, here as on servers that say so.
  optionalCapabilities: ['ACL2=UNION'],
  commands: [
    { name: 'SETACL', states: ['authenticated'], needs, run: setAcl },
    { name: 'DELETEACL', states: ['authenticated'], needs, run: deleteAcl },
    { name: 'GETACL', states: ['authenticated'], needs, run: getAcl },
    { name: 'LISTRIGHTS', states: ['authenticated'], needs, run: listRights },
    {
      name: 'MYRIGHTS',
      states: ['authenticated'],
      needs,
      run(session, args) {
        args.sp()
        const name = args.mailbox()
        args.end()
        tellMyRights(session, session.access.mailbox(name))
      },
    },
  ],
  hooks: {
    needs,
    access: (session, access) => new SharedAccess(access.account, session),
    onSelect: (session, view) => told.set(view, flagRights(session, view)),
    onUpdates: tellFlagRights,
  },
}
