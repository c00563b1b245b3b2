import type { Feature } from '../feature.js'

/** NOTIFY (RFC 5465): not offered yet. */
export const notifyFeature: Feature = {}
