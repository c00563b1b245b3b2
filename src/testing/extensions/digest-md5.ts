import type { Feature } from '../feature.js'

/** AUTH=DIGEST-MD5 (RFC 2831): not offered yet. */
export const digestMd5Feature: Feature = {}
