import type { Feature } from '../feature.js'

/** CONTEXT=SEARCH and CONTEXT=SORT (RFC 5267): not offered yet. */
export const contextFeature: Feature = {}
