import type { Arguments, SentSet, SetRange } from '../arguments.js'
import type { Feature } from '../feature.js'
import { bad } from '../refusal.js'
import type { Session } from '../session.js'
import type { FetchModifier, SelectParameter } from '../slots.js'
import { Extra } from '../store/extra.js'
import type { Updates, View } from '../store/view.js'
import { setText } from '../syntax.js'

const needs = ['QRESYNC'] as const

/** expunged-resp = "VANISHED" SP known-uids: in place of EXPUNGE, by UIDs (RFC 7162 §3.2.10.2). */
export function tellVanished(this: Session, expunged: Updates['expunged']): void {
  this.out.line(`* VANISHED ${setText(expunged.map(({ uid }) => uid))}`)
}

/** Views whose session has been told of a lower mod-sequence than the mailbox has, as removals wait to be told. */
const delayed = new Extra<View, boolean>(() => false)

/**
 * What has a mod-sequence above that of a removal which is told only later must not make the client take it for told: it
 * hears of a lower HIGHESTMODSEQ meanwhile (RFC 7162 §3.2, §6).
 */
function tellHighest(session: Session): void {
  const { view } = session
  if (view === null || !session.enabled.has('QRESYNC')) return
  const held = new Set(view.held.map((message) => message.uid))
  if (held.size > 0) {
    const oldest = view.mailbox.history.find(({ uid }) => held.has(uid))
    if (oldest === undefined) return
    delayed.set(view, true)
    session.out.line(`* OK [HIGHESTMODSEQ ${oldest.modSeq - 1n}] Removals are told later`)
  } else if (delayed.get(view)) {
    delayed.set(view, false)
    session.out.line(`* OK [HIGHESTMODSEQ ${view.mailbox.highestModSeq}] Removals have been told`)
  }
}

/** sequence-set without "*". @throws Refusal */
function knownSet(args: Arguments): readonly SetRange[] {
  const start = args.pos
  const set = args.set()
  if (set !== '$' && set.every(({ to }) => to !== Infinity)) return set
  args.pos = start
  throw args.expected('a set of numbers without * and $')
}

/** The same, of which each number is above the one ahead of it. @throws Refusal */
function ascendingSet(args: Arguments): readonly SetRange[] {
  const start = args.pos
  const set = knownSet(args)
  if (set.every(({ from }, i) => i === 0 || from > (set[i - 1]?.to ?? 0))) return set
  args.pos = start
  throw args.expected('a set of numbers in ascending order')
}

const countOf = (set: readonly SetRange[]): number => set.reduce((sum, { from, to }) => sum + to - from + 1, 0)

function* numbersOf(set: readonly SetRange[]): Generator<number> {
  for (const { from, to } of set) for (let number = from; number <= to; number++) yield number
}

/** What the client knows: message numbers, and the UIDs that go with them. */
interface MatchData {
  readonly numbers: readonly SetRange[]
  readonly uids: readonly SetRange[]
}

/** seq-match-data = "(" known-sequence-set SP known-uid-set ")" */
function readMatchData(args: Arguments, session: Session): MatchData {
  // With UIDONLY this one is forbidden, the others are not (RFC 9586 §3.7).
  for (const hook of session.hooks('beforeSequenceNumbers')) hook(session)
  args.char('(')
  const numbers = ascendingSet(args)
  args.sp()
  const uids = ascendingSet(args)
  args.char(')')
  if (countOf(numbers) !== countOf(uids)) throw bad('There must be as many UIDs as message numbers')
  return { numbers, uids }
}

/** The highest UID up to which the client knows of all removals (RFC 7162 §3.2.5.2). */
function matchedUid({ messages }: View, { numbers, uids }: MatchData): number {
  const known = numbersOf(uids)
  let matched = 0
  for (const number of numbersOf(numbers)) {
    const uid: unknown = known.next().value
    // Beyond the end of the mailbox nothing can match.
    if (number > messages.length) break
    if (messages[number - 1]?.uid === uid) matched = Number(uid)
  }
  return matched
}

/** Tells which UIDs of a set, above `above`, have vanished since a mod-sequence: `*` stands for the last UID ever given. */
function tellEarlier(session: Session, set: SentSet, since: bigint, above = 0): void {
  if (set === '$') return
  const { mailbox, messages } = session.selected
  const last = mailbox.uidNext - 1
  const ranges = set.map(({ from, to }) => ({ from: Math.min(from, last), to: Math.min(to, last) }))
  // What this session still has a number for is told as any other removal.
  const present = new Set(messages.map((message) => message.uid))
  // Where not all removals are remembered, every UID that is not there counts as one (RFC 7162 §3.2.5).
  const candidates =
    since < mailbox.forgottenModSeq
      ? Array.from({ length: last }, (_, i) => i + 1)
      : mailbox.history.filter(({ modSeq }) => modSeq > since).map(({ uid }) => uid)
  const gone = candidates
    .filter((uid) => uid > above && !present.has(uid))
    .filter((uid) => ranges.some(({ from, to }) => from <= uid && uid <= to))
  if (gone.length > 0) session.out.line(`* VANISHED (EARLIER) ${setText(gone)}`)
}

/** "QRESYNC" SP "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")" */
const parameter: SelectParameter = {
  needs,
  read(args, session) {
    if (!session.enabled.has('QRESYNC')) throw bad('The parameter QRESYNC needs ENABLE QRESYNC')
    args.sp()
    args.char('(')
    const uidValidity = args.number('a UIDVALIDITY')
    if (uidValidity === 0) throw bad('No UIDVALIDITY is 0')
    args.sp()
    const since = args.modSeq()
    if (since === 0n) throw bad('A mod-sequence is at least 1')
    let known: SentSet = [{ from: 1, to: Infinity }]
    let match: MatchData | null = null
    let more = args.take(' ')
    if (more && args.peek() !== '(') {
      known = knownSet(args)
      more = args.take(' ')
    }
    if (more) match = readMatchData(args, session)
    args.char(')')
    return (view) => {
      if (view.mailbox.uidValidity !== uidValidity) return
      tellEarlier(session, known, since, match === null ? 0 : matchedUid(view, match))
      const changed = view.resolve(known, true, session.saved).filter(({ modSeq }) => modSeq > since)
      for (const message of changed) session.tellFlags(message, true)
    }
  },
}

/** rexpunges-fetch-mod = "VANISHED", of UID FETCH and together with CHANGEDSINCE (RFC 7162 §3.2.6) */
const modifier: FetchModifier = {
  needs,
  read: () => ({
    begin(session, set, call, rules) {
      if (!session.enabled.has('QRESYNC')) throw bad('The modifier VANISHED needs ENABLE QRESYNC')
      if (!call.uid) throw bad('The modifier VANISHED is for UID FETCH')
      const since = rules.map((rule) => rule.since).find((each) => each !== undefined)
      if (since === undefined) throw bad('The modifier VANISHED needs CHANGEDSINCE')
      tellEarlier(session, set, since)
    },
  }),
}

/** QRESYNC (RFC 7162 §3.2): so many removals are remembered as the limit `history` says. */
export const qresyncFeature: Feature = {
  capabilities: ['QRESYNC'],
  enables: {
    QRESYNC: {
      enable(session) {
        session.enabled.add('QRESYNC')
        session.enableCondstore()
        session.tellExpunged = tellVanished
      },
    },
  },
  selectParameters: { QRESYNC: parameter },
  fetchModifiers: { VANISHED: modifier },
  hooks: { needs, onUpdates: tellHighest },
}
