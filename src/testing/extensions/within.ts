import type { Feature } from '../feature.js'

/** WITHIN (RFC 5032): not offered yet. */
export const withinFeature: Feature = {}
