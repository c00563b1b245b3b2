import type { Feature } from '../feature.js'

/** X-GM-EXT-1: not offered yet. */
export const gmailFeature: Feature = {}
