import type { Feature } from '../feature.js'

/** JMAPACCESS (RFC 9698): not offered yet. */
export const jmapAccessFeature: Feature = {}
