import type { Feature } from '../feature.js'

/** QUOTA, QUOTASET and QUOTA=RES-* (RFC 9208): not offered yet. */
export const quotaFeature: Feature = {}
