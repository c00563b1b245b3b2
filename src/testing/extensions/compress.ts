import type { Feature } from '../feature.js'

/** COMPRESS=DEFLATE (RFC 4978): not offered yet. */
export const compressFeature: Feature = {}
