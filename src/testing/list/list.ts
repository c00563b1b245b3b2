import type { Arguments } from '../arguments.js'
import { readStatusItems, writeStatus } from '../commands/status.js'
import type { Completion, Feature } from '../feature.js'
import { bad } from '../refusal.js'
import type { Session } from '../session.js'
import { mailboxName, quoted } from '../syntax.js'
import { candidates, type Candidate } from './candidates.js'
import { matcher } from './pattern.js'

/** A LIST command, read. */
interface ListCommand {
  readonly extended: boolean
  readonly select: ReadonlySet<string>
  readonly reference: string
  readonly patterns: readonly string[]
  readonly give: ReadonlySet<string>
  readonly status: readonly string[]
}

const SELECT_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  SUBSCRIBED: ['LIST-EXTENDED'],
  REMOTE: ['LIST-EXTENDED'],
  RECURSIVEMATCH: ['LIST-EXTENDED'],
  'SPECIAL-USE': ['SPECIAL-USE'],
}
const RETURN_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  SUBSCRIBED: ['LIST-EXTENDED'],
  CHILDREN: ['LIST-EXTENDED'],
  'SPECIAL-USE': ['SPECIAL-USE'],
  STATUS: ['LIST-STATUS'],
}

/** list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts] */
function read(session: Session, args: Arguments): ListCommand {
  const select = new Set<string>()
  const give = new Set<string>()
  let status: readonly string[] = []
  let extended = false
  args.sp()
  if (args.peek() === '(') {
    extended = true
    args.list(() => select.add(option(session, args, SELECT_OPTIONS)), true)
    args.sp()
  }
  const reference = args.mailbox()
  args.sp()
  const several = args.peek() === '('
  const patterns = several ? args.list(() => args.listMailbox()) : [args.listMailbox()]
  if (args.take(' ')) {
    extended = true
    if (!args.takeWord('RETURN')) throw args.expected('RETURN')
    args.sp()
    args.list(() => {
      const name = option(session, args, RETURN_OPTIONS)
      give.add(name)
      if (name !== 'STATUS') return
      args.sp()
      status = readStatusItems(session, args)
    }, true)
  }
  args.end()
  extended ||= several
  if (extended && !session.has('LIST-EXTENDED', 'SPECIAL-USE', 'LIST-STATUS'))
    throw bad('The long form of LIST needs LIST-EXTENDED')
  if (select.has('RECURSIVEMATCH') && !select.has('SUBSCRIBED')) {
    throw bad('RECURSIVEMATCH needs an option that selects, such as SUBSCRIBED')
  }
  return { extended, select, reference, patterns, give, status }
}

function option(session: Session, args: Arguments, known: Readonly<Record<string, readonly string[]>>): string {
  const name = args.name('an option of LIST')
  const needs = Object.hasOwn(known, name) ? known[name] : undefined
  if (needs === undefined || !session.has(...needs)) throw bad(`Unknown option of LIST: ${name.slice(0, 40)}`)
  return name
}

function list(session: Session, args: Arguments): Completion | void {
  const command = read(session, args)
  const { out, owner } = session
  if (!command.extended && command.patterns[0] === '') {
    // An empty name asks for the delimiter and the root of the reference.
    out.line(`* LIST (\\Noselect) ${quoted(owner.delimiter)} ""`)
    return
  }
  const tests = command.patterns
    .filter((pattern) => pattern !== '')
    .map((pattern) => matcher(command.reference + pattern, owner.delimiter))
  const all = candidates(owner)
  const matched = all.filter(({ name }) => tests.some((test) => test(name)))
  const chosen = matched.filter((candidate) => isChosen(candidate, command.select))
  const told = command.select.has('RECURSIVEMATCH') ? withParents(session, all, matched, chosen, command) : chosen
  for (const candidate of told) {
    writeList(session, candidate, command, all)
    if (command.status.length > 0 && candidate.mailbox?.selectable === true && chosen.includes(candidate)) {
      writeStatus(session, candidate.mailbox, command.status)
    }
  }
}

/** Whether the selection options take a name; without any, what exists is taken. */
function isChosen({ mailbox, subscribed }: Candidate, select: ReadonlySet<string>): boolean {
  if (select.has('SPECIAL-USE') && (mailbox?.attributes.size ?? 0) === 0) return false
  if (select.has('SUBSCRIBED')) return subscribed
  return mailbox !== null
}

/** RECURSIVEMATCH also tells of names above a chosen one that is not told itself (RFC 5258 §3, §4). */
function withParents(
  { owner: { delimiter } }: Session,
  all: readonly Candidate[],
  matched: readonly Candidate[],
  chosen: readonly Candidate[],
  { select }: ListCommand,
): Candidate[] {
  const told = new Set(chosen)
  const untold = all.filter((each) => isChosen(each, select) && !told.has(each))
  return matched.filter((each) => told.has(each) || untold.some(({ name }) => name.startsWith(each.name + delimiter)))
}

/** mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox [SP mbox-list-extended] */
function writeList(session: Session, candidate: Candidate, command: ListCommand, all: readonly Candidate[]): void {
  const { name, mailbox, subscribed } = candidate
  const { delimiter } = session.owner
  const flags: string[] = []
  if (mailbox === null) flags.push('\\NonExistent')
  else if (!mailbox.selectable) flags.push('\\Noselect')
  if (subscribed && (command.select.has('SUBSCRIBED') || command.give.has('SUBSCRIBED'))) flags.push('\\Subscribed')
  if (session.has('CHILDREN')) flags.push(session.owner.hasChildren(name) ? '\\HasChildren' : '\\HasNoChildren')
  if (session.has('SPECIAL-USE')) flags.push(...(mailbox?.attributes ?? []))
  let extended = ''
  if (command.select.has('RECURSIVEMATCH')) {
    const below = all.some((each) => each.name.startsWith(name + delimiter) && isChosen(each, command.select))
    if (below) extended = ' ("CHILDINFO" ("SUBSCRIBED"))'
  }
  const shown = mailboxName(name, session.utf8)
  session.out.line(`* LIST (${flags.join(' ')}) ${quoted(delimiter)} ${shown}${extended}`)
}

/** lsub = "LSUB" SP mailbox SP list-mailbox (RFC 3501 §6.3.9) */
function lsub(session: Session, args: Arguments): void {
  args.sp()
  const reference = args.mailbox()
  args.sp()
  const pattern = args.listMailbox()
  args.end()
  const { delimiter } = session.owner
  const test = matcher(reference + pattern, delimiter)
  const all = candidates(session.owner)
  for (const { name, subscribed } of all) {
    if (!test(name)) continue
    // With % a name stands in for those below it that are subscribed and that it hides.
    const below = all.some((each) => each.subscribed && each.name.startsWith(name + delimiter) && !test(each.name))
    if (!subscribed && !(pattern.includes('%') && below)) continue
    const shown = mailboxName(name, session.utf8)
    session.out.line(`* LSUB (${subscribed ? '' : '\\Noselect'}) ${quoted(delimiter)} ${shown}`)
  }
}

/** LIST with its extensions (RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 6154, RFC 3348), LSUB (RFC 3501 §6.3.9). */
export const listFeature: Feature = {
  capabilities: ['CHILDREN', 'LIST-EXTENDED', 'LIST-STATUS', 'SPECIAL-USE'],
  commands: [
    { name: 'LIST', states: ['authenticated'], run: list },
    { name: 'LSUB', states: ['authenticated'], needs: ['IMAP4rev1'], run: lsub },
  ],
}
