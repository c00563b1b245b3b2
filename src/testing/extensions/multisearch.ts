import type { Feature } from '../feature.js'

/** MULTISEARCH (RFC 7377): not offered yet. */
export const multiSearchFeature: Feature = {}
