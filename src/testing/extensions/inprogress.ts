import type { Call, Feature } from '../feature.js'
import type { Session } from '../session.js'

/** Milliseconds between notifications (RFC 9585 §4: 10 to 15 seconds). */
const INTERVAL = 10_000

/** What a notification of the embedded server tells (RFC 9585 §4). */
export interface InProgressOptions {
  /** Milliseconds between notifications; default 10000. */
  readonly interval?: number
  /** How much is told: the tag, how far the command is, and the goal that this runs up to; default `goal`. */
  readonly tells?: 'nothing' | 'tag' | 'count' | 'goal'
}

/** resp-text-code =/ "INPROGRESS" [SP "(" inprogress-tag SP inprogress-state ")"] */
function code(tag: string, percent: number, tells: InProgressOptions['tells']): string {
  if (tells === 'nothing') return 'INPROGRESS'
  // A tag with a bracket would end the response code.
  const shown = tag.includes(']') ? 'NIL' : `"${tag}"`
  if (tells === 'tag') return `INPROGRESS (${shown} NIL NIL)`
  return `INPROGRESS (${shown} ${percent} ${tells === 'count' ? 'NIL' : '100'})`
}

/** Tells how far a delay is, in percent, until it is over. */
function notify(session: Session, { tag }: Call, milliseconds: number): () => void {
  const { interval = INTERVAL, tells = 'goal' } = session.server.settings.extensions.inProgress ?? {}
  let times = 0
  const timer = setInterval(() => {
    // The last one that could be told would say that all is done.
    const percent = Math.floor((++times * interval * 100) / milliseconds)
    if (percent > 99) return
    session.out.line(`* OK [${code(tag, percent, tells)}] Still working on it`)
    session.out.flush()
  }, interval)
  return () => clearInterval(timer)
}

/** INPROGRESS (RFC 9585): a command that a fault delays tells of its progress. */
export const inProgressFeature: Feature = {
  capabilities: ['INPROGRESS'],
  hooks: { needs: ['INPROGRESS'], onDelay: notify },
}
