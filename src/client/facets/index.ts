// The classes of the facets, for their types.
export type { Quota } from './quota.js'
