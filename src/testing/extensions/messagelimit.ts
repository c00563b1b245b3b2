import type { Call, Completion, Feature } from '../feature.js'
import { no, type Refusal } from '../refusal.js'
import type { SearchKeyReader } from '../search/key.js'
import type { Session } from '../session.js'
import { Extra } from '../store/extra.js'
import type { StoredMessage } from '../store/message.js'

/** The command in progress, and the response code that tells where it stopped. */
interface Progress {
  readonly name: string
  code: string | null
}

const progress = new Extra<Session, Progress>(() => ({ name: '', code: null }))

/** What is announced behind `NAME=`, or no limit. */
function limitBy(session: Session, ...names: readonly string[]): number {
  return Math.min(...names.flatMap((name) => session.values(name)).map(Number), Infinity)
}

function tooMany(limit: number, last?: StoredMessage): Refusal {
  const uid = last === undefined ? '' : ` ${last.uid}`
  return no(`One command treats at most ${limit} messages`, `MESSAGELIMIT ${limit}${uid}`)
}

/** Commands that may end with a part of their messages, the highest UIDs (RFC 9738 §3.1). */
const PARTIAL = new Set(['FETCH', 'STORE', 'MOVE', 'SEARCH', 'UID FETCH', 'UID STORE', 'UID MOVE', 'UID SEARCH'])

function limit(session: Session, call: Call, messages: readonly StoredMessage[], whole: boolean) {
  const { name } = call
  // EXPUNGE has no limit, UID EXPUNGE has one.
  if (name === 'EXPUNGE') return messages
  const copies = /^(UID )?COPY$/.test(name)
  const most = copies ? limitBy(session, 'MESSAGELIMIT', 'SAVELIMIT') : limitBy(session, 'MESSAGELIMIT')
  if (messages.length <= most) return messages
  const treated = messages.slice(-most)
  const [lowest] = treated
  if (whole) throw tooMany(most)
  // A copy is made of all messages or of none.
  if (copies || !(PARTIAL.has(name) || name === 'UID EXPUNGE')) throw tooMany(most, lowest)
  progress.get(session).code = `MESSAGELIMIT ${most} ${lowest?.uid}`
  // The highest UIDs come first, and are answered first.
  return /(FETCH|STORE)$/.test(name) ? treated.reverse() : treated
}

/** The code stands in the tagged OK, unless another one is there already (RFC 9738 §3.1). */
function complete(session: Session, { name }: Call, completion: Completion): Completion {
  const state = progress.get(session)
  if (state.code === null || completion.code !== undefined) return completion
  const { code } = state
  state.code = null
  return { ...completion, code, text: `${name} treated a part of the messages` }
}

/** search-key =/ "UIDAFTER" SP uniqueid / "UIDBEFORE" SP uniqueid */
function uidKey(test: (uid: number, wanted: number) => boolean): SearchKeyReader {
  return {
    needs: ['MESSAGELIMIT='],
    read(args) {
      args.sp()
      const start = args.pos
      const wanted = args.number('a UID')
      if (wanted > 0) return ({ uid }) => test(uid, wanted)
      args.pos = start
      throw args.expected('a UID of at least 1')
    },
  }
}

/** MESSAGELIMIT= and SAVELIMIT= (RFC 9738): `capabilities: (all) => [...all, 'MESSAGELIMIT=1000']` sets a limit. */
export const messageLimitFeature: Feature = {
  optionalCapabilities: ['MESSAGELIMIT=', 'SAVELIMIT='],
  searchKeys: {
    UIDAFTER: uidKey((uid, wanted) => uid > wanted),
    UIDBEFORE: uidKey((uid, wanted) => uid < wanted),
  },
  hooks: {
    needs: ['MESSAGELIMIT=', 'SAVELIMIT='],
    beforeCommand(session, { name }) {
      progress.set(session, { name, code: null })
      const most = limitBy(session, 'MESSAGELIMIT')
      // There are no indexes that would spare these to look at all messages (RFC 9738 §3.3).
      const sorts = /^(UID )?(SORT|THREAD)$/.test(name)
      if (sorts && session.view !== null && session.view.messages.length > most) throw tooMany(most)
    },
    limit,
    beforeAdd(session, _mailbox, messages) {
      const most = limitBy(session, 'MESSAGELIMIT', 'SAVELIMIT')
      if (progress.get(session).name === 'APPEND' && messages.length > most) throw tooMany(most)
    },
    onComplete: complete,
    onUpdates(session) {
      const state = progress.get(session)
      if (state.code === null) return
      session.out.line(`* NO [${state.code}] A part of the messages was treated`)
      state.code = null
    },
  },
}
