import type { Arguments } from '../arguments.js'
import { readStatusItems, writeStatus } from '../commands/status.js'
import type { Call, Completion, Feature } from '../feature.js'
import { lookUp } from '../lookup.js'
import { bad } from '../refusal.js'
import type { Session } from '../session.js'
import type { ListExtra, ListSelection } from '../slots.js'
import { mailboxName, quoted } from '../syntax.js'
import { namesAbove, type Candidate } from './candidates.js'
import { matcher } from './pattern.js'

/** A LIST command, read. */
interface ListCommand {
  readonly extended: boolean
  readonly selections: readonly ListSelection[]
  readonly reference: string
  readonly patterns: readonly string[]
  readonly extras: readonly ListExtra[]
}

/** list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts] */
function read(session: Session, args: Arguments): ListCommand {
  let selections: readonly ListSelection[] = []
  let extras: readonly ListExtra[] = []
  let extended = false
  args.sp()
  if (args.peek() === '(') {
    extended = true
    selections = args.list(() => {
      const name = args.name('an option of LIST')
      return lookUp(session, session.server.tables.listSelects, name, 'option of LIST').read(args, session)
    }, true)
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
    extras = args.list(() => {
      const name = args.name('an option of LIST')
      return lookUp(session, session.server.tables.listReturns, name, 'option of LIST').read(args, session)
    }, true)
  }
  args.end()
  extended ||= several
  if (extended && !session.has('LIST-EXTENDED', 'SPECIAL-USE', 'LIST-STATUS'))
    throw bad('The long form of LIST needs LIST-EXTENDED')
  if (selections.some(({ recursive }) => recursive) && !selections.some(({ childInfo }) => childInfo !== undefined)) {
    throw bad('RECURSIVEMATCH needs an option that selects, such as SUBSCRIBED')
  }
  const added = selections.flatMap(({ extra }) => extra ?? [])
  return { extended, selections, reference, patterns, extras: [...added, ...extras] }
}

function list(session: Session, args: Arguments, call: Call): Completion | void {
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
  const remote = call.name === 'RLIST' || command.selections.some((each) => each.remote)
  const elsewhere = remote ? session.access.remote() : []
  const all = [...session.access.candidates(), ...elsewhere]
  const picked = all.filter((candidate) => isChosen(candidate, command.selections))
  const families: Families = {
    existing: namesAbove(
      all.filter(({ mailbox }) => mailbox !== null),
      owner.delimiter,
    ),
    picked: namesAbove(picked, owner.delimiter),
  }
  const matched = all.filter(({ name }) => tests.some((test) => test(name)))
  const taken = new Set(picked)
  const chosen = new Set(matched.filter((candidate) => taken.has(candidate)))
  // RECURSIVEMATCH also tells of names above one that is chosen and is not told itself (RFC 5258 §3, §4).
  const untold = command.selections.some(({ recursive }) => recursive)
    ? namesAbove(
        picked.filter((candidate) => !chosen.has(candidate)),
        owner.delimiter,
      )
    : new Set<string>()
  for (const candidate of matched) {
    if (!chosen.has(candidate) && !untold.has(candidate.name)) continue
    writeList(session, candidate, command, families)
    const { mailbox } = candidate
    if (mailbox?.selectable === true && chosen.has(candidate)) {
      for (const extra of command.extras) extra.after?.(mailbox)
    }
  }
}

/** Names that have others below them. */
interface Families {
  /** Others that exist. */
  readonly existing: ReadonlySet<string>
  /** Others that the selection options take. */
  readonly picked: ReadonlySet<string>
}

/** Whether the selection options take a name; without any, what exists is taken. */
function isChosen(candidate: Candidate, selections: readonly ListSelection[]): boolean {
  if (!selections.every(({ takes }) => takes?.(candidate) ?? true)) return false
  return candidate.mailbox !== null || selections.some(({ unreal }) => unreal)
}

/** mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox [SP mbox-list-extended] */
function writeList(session: Session, candidate: Candidate, command: ListCommand, families: Families): void {
  const { name, mailbox } = candidate
  const { selections, extras } = command
  const flags: string[] = []
  if (mailbox === null) flags.push('\\NonExistent')
  else if (!mailbox.selectable) flags.push('\\Noselect')
  const more = extras.flatMap((extra) => extra.attributes?.(candidate) ?? [])
  flags.push(...new Set(more))
  if (session.has('CHILDREN')) flags.push(families.existing.has(name) ? '\\HasChildren' : '\\HasNoChildren')
  if (session.has('SPECIAL-USE')) flags.push(...(mailbox?.attributes ?? []))
  const data = extras.flatMap((extra) => extra.extended?.(candidate) ?? [])
  if (selections.some(({ recursive }) => recursive) && families.picked.has(name)) {
    const names = selections.flatMap(({ childInfo }) => (childInfo === undefined ? [] : quoted(childInfo)))
    data.unshift(`"CHILDINFO" (${names.join(' ')})`)
  }
  const shown = mailboxName(name, session.utf8)
  const extended = data.length === 0 ? '' : ` (${data.join(' ')})`
  session.out.line(`* LIST (${flags.join(' ')}) ${quoted(session.owner.delimiter)} ${shown}${extended}`)
}

/** lsub = "LSUB" SP mailbox SP list-mailbox (RFC 3501 §6.3.9) */
function lsub(session: Session, args: Arguments, call: Call): void {
  args.sp()
  const reference = args.mailbox()
  args.sp()
  const pattern = args.listMailbox()
  args.end()
  const { delimiter } = session.owner
  const test = matcher(reference + pattern, delimiter)
  const all = [...session.access.candidates(), ...(call.name === 'RLSUB' ? session.access.remote() : [])]
  // With % a name stands in for those below it that are subscribed and that the pattern hides.
  const hidden = all.filter((each) => each.subscribed && !test(each.name))
  const above = pattern.includes('%') ? namesAbove(hidden, delimiter) : new Set<string>()
  for (const { name, subscribed } of all) {
    if (!test(name) || (!subscribed && !above.has(name))) continue
    const shown = mailboxName(name, session.utf8)
    session.out.line(`* LSUB (${subscribed ? '' : '\\Noselect'}) ${quoted(delimiter)} ${shown}`)
  }
}

const subscribed: ListExtra = { attributes: (candidate) => (candidate.subscribed ? ['\\Subscribed'] : []) }

/** Tells which names are elsewhere (RFC 5258 §3.1). */
const remoteAttribute: ListExtra = {
  attributes: ({ elsewhere }) => (elsewhere === true ? ['\\Remote'] : []),
}

/** LIST with its extensions (RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 6154, RFC 3348), LSUB (RFC 3501 §6.3.9). */
export const listFeature: Feature = {
  capabilities: ['CHILDREN', 'LIST-EXTENDED', 'LIST-STATUS', 'SPECIAL-USE'],
  listSelects: {
    SUBSCRIBED: {
      needs: ['LIST-EXTENDED'],
      read: () => ({ takes: (each) => each.subscribed, unreal: true, childInfo: 'SUBSCRIBED', extra: subscribed }),
    },
    REMOTE: { needs: ['LIST-EXTENDED'], read: () => ({ remote: true, extra: remoteAttribute }) },
    RECURSIVEMATCH: { needs: ['LIST-EXTENDED'], read: () => ({ recursive: true }) },
    'SPECIAL-USE': {
      needs: ['SPECIAL-USE'],
      read: () => ({ takes: ({ mailbox }) => (mailbox?.attributes.size ?? 0) > 0 }),
    },
  },
  listReturns: {
    SUBSCRIBED: { needs: ['LIST-EXTENDED'], read: () => subscribed },
    // These two are told without being asked for.
    CHILDREN: { needs: ['LIST-EXTENDED'], read: () => ({}) },
    'SPECIAL-USE': { needs: ['SPECIAL-USE'], read: () => ({}) },
    STATUS: {
      needs: ['LIST-STATUS'],
      read(args, session) {
        args.sp()
        const names = readStatusItems(session, args)
        return { after: (mailbox) => writeStatus(session, mailbox, names) }
      },
    },
  },
  commands: [
    { name: 'LIST', states: ['authenticated'], run: list },
    { name: 'LSUB', states: ['authenticated'], needs: ['IMAP4rev1'], run: lsub },
  ],
}
