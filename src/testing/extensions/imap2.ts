import type { Feature } from '../feature.js'

/** IMAP2 and IMAP2bis (RFC 1064, RFC 1176): not offered yet. */
export const imap2Feature: Feature = {}
