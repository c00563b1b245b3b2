import { isUtf8 } from './syntax.js'

/** A line of a client as it may be shown: what LOGIN and AUTHENTICATE carry is masked. */
export function maskSecrets(line: string): string {
  const login = /^(\S+ LOGIN)( |$)/i.exec(line)
  if (login !== null) {
    const user = /^ (?:"(?:[^"\\]|\\.)*"|\{\d+\+?\}|[^\s"{]+)(?= )/.exec(line.slice(login[1]?.length))
    return `${login[1]}${user?.[0] ?? ''} ***`
  }
  const authenticate = /^(\S+ AUTHENTICATE \S+) ./i.exec(line)
  return authenticate === null ? line : `${authenticate[1]} ***`
}

/** The last lines that clients sent: old ones go when the limit is reached, long ones are cut. */
export class LineLog {
  readonly #limit: number
  #lines: string[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  get lines(): readonly string[] {
    return this.#lines
  }

  /** Adds a line given as octets; UTF-8 is shown as the text that it is. */
  add(line: string): void {
    const text = isUtf8(line) ? Buffer.from(line, 'latin1').toString('utf8') : line
    this.#lines.push(text.length > 4000 ? `${text.slice(0, 4000)}…` : text)
    if (this.#lines.length > this.#limit) this.#lines = this.#lines.slice(-Math.ceil(this.#limit / 2))
  }

  clear(): void {
    this.#lines = []
  }
}
