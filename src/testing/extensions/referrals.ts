import type { Feature } from '../feature.js'

/** LOGIN-REFERRALS and MAILBOX-REFERRALS (RFC 2221, RFC 2193): not offered yet. */
export const referralsFeature: Feature = {}
