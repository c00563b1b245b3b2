// A coverage-guided fuzzer over the compiled package.
//
//   npm run fuzz -- decoder                         10,000 executions, from seed 1
//   npm run fuzz -- server --runs 1000000 --seed 7
//   npm run fuzz -- decoder --replay FILE           runs the inputs of a file, one per line
//   npm run fuzz -- mime --runs 100000 --keep FILE  writes the inputs that reached new code
//   npm run fuzz -- decoder --first                 ends with the first failure
//
// Targets: decoder, conversation, server, mime; each says in its file what must hold. (There is `planted` too, with a
// defect for the test of the fuzzer.) A run is the same for the same seed
// and the same sources. What fails is made small and written to .cache/fuzz, with the command that replays it. The last
// line is JSON with all counts; the exit code is 1 when something failed.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { cache, root } from '../tooling/root.mjs'

const TARGETS = ['decoder', 'conversation', 'server', 'mime', 'planted']
/** Milliseconds that one execution may take before it counts as hanging. */
const HANG = 20_000
const MAX_INPUT = 1024 * 1024
/** Kilobytes that the heap may have grown by between a tenth of the run and its end. */
const MAX_GROWTH = 64 * 1024

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    replay: { type: 'string' },
    keep: { type: 'string' },
    first: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
})
const [name] = positionals
if (positionals.length !== 1 || !TARGETS.includes(name)) {
  console.error(`Name one of the targets: ${TARGETS.join(', ')}`)
  process.exit(2)
}
if (!existsSync(join(root, 'dist', 'index.js'))) {
  console.error('There is no dist: run npm run build')
  process.exit(2)
}

setFlagsFromString('--expose-gc')
const board = new SharedArrayBuffer(8 + MAX_INPUT)
const counter = new Int32Array(board, 0, 2)
const replay = values.replay === undefined ? undefined : linesOf(values.replay)
const runs = Number(values.runs)
const seed = Number(values.seed)
const worker = new Worker(new URL('worker.mjs', import.meta.url), {
  workerData: { name, runs, seed, replay, board, first: values.first },
})

let failures = 0
let last
let seen = -1
let covering = []
const watcher = setInterval(() => {
  const now = Atomics.load(counter, 0)
  if (now !== seen) {
    seen = now
    return
  }
  if (now === 0) return
  const line = Buffer.from(Buffer.from(board, 8, counter[1])).toString()
  fail('an execution hangs', 'no stack: it had to be ended from outside', line, false)
  void worker.terminate()
}, HANG)

worker.on('message', (message) => {
  if (message.kind === 'failure') fail(message.title, message.stack, message.line, message.minimised)
  else if (message.kind === 'played') console.log(`passed: ${message.features.join(' | ')}`)
  else if (message.kind === 'done') covering = message.covering
  else progress(message)
})
worker.on('error', (error) => {
  failures++
  console.error(error)
})
worker.on('exit', () => {
  clearInterval(watcher)
  finish()
})

function progress(message) {
  last = message
  if (values.quiet) return
  const rate = Math.round(message.executions / Math.max(message.seconds, 0.001))
  console.log(
    `${message.executions} executions, ${rate}/s, ${message.coverage} characters of source covered ` +
      `(${message.start} by the seeds), ${message.features} kinds of results, ${message.corpus} inputs, heap ${message.heap} KB`,
  )
}

function fail(title, stack, line, minimised) {
  failures++
  const directory = join(cache, 'fuzz')
  mkdirSync(directory, { recursive: true })
  const hash = createHash('sha256').update(line).digest('hex').slice(0, 12)
  const file = join(directory, `${name}-${hash}.txt`)
  writeFileSync(file, `${line}\n`)
  console.log(`\nFAILED ${title}${minimised ? '' : ' (not minimised)'}\n${stack}\n${line.slice(0, 2000)}`)
  console.log(`Replay: npm run fuzz -- ${name} --replay ${relative(root, file)}\n`)
}

function finish() {
  if (values.keep !== undefined) writeFileSync(values.keep, covering.map((each) => `${each}\n`).join(''))
  if (last !== undefined) {
    const { kind: _, warm, heap, executions, seconds, ...counts } = last
    if (heap - (warm ?? heap) > MAX_GROWTH) {
      failures++
      console.log(`FAILED the heap grew from ${warm} to ${heap} KB`)
    }
    if (executions < runs && !values.first) failures++
    const perSecond = Math.round(executions / seconds)
    console.log(JSON.stringify({ target: name, seed, executions, perSecond, seconds, ...counts, warm, heap, failures }))
  }
  process.exitCode = failures > 0 ? 1 : 0
}

function linesOf(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('//'))
}
