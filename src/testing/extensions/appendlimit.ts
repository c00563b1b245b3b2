import { MAX_NUMBER } from '../../model/ids.js'
import type { Feature } from '../feature.js'
import { no } from '../refusal.js'
import type { Session } from '../session.js'
import { DEFAULT_LITERAL, type ServerOptions } from '../settings.js'
import type { MemoryMailbox } from '../store/mailbox.js'

const needs = ['APPENDLIMIT', 'APPENDLIMIT='] as const

/** capability =/ "APPENDLIMIT" ["=" number]: without a number every mailbox has its own limit. */
function announced({ extensions, limits }: ServerOptions): string {
  const limit = extensions?.appendLimit ?? limits?.literal ?? DEFAULT_LITERAL
  return typeof limit === 'number' ? `APPENDLIMIT=${Math.min(limit, MAX_NUMBER)}` : 'APPENDLIMIT'
}

/** The octets that a message for a mailbox may have, or null for no limit. */
function limitOf(session: Session, mailbox: MemoryMailbox): number | null {
  const [value] = session.values('APPENDLIMIT')
  if (value !== undefined) return Number(value)
  const { appendLimit } = session.server.settings.extensions
  if (typeof appendLimit !== 'object') return appendLimit ?? null
  return Object.hasOwn(appendLimit, mailbox.name) ? (appendLimit[mailbox.name] ?? null) : null
}

/** APPENDLIMIT (RFC 7889). */
export const appendLimitFeature: Feature = {
  announces: (options) => [announced(options)],
  statusItems: {
    // status-att-val =/ "APPENDLIMIT" SP (number / nil)
    APPENDLIMIT: { needs, value: (mailbox, session) => String(limitOf(session, mailbox) ?? 'NIL') },
  },
  hooks: {
    needs,
    beforeMessage(session, mailbox, octets) {
      const limit = limitOf(session, mailbox)
      if (limit !== null && octets > limit) throw no(`A message may have at most ${limit} octets here`, 'TOOBIG')
    },
  },
}
