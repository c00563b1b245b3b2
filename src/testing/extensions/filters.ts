import { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { bad, no, Refusal } from '../refusal.js'
import type { SearchContext, SearchTest } from '../search/key.js'
import { readKeys } from '../search/program.js'
import type { Session, Surroundings } from '../session.js'
import type { Account } from '../store/account.js'
import { Extra } from '../store/extra.js'

/** The filters of an account by name: /private/filters/values of METADATA (RFC 5466 §3.2). */
export const privateFilters = new Extra<Account, Map<string, string>>(() => new Map())

/** Those of all users: /shared/filters/values. */
export const sharedFilters = new Extra<Surroundings, Map<string, string>>(
  ({ settings }) => new Map(Object.entries(settings.extensions.filters ?? {})),
)

/** The filters that are being read, the outermost first. */
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
  const value = privateFilters.get(session.owner).get(name) ?? sharedFilters.get(session.server).get(name)
  const names = open.get(session)
  // A filter within itself does not exist.
  if (value === undefined || names.includes(name)) throw no('There is no such filter', `UNDEFINED-FILTER ${name}`)
  const inner = new Arguments({ text: Buffer.from(value).toString('latin1'), literals: [] }, true)
  names.push(name)
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

/** FILTERS (RFC 5466); it is announced only beside METADATA, by which filters are stored. */
export const filtersFeature: Feature = {
  capabilities: ['FILTERS'],
  announcedWhen: { FILTERS: (session) => session.has('METADATA', 'METADATA-SERVER') },
  searchKeys: { FILTER: { needs: ['FILTERS'], read } },
}
