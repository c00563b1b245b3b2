import type { Feature } from '../feature.js'

/** XLIST: not offered yet. */
export const xlistFeature: Feature = {}
