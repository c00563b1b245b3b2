/** Longer lines are cut in the trace. */
const MAX_LENGTH = 2000
const MAX_CHALLENGE = 24

/** Stands for a line that is not shown. */
export const SECRET_LINE = '***'

/** A response as it may be logged; what a server says inside an authentication is left out. */
export function traceIn(text: string, secret: boolean): string {
  if (secret && text.startsWith('+') && text.length > MAX_CHALLENGE) return '+ ***'
  return cut(text)
}

/** A command as it may be logged: the writer has left its secrets out. */
export function traceOut(text: string): string {
  return cut(text)
}

/** A line of a dialogue: what goes out in an authentication is secret, whatever it holds. */
export function traceLine(line: Uint8Array): string {
  // `DONE` and `*` are the only lines that carry nothing.
  if (line.length === 6 && line[0] === 0x44) return 'DONE'
  return line.length === 3 && line[0] === 0x2a ? '*' : SECRET_LINE
}

/** Cut first: looking for tokens in a line of many megabytes would hold everything up. */
function cut(text: string): string {
  if (text.length <= MAX_LENGTH) return withoutTokens(text)
  return `${withoutTokens(text.slice(0, MAX_LENGTH))}… (${text.length} octets)`
}

/** Takes away the tokens of authorized URLs: with one, anybody who is allowed by the URL can fetch (RFC 4467 §4). */
function withoutTokens(text: string): string {
  return text.replaceAll(/(;URLAUTH=[^\s":]{1,1000}:[A-Z0-9.-]{1,100}:)[0-9A-F]+/gi, '$1***')
}
