import { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { bad, no, Refusal } from '../refusal.js'
import type { SearchContext, SearchTest } from '../search/key.js'
import { readKeys } from '../search/program.js'
import type { Session, Surroundings } from '../session.js'
import { Extra } from '../store/extra.js'
import { serverMetadata } from './metadata-store.js'

const VALUES = 'filters/values'

/** The servers whose options have been stored. */
const seeded = new WeakSet<Surroundings>()

/** Stores the filters of the options, once. */
function seed(session: Session): void {
  const { server, owner } = session
  if (seeded.has(server)) return
  seeded.add(server)
  for (const [name, value] of Object.entries(server.settings.extensions.filters ?? {})) {
    serverMetadata.get(server).set(owner, `/shared/${VALUES}/${name}`, Buffer.from(value))
  }
}

/** What a filter holds: a private one comes ahead of a shared one (RFC 5466 §3.1). */
function valueOf(session: Session, name: string): Buffer | null {
  seed(session)
  const entries = serverMetadata.get(session.server)
  return (
    entries.get(session.owner, `/private/${VALUES}/${name}`) ?? entries.get(session.owner, `/shared/${VALUES}/${name}`)
  )
}

/** The filters that are being read, the outermost first, in lower case: names of entries have no case. */
const open = new Extra<Session, string[]>(() => [])

/** search-key =/ "FILTER" SP filter-name: what the filter holds stands in its place (RFC 5466 §3.1). */
function read(args: Arguments, context: SearchContext): SearchTest {
  const { session, charset } = context
  args.sp()
  const start = args.pos
  const name = args.atom('the name of a filter')
  if (name.includes('/')) {
    args.pos = start
    throw args.expected('the name of a filter, without "/"')
  }
  if (charset !== 'UTF-8' && charset !== 'US-ASCII')
    throw bad('FILTER is for UTF-8 only', 'BADCHARSET (UTF-8 US-ASCII)')
  const value = valueOf(session, name)
  const key = name.toLowerCase()
  const names = open.get(session)
  // A filter within itself does not exist.
  if (value === null || names.includes(key)) throw no('There is no such filter', `UNDEFINED-FILTER ${name}`)
  const inner = new Arguments({ text: value.toString('latin1'), literals: [] }, true)
  names.push(key)
  try {
    const test = readKeys(inner, context)
    inner.end()
    return test
  } catch (error) {
    if (error instanceof Refusal && error.kind === 'BAD')
      throw no(`The filter ${name} makes no sense: ${error.message}`)
    throw error
  } finally {
    names.pop()
  }
}

/** FILTERS (RFC 5466): filters are stored by SETMETADATA, as entries of the server. */
export const filtersFeature: Feature = {
  capabilities: ['FILTERS'],
  searchKeys: { FILTER: { needs: ['FILTERS'], read } },
  hooks: {
    needs: ['FILTERS'],
    onLogin(session) {
      seed(session)
      return undefined
    },
  },
}
