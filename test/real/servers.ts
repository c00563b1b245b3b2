/** The servers that the tests know, and their starters in `servers/`. */
export const STARTERS = {
  dovecot: { file: 'dovecot.sh', title: 'Dovecot 2.3' },
  cyrus: { file: 'cyrus.sh', title: 'Cyrus IMAP 3.6' },
  courier: { file: 'courier.sh', title: 'Courier IMAP 5 (which only root can start)' },
  imap4d: { file: 'mailutils.sh', title: 'GNU mailutils imap4d 3.15' },
} as const

export type ServerName = keyof typeof STARTERS

/** What a starter printed, by key. */
export type Facts = Readonly<Record<string, string>>

/** The proxies that the tests know, and the one starter of them all. */
export const PROXIES = { file: 'proxies.sh', title: 'tinyproxy 1.11, microsocks 1.0 and Dante 1.4' } as const

/** A starter in `servers/`. */
export interface Starter {
  readonly file: string
  /** What it starts, as the line says that tells why tests are skipped. */
  readonly title: string
}
