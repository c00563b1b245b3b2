import type { Arguments } from '../arguments.js'
import type { Call, Feature } from '../feature.js'
import { no } from '../refusal.js'
import type { Session } from '../session.js'
import { Extra } from '../store/extra.js'
import type { View } from '../store/view.js'
import { quoted } from '../syntax.js'

/** Messages per batch that a client must ask for at least. */
const FEWEST = 500
/** Messages in all batches that one command may name. */
const MOST = 100_000

/** A command that has been answered, and the mailbox as it was then. */
interface Answered {
  readonly asked: string
  readonly size: number
  readonly count: number
  readonly removed: number
}

/** How many answers of a session are compared with the next one. */
const MOST_ANSWERS = 100

const answered = new Extra<View, Answered[]>(() => [])

/** The client asks again only when more than half a batch of messages came or went. @throws Refusal `[LIMIT]` */
function checkRepetition(view: View, asked: string, size: number): void {
  const { mailbox } = view
  const count = mailbox.messages.length
  const removed = mailbox.removals
  const before = answered.get(view)
  const same = before.find((each) => each.asked === asked)
  if (same !== undefined) {
    const went = removed - same.removed
    const came = count - same.count + went
    if (went <= same.size / 2 && came <= same.size / 2) throw no('The batches are as they have been told', 'LIMIT')
  }
  answered.set(view, [
    ...before.filter((each) => each.asked !== asked).slice(-MOST_ANSWERS),
    { asked, size, count, removed },
  ])
}

function nonZero(args: Arguments, what: string): number {
  const start = args.pos
  const value = args.number(what)
  if (value > 0) return value
  args.pos = start
  throw args.expected(`${what} of at least 1`)
}

/**
 * message-batches = "UIDBATCHES" SP nz-number [SP nz-number ":" nz-number]
 *
 * The ranges of the answer leave no UID out between them, and the last one goes down to 1.
 */
function uidBatches(session: Session, args: Arguments, { tag }: Call): void {
  args.sp()
  const asked = args.text.slice(args.pos)
  const size = nonZero(args, 'a number of messages')
  let batches: readonly [number, number] | null = null
  if (args.take(' ')) {
    const first = nonZero(args, 'the number of a batch')
    args.char(':')
    const second = nonZero(args, 'the number of a batch')
    batches = [Math.min(first, second), Math.max(first, second)]
  }
  args.end()
  if (size < FEWEST) throw no(`A batch has at least ${FEWEST} messages`, 'TOOFEW')
  if (batches !== null && (batches[1] - batches[0] + 1) * size > MOST) {
    throw no(`All batches together may have at most ${MOST} messages`, 'TOOMANY')
  }
  const view = session.selected
  checkRepetition(view, asked, size)
  const uids = view.messages.filter((message) => !message.expunged).map((message) => message.uid)
  const ranges: string[] = []
  const [from, to] = batches ?? [1, Infinity]
  for (let number = from; number <= to; number++) {
    const end = uids.length - (number - 1) * size
    if (end <= 0) break
    const below = uids[end - size - 1] ?? 0
    ranges.push(`${uids[end - 1]}:${below + 1}`)
  }
  session.out.line(`* UIDBATCHES (TAG ${quoted(tag)})${ranges.length === 0 ? '' : ` ${ranges.join(',')}`}`)
}

/** UIDBATCHES (RFC 10022). */
export const uidBatchesFeature: Feature = {
  capabilities: ['UIDBATCHES'],
  commands: [{ name: 'UIDBATCHES', states: ['selected'], needs: ['UIDBATCHES'], run: uidBatches }],
}
