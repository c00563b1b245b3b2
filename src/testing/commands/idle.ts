import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { bad } from '../refusal.js'
import type { Session } from '../session.js'

/** idle = "IDLE" CRLF "DONE": what happens meanwhile is told at once, EXPUNGE included. */
async function idle(session: Session, args: Arguments): Promise<void> {
  args.end()
  const { out, view } = session
  out.line('+ Idling')
  session.busy = false
  let over = false
  let held = false
  const tell = (): void => {
    if (held) return
    // Who does not read is told later, and then of what has come of it all.
    if (out.isFull) {
      held = true
      void out.room().then(() => {
        held = false
        if (!over) tell()
      })
      return
    }
    session.tellUpdates(true)
    out.flush()
  }
  tell()
  let waiting = false
  if (view !== null) {
    view.onPending = () => {
      if (waiting) return
      waiting = true
      // What changes in one go is told in one go.
      queueMicrotask(() => {
        waiting = false
        if (view.onPending !== null) tell()
      })
    }
  }
  try {
    const line = await session.line.dialogueLine(false)
    if (line !== null && line.toUpperCase() !== 'DONE') throw bad('IDLE ends with DONE')
  } finally {
    over = true
    session.busy = true
    if (view !== null) view.onPending = null
  }
}

/** IDLE (RFC 2177, RFC 9051 §6.3.13). */
export const idleFeature: Feature = {
  capabilities: ['IDLE'],
  commands: [{ name: 'IDLE', states: ['authenticated'], needs: ['IDLE'], run: idle }],
}
