import type { Feature } from '../feature.js'

/** OBJECTID (RFC 8474): not offered yet. */
export const objectIdFeature: Feature = {}
