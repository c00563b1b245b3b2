import type { Feature } from '../feature.js'

/** MULTIAPPEND (RFC 3502): not offered yet. */
export const multiAppendFeature: Feature = {}
