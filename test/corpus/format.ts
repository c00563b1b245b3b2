import { Buffer } from 'node:buffer'

/**
 * One case of a corpus file:
 *
 *     # Title of the case — where the sample comes from
 *     S: * 3 EXISTS
 *     = {"type":"EXISTS","number":3}
 *
 * `S:` is one line of a server, CRLF is added. `J:` is a JSON string whose characters are octets; nothing is added.
 * Each `=` is the expected value of one response, in the notation of `describe.ts`; `!` is the message, or a part of
 * it, of the error that the response is answered with. Indented lines go on with the `=` before them. Lines that begin
 * with `//` are remarks.
 */
export interface CorpusCase {
  readonly title: string
  readonly bytes: Buffer
  readonly expected: readonly Expected[]
}

export type Expected = { readonly value: unknown } | { readonly error: string }

/** Reads a corpus file; throws, with the number of the line, for what is no corpus file. */
export function parseCorpus(text: string): readonly CorpusCase[] {
  const cases: { title: string; chunks: Buffer[]; expected: ({ json: string } | { error: string })[] }[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const current = cases.at(-1)
    if (line.trim() === '' || line.startsWith('//')) continue
    if (line.startsWith('# ')) {
      cases.push({ title: line.slice(2), chunks: [], expected: [] })
      continue
    }
    if (current === undefined) throw new Error(`Line ${index + 1} stands before the first case`)
    const last = current.expected.at(-1)
    if (line === 'S:') current.chunks.push(Buffer.from('\r\n'))
    else if (line.startsWith('S: ')) current.chunks.push(Buffer.from(`${line.slice(3)}\r\n`, 'utf8'))
    else if (line.startsWith('J: ')) current.chunks.push(Buffer.from(JSON.parse(line.slice(3)) as string, 'latin1'))
    else if (line.startsWith('= ')) current.expected.push({ json: line.slice(2) })
    else if (line.startsWith('! ')) current.expected.push({ error: line.slice(2) })
    else if (line.startsWith('  ') && last !== undefined && 'json' in last) last.json += line.trim()
    else throw new Error(`Line ${index + 1} is no line of a corpus: ${line}`)
  }
  return cases.map(({ title, chunks, expected }) => ({
    title,
    bytes: Buffer.concat(chunks),
    expected: expected.map((each) => ('json' in each ? { value: JSON.parse(each.json) as unknown } : each)),
  }))
}
