import { Arguments } from '../arguments.js'
import type { Call, Completion, Feature } from '../feature.js'
import { lookUp } from '../lookup.js'
import { bad, no } from '../refusal.js'
import type { Session } from '../session.js'
import { Extra } from '../store/extra.js'
import type { StoredMessage } from '../store/message.js'
import { mailboxName, quoted } from '../syntax.js'
import { checkArguments } from './imap2-syntax.js'

/** The commands of RFC 1176; there are no others. */
const COMMANDS = new Set('NOOP LOGIN LOGOUT SELECT BBOARD FIND CHECK EXPUNGE COPY FETCH STORE SEARCH'.split(' '))

/** How a session begins untagged FETCH lines otherwise. */
const usualHead = new Extra<Session, Session['fetchHead']>((session) => session.fetchHead)

/** Only what IMAP2 has; STORE answers by STORE. */
function beforeCommand(session: Session, call: Call, args: Arguments): void {
  if (!session.imap2) return
  if (!COMMANDS.has(call.name)) throw bad(`Unknown command: ${call.name}`)
  checkArguments(call.name, args)
  const usual = usualHead.get(session)
  session.fetchHead =
    call.name === 'STORE' ? (message) => usual.call(session, message)?.replace(/FETCH \($/, 'STORE (') ?? null : usual
  if (call.name === 'COPY') createTarget(session, args)
}

/** A mailbox that messages are copied to and that is not there is created. */
function createTarget(session: Session, args: Arguments): void {
  const start = args.pos
  args.sp()
  args.set()
  args.sp()
  const name = args.mailbox()
  args.end()
  args.pos = start
  if (session.view !== null && session.access.find(name) === undefined) session.access.create(name)
}

/** COPY tells of every message, and makes it seen. */
function onAdd(session: Session, added: readonly StoredMessage[]): void {
  const { view } = session
  if (!session.imap2 || view === null) return
  const copied = added.map(({ origin }) => origin).filter((origin) => origin !== null)
  for (const message of copied) session.out.line(`* ${view.seqOf(message)} COPY`)
  if (!view.readOnly) view.mailbox.store(copied, 'add', ['\\Seen'])
}

/** CHECK tells how many messages there are, whether that is new or not. */
function onComplete(session: Session, { name }: Call, completion: Completion): Completion {
  if (session.imap2 && name === 'CHECK') {
    session.tellUpdates(true)
    session.out.line(`* ${session.selected.messages.length} EXISTS`)
    session.out.line(`* ${session.selected.recent.size} RECENT`)
  }
  return completion
}

/** "*" stands for any number of characters, "%" for one. */
function matcher(pattern: string): (name: string) => boolean {
  const source = pattern
    .split(/([*%])/)
    .map((piece) => (piece === '*' ? '.*' : piece === '%' ? '.' : piece.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')))
  const regex = new RegExp(`^${source.join('')}$`, 's')
  return (name) => regex.test(name)
}

/** find = "FIND" SP ("MAILBOXES" / "BBOARDS") SP string */
function find(session: Session, args: Arguments): void {
  args.sp()
  const boards = args.takeWord('BBOARDS')
  if (!boards && !args.takeWord('MAILBOXES')) throw args.expected('MAILBOXES or BBOARDS')
  args.sp()
  const fits = matcher(args.listMailbox())
  args.end()
  const mailboxes = session.access.candidates().filter(({ mailbox }) => mailbox?.selectable === true)
  const names = boards ? Object.keys(boardsOf(session)) : mailboxes.map(({ name }) => name)
  for (const name of names) {
    // INBOX is not told: it is always there.
    if (name === 'INBOX' || !fits(name)) continue
    session.out.line(`* ${boards ? 'BBOARD' : 'MAILBOX'} ${mailboxName(name, false)}`)
  }
}

function boardsOf(session: Session): Readonly<Record<string, string>> {
  return session.server.settings.extensions.bboards ?? {}
}

/** bboard = "BBOARD" SP string: SELECT of a bulletin board. */
async function bboard(session: Session, args: Arguments, call: Call): Promise<Completion | void> {
  args.sp()
  const boards = boardsOf(session)
  const name = args.mailbox()
  args.end()
  const mailbox = Object.hasOwn(boards, name) ? boards[name] : undefined
  if (mailbox === undefined) throw no('There is no such bulletin board')
  const select = lookUp(session, session.server.tables.commands, 'SELECT', 'command')
  const text = ` ${mailboxName(mailbox, false)}`
  // A name that can only be a literal is none that this server was told in its options.
  if (text.includes('\r')) throw no(`A bulletin board cannot be called ${quoted(name)}`)
  return select.run(session, new Arguments({ text, literals: [] }), call)
}

/**
 * IMAP2 (RFC 1176): announced beside IMAP4 it means FIND and BBOARD; as the only capability, `capabilities: ['IMAP2']`,
 * it makes a server that speaks nothing else: no CAPABILITY, no UIDs, no structures of bodies.
 */
export const imap2Feature: Feature = {
  optionalCapabilities: ['IMAP2'],
  commands: [
    { name: 'FIND', states: ['authenticated'], needs: ['IMAP2'], run: find },
    { name: 'BBOARD', states: ['authenticated'], needs: ['IMAP2'], run: bboard },
  ],
  hooks: { needs: ['IMAP2'], beforeCommand, onComplete, onAdd: (session, _mailbox, added) => onAdd(session, added) },
}
