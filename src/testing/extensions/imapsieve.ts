import type { Feature } from '../feature.js'

/**
 * IMAPSIEVE= (RFC 6785): the value is the URL of the ManageSieve server, hence only announced where somebody names one, as
 * in `IMAPSIEVE=sieve://sieve.example.com`. The name of the script of a mailbox, or of all that have none, is the entry
 * `/shared/imapsieve/script` of METADATA; no script is run here, as there is no server that would hold one.
 */
export const imapSieveFeature: Feature = { optionalCapabilities: ['IMAPSIEVE='] }
