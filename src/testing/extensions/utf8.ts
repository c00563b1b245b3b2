import type { Feature } from '../feature.js'

/** UTF8=ACCEPT and UTF8=ONLY (RFC 9755, RFC 6855): not offered yet. */
export const utf8Feature: Feature = {}
