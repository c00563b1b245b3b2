import type { Feature } from '../feature.js'

/** SORT, SORT=DISPLAY and ESORT (RFC 5256, RFC 5957, RFC 5267): not offered yet. */
export const sortFeature: Feature = {}
