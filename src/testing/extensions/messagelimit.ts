import type { Feature } from '../feature.js'

/** MESSAGELIMIT= and SAVELIMIT= (RFC 9738): not offered yet. */
export const messageLimitFeature: Feature = {}
