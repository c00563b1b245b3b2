import type { Feature } from '../feature.js'

/** IMAPSIEVE= (RFC 6785): not offered yet. */
export const imapSieveFeature: Feature = {}
