import type { Feature } from '../feature.js'
import { bad, type Refusal } from '../refusal.js'
import type { Session } from '../session.js'
import type { StoredMessage } from '../store/message.js'
import { tellVanished } from './qresync.js'

const needs = ['UIDONLY'] as const

/** Commands that name messages by numbers, or tell them by numbers (RFC 9586 §3.2, §3.8). */
const BY_NUMBERS = new Set(['FETCH', 'STORE', 'SEARCH', 'COPY', 'MOVE', 'SORT', 'THREAD', 'REPLACE', 'CONVERT'])

function required(): Refusal {
  return bad('Message numbers are not allowed once UIDONLY is enabled', 'UIDREQUIRED')
}

/** uidfetch-resp = uniqueid SP "UIDFETCH" SP msg-att */
function fetchHead(this: Session, message: StoredMessage): string | null {
  return this.view === null || this.view.seqOf(message) === 0 ? null : `* ${message.uid} UIDFETCH (`
}

/** UIDONLY (RFC 9586): messages have UIDs and nothing else. */
export const uidOnlyFeature: Feature = {
  capabilities: ['UIDONLY'],
  enables: {
    UIDONLY: {
      enable(session) {
        session.enabled.add('UIDONLY')
        session.tellExpunged = tellVanished
        session.fetchHead = fetchHead
      },
    },
  },
  hooks: {
    needs,
    beforeCommand(session, { name }) {
      if (session.enabled.has('UIDONLY') && BY_NUMBERS.has(name)) throw required()
    },
    beforeSequenceNumbers(session) {
      if (session.enabled.has('UIDONLY')) throw required()
    },
  },
}
