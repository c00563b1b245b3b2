/** A deviation that no grammar can make up for: how a server that has it shows, and what the client does about it. */
export interface QuirkRecord {
  /** What the server does, in one sentence. */
  readonly summary: string
  /** Where it was reported. */
  readonly source: string
  /** Fits the text of the greeting, unless that came before STARTTLS. */
  readonly greeting?: RegExp
  /** Fits a value of the answer to ID (RFC 2971). */
  readonly id?: RegExp
  /** Is announced, in upper case. */
  readonly capability?: string
  /** Capabilities that are not believed, in upper case. */
  readonly without?: readonly string[]
  /** Octets of a command line at most. */
  readonly commandLine?: number
  /** Milliseconds of IDLE at most. */
  readonly idleMs?: number
  /** NOOP is sent every `idle.pollMs` although IDLE runs. */
  readonly polls?: boolean
  /** ID is sent again when its answer holds one pair only. */
  readonly repeatsId?: boolean
  /** An OK for ENABLE counts for all that was asked for, where ENABLED names nothing. */
  readonly enables?: boolean
  /** LOGIN goes before AUTHENTICATE for such users, where a password may be sent as it is. */
  readonly loginFor?: RegExp
  /** A mailbox with so many messages may have more, which the server does not show. */
  readonly shows?: number
}

/**
 * The quirks that are known by the server they belong to. A new one is a record here, and a row of `docs/compatibility.md`.
 * Everything that a reader can tolerate without knowing the server is tolerated in `grammar` instead.
 */
const TABLE = {
  'ANNOTATE-FAILS': {
    summary: 'ANNOTATE-EXPERIMENT-1 is announced, and SELECT with ANNOTATE fails.',
    source: 'iCloud',
    capability: 'XAPPLEPUSHSERVICE',
    without: ['ANNOTATE-EXPERIMENT-1'],
  },
  'ENABLE-SILENT': {
    summary: 'ENABLE enables what it is asked for, and ENABLED names nothing.',
    source: 'iCloud, MailKit#1871',
    capability: 'XAPPLEPUSHSERVICE',
    enables: true,
  },
  'ID-TWICE': {
    summary: 'The first answer to ID may tell next to nothing.',
    source: 'NetEase (Coremail), imapflow 1.0.197',
    greeting: /coremail/i,
    repeatsId: true,
  },
  'IDLE-SHORT': {
    summary: 'IDLE ends after some minutes, at times without a word.',
    source: 'Gmail: MailKit#707; Yandex: imapclient#234',
    greeting: /^Gimap ready|^Yandex IMAP/i,
    capability: 'X-GM-EXT-1',
    idleMs: 5 * 60_000,
  },
  'IDLE-UNRELIABLE': {
    summary: 'IDLE is announced and does not tell all that happens.',
    source: 'QQ, Exmail: node-imap#889; GNU mailutils 3.15',
    greeting: /QQMail|XMIMAP4Server/i,
    id: /^GNU Mailutils/i,
    polls: true,
  },
  'LIST-EXTENDED-FAILS': {
    summary: 'LIST with RETURN is refused, or finds nothing. Also noticed when it happens.',
    source: 'Strato: MailKit#1957; Proton Bridge: MailKit#674',
    greeting: /RZimapd/i,
    without: ['LIST-EXTENDED', 'LIST-STATUS', 'LIST-MYRIGHTS', 'LIST-METADATA'],
  },
  'LOGIN-ONLY': {
    summary: 'AUTHENTICATE fails for user names with a slash or a backslash; LOGIN takes them.',
    source: 'Microsoft Exchange, imapflow 1.0.177',
    greeting: /Microsoft Exchange/i,
    loginFor: /[/\\]/,
  },
  'NAMESPACE-DROPS': {
    summary: 'NAMESPACE ends the connection.',
    source: 'Microsoft Exchange 2003, MailKit#1512',
    greeting: /Microsoft Exchange Server 2003/i,
    without: ['NAMESPACE'],
  },
  'REV2-FAILS': {
    summary: 'IMAP4rev2 is announced, and cannot be used.',
    source: 'Strato, imapflow#411',
    greeting: /RZimapd/i,
    without: ['IMAP4REV2'],
  },
  'SHORT-COMMANDS': {
    summary: 'Command lines over 1,000 octets are refused.',
    source: 'Yahoo and UW IMAP, by MailKit',
    greeting: /IMAP4rev1 20\d\d[a-z]?\.\d+ at /,
    capability: 'XYMHIGHESTMODSEQ',
    commandLine: 1000,
  },
  'VIEW-CAPPED': {
    summary: 'Of a mailbox only 10,000 messages are shown.',
    source: 'Yahoo, bichon#271',
    capability: 'XYMHIGHESTMODSEQ',
    shows: 10_000,
  },
} as const satisfies Readonly<Record<string, QuirkRecord>>

/** The name of a quirk that can be switched on and off. */
export type QuirkName = keyof typeof TABLE

/** The quirks by name. */
export const QUIRKS: Readonly<Record<QuirkName, QuirkRecord>> = TABLE

/** All names, in the order of the alphabet. */
export const QUIRK_NAMES = Object.keys(TABLE) as readonly QuirkName[]
