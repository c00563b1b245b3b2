// Inputs to begin with: what the corpus of the decoder and the transcripts of the tests hold.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const tests = join(import.meta.dirname, '..')

/** Server lines of the corpus of the decoder, one buffer per case. */
export function corpusSeeds() {
  const seeds = []
  for (const file of filesOf('corpus', '.txt')) {
    let lines = []
    const flush = () => {
      if (lines.length > 0) seeds.push(Buffer.concat(lines))
      lines = []
    }
    for (const line of file.split('\n')) {
      if (line.startsWith('# ')) flush()
      else if (line.startsWith('S: ')) lines.push(Buffer.from(`${line.slice(3)}\r\n`))
      else if (line.startsWith('J: ')) lines.push(Buffer.from(JSON.parse(line.slice(3)), 'latin1'))
    }
    flush()
  }
  return seeds
}

/**
 * Lines of the transcripts in the tests, in their order; a tag `<x>` is written as `x`.
 *
 * @param {'S' | 'C'} side
 * @returns one buffer per stretch of such lines
 */
export function transcriptSeeds(side) {
  const seeds = []
  for (const file of [...filesOf('script', '.ts'), ...filesOf('server', '.ts'), ...filesOf('regression', '.ts')]) {
    let lines = []
    const flush = () => {
      if (lines.length > 0) seeds.push(Buffer.from(lines.join(''), 'utf8'))
      lines = []
    }
    for (const line of file.split('\n')) {
      const match = /(?:^|[`'"])\s*([SC]): (.*?)(?:\\n)?[`'"]?,?$/.exec(line)
      if (match?.[1] === side) lines.push(`${match[2].replace(/<(\w+)>/g, '$1').replaceAll('\\\\', '\\')}\r\n`)
      else if (match === null && lines.length > 0) flush()
    }
    flush()
  }
  return seeds
}

function filesOf(directory, ending) {
  const path = join(tests, directory)
  return readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => readFileSync(join(path, name), 'utf8'))
}

const COMMAND = /^(?:\w+ )?(?:UID )?(?:[A-Z]{4,}|ID)(?: |$)/

/** Commands that the tests of the embedded server send, each as a line with a tag. */
export function commandSeeds() {
  const found = new Set()
  for (const file of filesOf('server', '.ts')) {
    for (const [, , text] of file.matchAll(/(['"`])((?:(?!\1)[^\\\n]|\\.){4,300})\1/g)) {
      if (!COMMAND.test(text) || text.includes('${')) continue
      const octets = text.replace(/\\(.)/g, (_, char) => ({ r: '\r', n: '\n', 0: '\0' })[char] ?? char)
      found.add(/^(?:UID )?[A-Z]{4,}/.test(octets) ? `a ${octets}\r\n` : `${octets}\r\n`)
    }
  }
  return [...found].map((line) => Buffer.from(line, 'utf8'))
}
