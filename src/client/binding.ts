import { AuthenticationError } from '../model/errors.js'
import type { ChannelBinding, MechanismName, SaslMechanism } from '../model/sasl.js'

/** Greetings of Cyrus up to 3.6, which came before RFC 9266: it announces `-PLUS` and knows `tls-unique` alone. */
const TLS_UNIQUE_ONLY = /\bCyrus IMAP v?(?:[0-2]\.|3\.[0-6](?!\d))/

/** Texts of servers that refuse without a code, but for the credentials: libsasl's is "authentication failure". */
const CREDENTIALS = /authenticat\w* fail|credential|password/i

/** What is known here of a connection. */
interface Bindable {
  readonly channelBindings: readonly ChannelBinding[]
  readonly greeting: { readonly text: string }
}

/** Connections whose exporter has served a login: it serves one only (RFC 9266 §4.1). */
const exported = new WeakSet<Bindable>()

/**
 * What a login may be bound to: of servers that are known to refuse the types that the client has, nothing, as the refusal
 * costs seconds. Whoever names the mechanisms has them tried all the same.
 */
export function usableBindings(connection: Bindable, areNamed: boolean): readonly ChannelBinding[] {
  if (!areNamed && TLS_UNIQUE_ONLY.test(connection.greeting.text)) return []
  const bindings = connection.channelBindings
  return exported.has(connection) ? bindings.filter((each) => each.type !== 'tls-exporter') : bindings
}

/** Notes that a login by this mechanism is bound to the first of `bindings`. */
export function noteBinding(connection: Bindable, mechanism: SaslMechanism, bindings: readonly ChannelBinding[]): void {
  if (isBound(mechanism) && bindings[0]?.type === 'tls-exporter') exported.add(connection)
}

function isBound({ name }: SaslMechanism): boolean {
  return name.endsWith('-PLUS')
}

/**
 * What is left to bind to after a refusal that was for the kind of channel binding, or may have been; undefined when it was
 * for something else, as for the password.
 *
 * Going on without a binding gives nothing away: whoever stands in between with a certificate that the client trusts can as
 * well offer PLAIN alone. Who wants to be safe from that names the mechanisms: with a `-PLUS` among them there is no going
 * on, as a refusal that anybody can make up would undo what `y` protects (RFC 5802 §6).
 */
export function bindingsLeft(
  mechanism: SaslMechanism,
  bindings: readonly ChannelBinding[],
  error: unknown,
  named: readonly MechanismName[] = [],
): readonly ChannelBinding[] | undefined {
  const left = leftByRefusal(mechanism, bindings, error)
  const mustBind = named.some((name) => name.toUpperCase().endsWith('-PLUS'))
  return mustBind && left?.length === 0 ? undefined : left
}

function leftByRefusal(
  mechanism: SaslMechanism,
  bindings: readonly ChannelBinding[],
  error: unknown,
): readonly ChannelBinding[] | undefined {
  if (!isBound(mechanism) || !(error instanceof AuthenticationError)) return undefined
  // The next kind, or none (RFC 5802 §7).
  if (error.serverError === 'unsupported-channel-binding-type') return bindings.slice(1)
  if (error.serverError === 'channel-binding-not-supported') return []
  if (error.serverError !== undefined || error.text === undefined || hasProved(mechanism)) return undefined
  const isClear = error.responseCode !== null || CREDENTIALS.test(error.text)
  return isClear ? undefined : []
}

/** Whether the server has shown that it took the proof, the binding included. */
function hasProved(mechanism: SaslMechanism): boolean {
  try {
    mechanism.verify?.()
    return true
  } catch {
    return false
  }
}
