import type { Feature } from '../feature.js'

/** PREVIEW (RFC 8970): not offered yet. */
export const previewFeature: Feature = {}
