import type { Feature } from '../feature.js'

/** ANNOTATE-EXPERIMENT-1 (RFC 5257): not offered yet. */
export const annotateFeature: Feature = {}
