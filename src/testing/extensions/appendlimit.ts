import type { Feature } from '../feature.js'

/** APPENDLIMIT (RFC 7889): not offered yet. */
export const appendLimitFeature: Feature = {}
