// Runs one target in a thread of its own, so that the thread that started it can see when nothing moves any more.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { Coverage } from './coverage.mjs'
import { Engine, minimise, withoutStacks } from './engine.mjs'
import { asFailure, Failure } from './failure.mjs'

const { name, runs, seed, replay, board, first } = workerData
const counter = new Int32Array(board, 0, 2)
const input = Buffer.from(board, 8)

// Coverage is counted for scripts that are loaded while it is on.
const coverage = replay === undefined ? new Coverage(name === 'planted' ? '/planted' : '/dist/') : undefined
const { target } = await import(`./targets/${name}.mjs`)

/** Lays the input open to the watcher. */
function begin(value) {
  const line = target.encode(value)
  const length = input.write(line)
  counter[1] = length
  Atomics.add(counter, 0, 1)
}

const kinds = new Set()
const strays = []
process.on('unhandledRejection', (error) => strays.push(error))

async function report(failure, value) {
  if (kinds.has(failure.kind)) return
  kinds.add(failure.kind)
  const least = await minimise(target, value, failure.kind)
  parentPort.postMessage({
    kind: 'failure',
    title: failure.kind,
    stack: failure.stack,
    minimised: least !== undefined,
    line: target.encode(least ?? value),
  })
}

function heap() {
  globalThis.gc()
  globalThis.gc()
  return Math.round(process.memoryUsage().heapUsed / 1024)
}

async function play() {
  for (const line of replay) {
    const value = target.decode(line)
    begin(value)
    const features = await target.execute(value, true)
    parentPort.postMessage({ kind: 'played', features })
  }
}

async function fuzz() {
  const kept = readKept()
  const engine = new Engine(target, coverage, { seed, report, begin })
  withoutStacks()
  await engine.start(target.seeds(), kept)
  const start = coverage.size
  const begun = performance.now()
  let warm
  let next = 0
  const tell = () => {
    warm ??= engine.executions >= runs / 10 ? heap() : undefined
    parentPort.postMessage({
      kind: 'progress',
      executions: engine.executions,
      repeated: engine.repeated,
      found: engine.found,
      corpus: engine.corpusSize,
      features: engine.features,
      start,
      coverage: coverage.size,
      seconds: (performance.now() - begun) / 1000,
      warm,
      heap: heap(),
    })
  }
  tell()
  const isOver = () => engine.executions >= runs || (first && kinds.size > 0)
  while (!isOver()) {
    await engine.batch(runs - engine.executions)
    if (strays.length > 0) {
      const error = strays.splice(0)[0]
      await report(new Failure('a promise was rejected and nobody heard it', asFailure(error).stack), target.seeds()[0])
    }
    if (engine.executions >= next) {
      tell()
      next = engine.executions + Math.ceil(runs / 40)
    }
  }
  tell()
  parentPort.postMessage({ kind: 'done', covering: engine.covering.map((each) => target.encode(each)) })
}

function readKept() {
  try {
    const text = readFileSync(join(import.meta.dirname, 'corpus', `${name}.txt`), 'utf8')
    return text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('//'))
      .map(target.decode)
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
}

await (replay === undefined ? fuzz() : play())
await target.stop?.()
