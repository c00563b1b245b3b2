/** The commands of IMAP2 (RFC 1064 and RFC 1176), which has no CAPABILITY and no UIDs. */
const IMAP2 = new Set([
  'BBOARD',
  'CHECK',
  'COPY',
  'EXPUNGE',
  'FETCH',
  'FIND BBOARDS',
  'FIND MAILBOXES',
  'LOGIN',
  'LOGOUT',
  'NOOP',
  'SEARCH',
  'SELECT',
  'STORE',
])

/** Commands that came with IMAP4rev1 (RFC 2060) and that IMAP4 (RFC 1730) has not. */
const REV1 = new Set(['STATUS'])

/** What can be asked whether the server has a capability. */
export interface HasCapabilities {
  has(capability: string): boolean
}

/** Whether the server speaks only what came before IMAP4rev1: IMAP4 of RFC 1730, or IMAP2. */
export function isBeforeRev1(capabilities: HasCapabilities): boolean {
  if (capabilities.has('IMAP4rev1') || capabilities.has('IMAP4rev2')) return false
  return capabilities.has('IMAP4') || capabilities.has('IMAP2')
}

/** The version of IMAP that a command needs and that an old server lacks; undefined where nothing is missing. */
export function lackedVersion(command: string, capabilities: HasCapabilities): string | undefined {
  if (!isBeforeRev1(capabilities)) return undefined
  if (!capabilities.has('IMAP4')) return IMAP2.has(command) ? undefined : 'IMAP4'
  return REV1.has(command) ? 'IMAP4rev1' : undefined
}
