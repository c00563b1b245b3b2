// The classes of the facets, for their types.
export type { Language } from './language.js'
export type { Quota } from './quota.js'
