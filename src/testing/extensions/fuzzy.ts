import type { Feature } from '../feature.js'

/** SEARCH=FUZZY (RFC 6203): not offered yet. */
export const fuzzyFeature: Feature = {}
