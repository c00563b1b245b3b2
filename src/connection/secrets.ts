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
    for (const form of [bare, bare.replace(/\\(["\\])/g, '$1')]) if (form.length >= MIN_LENGTH) this.#known.add(form)
  }

  /** Takes the secrets out of a refusal (RFC 9051 §7.1); every other line stays as it is. */
  hide(text: string): string {
    if (this.#known.size === 0 || isData(text) || !/^\S{1,100} +(?:NO|BAD|BYE)\b/i.test(text)) return text
    let shown = text
    for (const secret of this.#known) shown = shown.replaceAll(secret, '***')
    return shown
  }
}

/** Tells most untagged data by one character: all but what begins with `* N`, `* B` or more spaces. */
function isData(text: string): boolean {
  if (text.charCodeAt(0) !== 0x2a) return false
  const letter = text.charCodeAt(2) | 0x20
  return letter !== 0x6e && letter !== 0x62 && letter !== 0x20
}
