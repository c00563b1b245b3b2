import type { Feature } from '../feature.js'

/** THREAD= (RFC 5256): not offered yet. */
export const threadFeature: Feature = {}
