import type { Feature } from '../feature.js'
import type { FetchItem } from '../fetch/item.js'
import { dated } from '../search/keys.js'
import type { StoredMessage } from '../store/message.js'
import { dateTime } from '../syntax.js'

const needs = ['SAVEDATE'] as const

/** msg-att-static =/ "SAVEDATE" SP (date-time / nil) */
const item: FetchItem = {
  label: 'SAVEDATE',
  write: (out, { saved }) => void out.text(`SAVEDATE ${dateTime(saved)}`),
}

/** The day on which a message came into its mailbox: all save dates are told in UTC here. */
const savedDay = ({ saved }: StoredMessage): number => Math.floor(saved.getTime() / 86_400_000)

/** SAVEDATE (RFC 8514): every mailbox of this server has save dates. */
export const saveDateFeature: Feature = {
  capabilities: ['SAVEDATE'],
  fetchItems: { SAVEDATE: { needs, read: () => item } },
  searchKeys: {
    SAVEDBEFORE: dated(savedDay, (saved, wanted) => saved < wanted, needs),
    SAVEDON: dated(savedDay, (saved, wanted) => saved === wanted, needs),
    SAVEDSINCE: dated(savedDay, (saved, wanted) => saved >= wanted, needs),
    SAVEDATESUPPORTED: { needs, read: () => () => true },
  },
}
