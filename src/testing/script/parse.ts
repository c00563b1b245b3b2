/** One step of a transcript. */
export type Step =
  | { readonly kind: 'send'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'expect'; readonly text: string }
  | { readonly kind: 'match'; readonly pattern: RegExp }
  | { readonly kind: 'receive'; readonly bytes: Uint8Array }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'split'; readonly size: number }
  | { readonly kind: 'close' | 'reset' | 'starttls' | 'client-close' }

/** A step and where it stands. */
export interface PlacedStep {
  readonly step: Step
  /** The line as written, for messages. */
  readonly source: string
  /** 1 for the first line or element of the script. */
  readonly line: number
}

/** A step in a script that is given as an array: a line of a transcript, or octets that no line can hold. */
export type ScriptStep =
  string | { readonly send: Uint8Array } | { readonly receive: Uint8Array } | { readonly expect: RegExp }

const DIRECTIVES: Readonly<Record<string, (argument: string) => Step | null>> = {
  'S-close': (argument) => (argument === '' ? { kind: 'close' } : null),
  'S-reset': (argument) => (argument === '' ? { kind: 'reset' } : null),
  'S-starttls': (argument) => (argument === '' ? { kind: 'starttls' } : null),
  'C-close': (argument) => (argument === '' ? { kind: 'client-close' } : null),
  'S-wait': (argument) => (/^\d+$/.test(argument) ? { kind: 'wait', ms: Number(argument) } : null),
  'S-split': (argument) => (/^\d+$/.test(argument) ? { kind: 'split', size: Number(argument) } : null),
  'S-raw': (argument) => ({ kind: 'bytes', bytes: unescape(argument) }),
}

/**
 * Parses a script into the steps of one connection after the other; `---` on a line of its own starts the next one.
 *
 * @throws Error that names the line for anything that is no step.
 */
export function parseScript(script: string | readonly ScriptStep[]): PlacedStep[][] {
  const connections: PlacedStep[][] = [[]]
  const lines = typeof script === 'string' ? script.split(/\r?\n/) : script
  lines.forEach((each, index) => {
    const line = index + 1
    const source = typeof each === 'string' ? each.trim() : describe(each)
    if (source === '' || source.startsWith('#')) return
    if (source === '---') connections.push([])
    else
      connections.at(-1)?.push({ step: typeof each === 'string' ? parseLine(each, line) : asStep(each), source, line })
  })
  return connections
}

function parseLine(text: string, line: number): Step {
  const match = /^\s*(?:([SC]):(?: (.*))?|([SC]-[a-z]+)(?: (.*))?)$/.exec(text)
  if (match?.[1] === 'S') return { kind: 'send', text: match[2] ?? '' }
  if (match?.[1] === 'C') {
    const wanted = match[2] ?? ''
    const pattern = /^\/(.*)\/([a-z]*)$/.exec(wanted)
    return pattern === null
      ? { kind: 'expect', text: wanted }
      : { kind: 'match', pattern: new RegExp(`^(?:${pattern[1]})$`, pattern[2]) }
  }
  const directive = DIRECTIVES[match?.[3] ?? '']
  const step = directive?.((match?.[4] ?? '').trim())
  if (step === undefined || step === null) throw new Error(`Line ${line} of the script is no step: ${text.trim()}`)
  return step
}

function asStep(step: Exclude<ScriptStep, string>): Step {
  if ('send' in step) return { kind: 'bytes', bytes: step.send }
  if ('receive' in step) return { kind: 'receive', bytes: step.receive }
  return { kind: 'match', pattern: step.expect }
}

function describe(step: Exclude<ScriptStep, string>): string {
  if ('send' in step) return `S-raw ${step.send.length} octets`
  if ('receive' in step) return `C: ${step.receive.length} octets`
  return `C: ${String(step.expect)}`
}

/** `\r`, `\n`, `\t`, `\0`, `\\` and `\xHH`; everything else is UTF-8. */
function unescape(text: string): Buffer {
  const parts = text.split(/(\\x[0-9a-fA-F]{2}|\\[rnt0\\])/)
  const simple: Readonly<Record<string, number>> = { r: 13, n: 10, t: 9, '0': 0, '\\': 92 }
  return Buffer.concat(
    parts.map((part) => {
      if (part.startsWith('\\x')) return Buffer.from([parseInt(part.slice(2), 16)])
      const code = part.length === 2 && part.startsWith('\\') ? simple[part.charAt(1)] : undefined
      return code === undefined ? Buffer.from(part, 'utf8') : Buffer.from([code])
    }),
  )
}
