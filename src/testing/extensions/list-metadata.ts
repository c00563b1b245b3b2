import type { Feature } from '../feature.js'

/** LIST-METADATA (RFC 9590): not offered yet. */
export const listMetadataFeature: Feature = {}
