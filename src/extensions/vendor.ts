import type { Extension } from './extension.js'

/**
 * Capabilities of single products, or from before there was a registry: no grammar of them is public, so that none is made
 * up. They are known by name, and what they bring does no harm: unknown responses, codes and items are passed over or kept.
 */
const PRIVATE: readonly (readonly [capability: string, summary: string, note?: string])[] = [
  ['DIGEST=SHA1', 'Announces digests of messages (Cyrus).', 'Used between servers that keep copies of each other.'],
  ['FILTER=SIEVE', 'Runs a Sieve script over messages that are there already (Dovecot Pigeonhole).'],
  ['KEYWORDS', 'Announces that keywords are kept (Courier).', 'PERMANENTFLAGS tells it of each mailbox.'],
  ['NO_ATOMIC_RENAME', 'Warns that RENAME of a mailbox with children may stop half-way (Cyrus).'],
  ['SCAN', 'Finds mailboxes that contain a text (Cyrus).', 'A search over several mailboxes is MULTISEARCH.'],
  ['SMAP1', 'Announces another protocol on the same port (Courier).'],
  ['SORT=MODSEQ', 'Sorts by the time of the last change (Cyrus).'],
  ['SORT=UID', 'Sorts by UID (Cyrus).', 'The answer to a search is in that order already.'],
  ['X-APPLE-REMOTE-LINKS', 'Belongs to large attachments that are kept elsewhere (iCloud).'],
  ['X-CREATEDMODSEQ', 'Tells the mod-sequence with which a message was made (Cyrus).', 'SAVEDATE tells the time.'],
  ['X-MOVE', 'Moves messages, under a name from before RFC 6851.', 'move() uses MOVE, or copies and expunges.'],
  [
    'X-QUOTA=',
    'Names resources that are counted beside the registered ones (Cyrus).',
    'client.quota gives them by name.',
  ],
  ['X-REPLACE', 'Replaces a message, under a name from before RFC 8508.', 'replace() uses REPLACE.'],
  ['X-REPLICATION', 'Keeps copies of the mailboxes of another server (Cyrus).', 'Meant for servers only.'],
  ['X-SIEVE-MAILBOX', 'Keeps Sieve scripts in a mailbox (Cyrus).'],
  ['X-SUN-IMAP', 'Announces private commands of the former Sun messaging server (iCloud).'],
  ['X-SUN-SORT', 'Sorts in a way of the former Sun messaging server (iCloud).', 'SORT is the registered one.'],
  ['XAPPLELITERAL', 'Announces a private form of literals (iCloud).'],
  [
    'XAPPLEPUSHSERVICE',
    'Registers a device of Apple for push notifications (iCloud, Cyrus).',
    'NOTIFY and IDLE tell of changes.',
  ],
  ['XCONVERSATIONS', 'Puts messages into conversations (Cyrus).', 'THREAD and OBJECTID do so by public grammars.'],
  ['XCOURIEROUTBOX', 'Sends the messages that are appended to one mailbox (Courier).'],
  ['XMAGICTRASH', 'Puts deleted messages into one mailbox (Courier).'],
  ['XMOVE', 'Moves messages, under a name from before RFC 6851 (Cyrus).', 'move() uses MOVE, or copies and expunges.'],
  ['XMSEARCH', 'Searches several mailboxes (iCloud).', 'MULTISEARCH is the registered one.'],
  ['XSNIPPETS', 'Gives the text around what a search found (Fastmail).', 'PREVIEW gives the beginning of a message.'],
  ['XUM1', 'Announces private commands of the former Sun messaging server (iCloud).'],
  [
    'XYMHIGHESTMODSEQ',
    'Tells a highest mod-sequence where there is no CONDSTORE (Yahoo).',
    'The response code of that name is kept as text: { name: "OTHER", atom: "XYMHIGHESTMODSEQ" }.',
  ],
]

/** A record for each of the private capabilities. */
export const vendor: readonly Extension[] = PRIVATE.map(([capability, summary, note]) => ({
  capability,
  spec: 'none',
  summary,
  usage: `client.capabilities.has('${capability}')`,
  ...(note !== undefined && { note }),
  tested: [],
}))
