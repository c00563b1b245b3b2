import type { Feature } from '../feature.js'

/** OBJECTID+: not offered yet. */
export const objectIdPlusFeature: Feature = {}
