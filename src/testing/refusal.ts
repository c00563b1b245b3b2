/** How a command that is not carried out is answered (RFC 9051 §7.1). */
export type RefusalKind = 'NO' | 'BAD' | 'BYE'

/** Thrown by a command of the embedded server to end with NO or BAD; `BYE` also ends the connection. */
export class Refusal extends Error {
  /** How the command ends. */
  readonly kind: RefusalKind
  /** The response code without its brackets, such as `TRYCREATE`. */
  readonly responseCode: string | undefined

  /** Makes a refusal; `text` is for people. */
  constructor(kind: RefusalKind, text: string, responseCode?: string) {
    super(text)
    this.kind = kind
    this.responseCode = responseCode
  }

  static {
    this.prototype.name = 'Refusal'
  }
}

/** The client broke the syntax or called a command where it is not allowed. */
export function bad(text: string, responseCode?: string): Refusal {
  return new Refusal('BAD', text, responseCode)
}

/** The command is understood and cannot be carried out. */
export function no(text: string, responseCode?: string): Refusal {
  return new Refusal('NO', text, responseCode)
}
