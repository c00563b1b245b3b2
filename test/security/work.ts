import { Session } from 'node:inspector/promises'

/**
 * Counts the work of readers in a way that is the same on every machine: how often each block of the code of `src` runs, and
 * how many characters the searches of the platform look at. To be imported before what is measured: blocks are counted in
 * code that is compiled from here on.
 */
const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })

/** Gives how often blocks of `src` ran since the last call; asking sets the counters back. */
async function blocksRun(): Promise<number> {
  const { result } = await session.post('Profiler.takePreciseCoverage')
  let count = 0
  for (const { url, functions } of result) {
    if (!/\/src\/[^?]*\.[jt]s/.test(url)) continue
    for (const { ranges } of functions) for (const range of ranges) count += range.count
  }
  return count
}

/** Functions of strings that look for something, by their names; `lastIndexOf` and the like count all of the text. */
const SEARCHES = [
  'indexOf',
  'lastIndexOf',
  'includes',
  'replaceAll',
  'trim',
  'trimEnd',
  'toUpperCase',
  'toLowerCase',
] as const

/** How much more work reading takes when the input is made twice as long. */
export async function growth(read: (length: number) => void, length: number): Promise<number> {
  // Code that is compiled, tables that are filled at the first use and what is remembered must not count.
  read(2 * length)
  const once = await workOf(() => read(length))
  const twice = await countedWork(() => read(2 * length))
  return twice / once
}

/** The blocks and characters that `run` takes. */
export async function workOf(run: () => void): Promise<number> {
  await blocksRun()
  return countedWork(run)
}

async function countedWork(run: () => void): Promise<number> {
  const characters = charactersSearched(run)
  return characters + (await blocksRun())
}

function charactersSearched(run: () => void): number {
  const text = String.prototype as unknown as Record<string, (...given: never[]) => unknown>
  const pattern = RegExp.prototype as { exec: (text: string) => RegExpExecArray | null }
  const originals = Object.fromEntries(SEARCHES.map((name) => [name, text[name] as (...given: never[]) => unknown]))
  const { exec } = pattern
  const { indexOf } = String.prototype
  let count = 0
  for (const name of SEARCHES) {
    const original = originals[name] as (...given: unknown[]) => unknown
    text[name] = function (this: string, ...given: unknown[]): unknown {
      const from = name === 'indexOf' || name === 'includes' ? Number(given[1] ?? 0) : 0
      const at =
        name === 'indexOf' || name === 'includes' ? Reflect.apply(indexOf, this, given as [string, number?]) : -1
      count += Math.max(1, (at >= 0 ? at + 1 : this.length) - from)
      return Reflect.apply(original, this, given)
    }
  }
  // Matching, replacing and splitting by a pattern all come here. How far a pattern goes back cannot be seen.
  pattern.exec = function (this: RegExp, subject: string): RegExpExecArray | null {
    const from = this.global || this.sticky ? this.lastIndex : 0
    const found = Reflect.apply(exec, this, [subject])
    if (found !== null) count += found.index + found[0].length - from + 1
    else count += this.sticky || this.source.startsWith('^') ? 1 : Math.max(1, subject.length - from)
    return found
  }
  try {
    run()
  } finally {
    Object.assign(text, originals)
    pattern.exec = exec
  }
  return count
}
