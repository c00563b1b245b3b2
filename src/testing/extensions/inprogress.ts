import type { Feature } from '../feature.js'

/** INPROGRESS (RFC 9585): not offered yet. */
export const inProgressFeature: Feature = {}
