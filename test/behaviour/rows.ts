import { appendFileSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const DIRECTORY = fileURLToPath(new URL('../../.cache/rows/', import.meta.url))

/**
 * What became of a test of an extension: it passed, the server lacks the extension, or what it announces is broken.
 * `announces` is about no test: what is announced and never ran shows what is not tested yet.
 */
export type RowOutcome = 'ran' | 'lacks' | 'broken' | 'announces'

/**
 * Notes what became of a test, a line in `.cache/rows/SERVER.txt`; test/tooling/run.mjs makes a table of them. Files of
 * several workers may write at once: each line is one write, at the end of the file.
 */
export function noteRow(
  server: string,
  outcome: RowOutcome,
  capabilities: readonly string[],
  title = '',
  why = '',
): void {
  mkdirSync(DIRECTORY, { recursive: true })
  const lines = capabilities.map((each) => `${[outcome, each, title, why].join('\t')}\n`)
  appendFileSync(`${DIRECTORY}${server}.txt`, lines.join(''))
}
