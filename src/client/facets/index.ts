// The classes of the facets, for their types.
export type { Imap2 } from './imap2.js'
export type { Language } from './language.js'
export type { Quota } from './quota.js'
export type { Conversions } from './convert.js'
export type { UrlAuth } from './url.js'
export type { Acl } from './acl.js'
export type { Metadata } from './metadata.js'
