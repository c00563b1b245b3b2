import { Buffer } from 'node:buffer'

/** Shorter ones would blank out ordinary words. */
const MIN_LENGTH = 3

/**
 * What was sent as a secret, so that it does not come back: some servers echo a refused command in the text of the
 * refusal, from where it would get into errors, alerts and traces.
 */
export class Secrets {
  readonly #known = new Set<string>()

  /** @param octets - as they went on the wire, quotes and all */
  add(octets: string): void {
    const bare = /^"(.*)"$/s.exec(octets)?.[1] ?? octets.trim()
    const forms = [bare, bare.replace(/\\(["\\])/g, '$1'), ...within(bare)]
    for (const form of forms) if (form.length >= MIN_LENGTH) this.#known.add(form)
  }

  /** Takes the secrets out of a refusal (RFC 9051 §7.1); every other line stays as it is. */
  hide(text: string): string {
    if (this.#known.size === 0 || isData(text) || !/^\S{1,100} +(?:NO|BAD|BYE)\b/i.test(text)) return text
    let shown = text
    for (const secret of this.#known) shown = shown.replaceAll(secret, '***')
    return shown
  }
}

/**
 * The secret within the base64 of a SASL message, where it is there as it is: a server can echo that too. PLAIN has the
 * password behind its last NUL (RFC 4616), the mechanisms for tokens have `auth=Bearer ` before it (RFC 7628), and LOGIN
 * sends nothing else.
 */
function within(base64: string): readonly string[] {
  if (!/^[A-Za-z0-9+/]{4,}={0,2}$/.test(base64) || base64.length % 4 !== 0) return []
  const message = Buffer.from(base64, 'base64').toString('latin1')
  const token = /\x01auth=Bearer ([^\x01]+)\x01/.exec(message)?.[1]
  if (token !== undefined) return [token]
  const last = message.slice(message.lastIndexOf('\0') + 1)
  return /[\x00-\x1f\x7f]/.test(last) ? [] : [last]
}

/** Tells most untagged data by one character: all but what begins with `* N`, `* B` or more spaces. */
function isData(text: string): boolean {
  if (text.charCodeAt(0) !== 0x2a) return false
  const letter = text.charCodeAt(2) | 0x20
  return letter !== 0x6e && letter !== 0x62 && letter !== 0x20
}
