import type { Feature } from '../feature.js'

/** QRESYNC (RFC 7162 §3.2): not offered yet. */
export const qresyncFeature: Feature = {}
