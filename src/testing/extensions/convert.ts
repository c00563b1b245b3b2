import type { Feature } from '../feature.js'

/** CONVERT (RFC 5259): not offered yet. */
export const convertFeature: Feature = {}
