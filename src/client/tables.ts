import { fetchItems } from '../protocol.js'
import type { ItemTable } from './ask.js'

/** The items of FETCH that a query may name, those of extensions included. */
export const queryItems: ItemTable = new Map(fetchItems.map((item) => [item.key, item]))
