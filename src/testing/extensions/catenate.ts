import type { Feature } from '../feature.js'

/** CATENATE (RFC 4469): not offered yet. */
export const catenateFeature: Feature = {}
