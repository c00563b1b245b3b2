import type { Feature } from '../feature.js'

/** LIST-MYRIGHTS (RFC 8440): not offered yet. */
export const listMyRightsFeature: Feature = {}
