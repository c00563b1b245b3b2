import { ImapClient } from './client.js'
import { resolveOptions, type ConnectOptions, type UrlConnectOptions } from './options.js'

/**
 * Connects to an IMAP server, logs in and makes the connection ready for {@link ImapClient.select}.
 *
 * @throws ConnectError when the server cannot be reached or is no IMAP server
 * @throws TlsError when the certificate, the host name or the pin is wrong; nothing has been sent by then
 * @throws AuthenticationError when the server refuses the credentials
 * @throws ArgumentError for options that cannot be right
 * @example
 * ```ts
 * import { connect } from 'imapkit'
 * await using client = await connect({ host: 'imap.example.org', auth: { user: 'alice', password } })
 * ```
 */
export async function connect(options: ConnectOptions): Promise<ImapClient>
/**
 * Connects to the server of an IMAP URL (RFC 5092): `imaps:` is TLS, `imap:` is STARTTLS, required.
 *
 * @throws ArgumentError for another scheme, a path, or a password in the URL
 * @example
 * ```ts
 * import { connect } from 'imapkit'
 * await using client = await connect('imaps://alice@imap.example.org/', { auth: { password } })
 * ```
 */
export async function connect(url: string, options?: UrlConnectOptions): Promise<ImapClient>
export async function connect(target: string | ConnectOptions, more?: UrlConnectOptions): Promise<ImapClient> {
  return ImapClient.open(resolveOptions(target, more))
}
