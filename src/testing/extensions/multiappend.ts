import type { Feature } from '../feature.js'

/**
 * MULTIAPPEND (RFC 3502): several messages in one APPEND, all of them or none. The messages are read where one is read, in
 * `commands/append.ts`; an empty literal cancels the whole command there.
 */
export const multiAppendFeature: Feature = { capabilities: ['MULTIAPPEND'] }
