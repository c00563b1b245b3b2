import type { Feature } from '../feature.js'

/** METADATA and METADATA-SERVER (RFC 5464): not offered yet. */
export const metadataFeature: Feature = {}
