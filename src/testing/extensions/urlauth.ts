import type { Feature } from '../feature.js'

/** URLAUTH, URLAUTH=BINARY and URL-PARTIAL (RFC 4467, RFC 5524, RFC 5550): not offered yet. */
export const urlAuthFeature: Feature = {}
