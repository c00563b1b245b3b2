import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { no } from '../refusal.js'
import { activeCollation, COLLATIONS, type Collation } from '../search/collation.js'
import type { Session } from '../session.js'

const needs = ['I18NLEVEL=2'] as const

/** collation-order = ["+" / "-"] collation-wild (RFC 4790 §3.2, §3.3), or "default": the collations that it fits. */
function readOrder(args: Arguments): readonly Collation[] {
  args.sp()
  const start = args.pos
  const order = args.astring('a collation').toString('latin1')
  if (order.toLowerCase() === 'default') return [COLLATIONS[0]]
  if (!/^[+-]?(?:\*|[A-Za-z]\*?)(?:[A-Za-z0-9;=.-]\*?)*$/.test(order) || order.length > 254) {
    args.pos = start
    throw args.expected('a collation such as "i;*"')
  }
  // None of them can be turned round.
  if (order.startsWith('-')) return []
  const pattern = order.replace(/^\+/, '').replace(/[.]/g, '\\.').replace(/\*+/g, '.*')
  const fits = new RegExp(`^${pattern}$`, 'i')
  return COLLATIONS.filter(({ id }) => fits.test(id))
}

/** comparator-cmd = "COMPARATOR" *(SP comp-order-quoted) */
function comparator(session: Session, args: Arguments): void {
  const fitting = new Set<Collation>()
  const asks = args.atEnd
  while (!args.atEnd) for (const collation of readOrder(args)) fitting.add(collation)
  const [first] = fitting
  if (first !== undefined) activeCollation.set(session, first)
  else if (!asks) throw no('There is no such comparator', 'BADCOMPARATOR')
  // comparator-data = "COMPARATOR" SP comp-sel-quoted [SP "(" comp-id-quoted *(SP comp-id-quoted) ")"]
  const others = fitting.size > 1 ? ` (${[...fitting].map(({ id }) => id).join(' ')})` : ''
  session.out.line(`* COMPARATOR ${activeCollation.get(session).id}${others}`)
}

/**
 * I18NLEVEL=2 (RFC 5255 §4). I18NLEVEL=1 is how all texts are compared here; it is announced in place of the other where the
 * capabilities name it.
 */
export const i18nLevelFeature: Feature = {
  capabilities: ['I18NLEVEL=2'],
  optionalCapabilities: ['I18NLEVEL=1'],
  hooks: { onLogout: (session) => activeCollation.delete(session) },
  commands: [{ name: 'COMPARATOR', states: ['authenticated'], needs, run: comparator }],
}
