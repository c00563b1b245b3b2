import type { Feature } from '../feature.js'

/** UNAUTHENTICATE (RFC 8437): not offered yet. */
export const unauthenticateFeature: Feature = {}
