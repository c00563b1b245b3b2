// Mutation testing: changes one place of src/wire or src/connection at a time, and runs the tests that should notice.
//
//   node test/tooling/mutate.mjs --minutes 20 --seed 1          a sample of all mutants
//   node test/tooling/mutate.mjs --file src/wire/framer.ts      those of one file
//
// The sources on disk are not touched: the test runner, which stays up between mutants, is handed the changed text. The
// tests nearest to the layer run first. A survivor is printed as `SURVIVED file:line kind: before → after`; the last line is
// JSON with the counts.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { BaseSequencer, createVitest } from 'vitest/node'
import { loadConfigFromFile } from 'vite'
import { Random } from '../fuzz/random.mjs'
import { mutantsOf } from './mutants.mjs'
import { root } from './root.mjs'

const LAYERS = ['wire', 'connection']
/** Milliseconds that the tests of one mutant may take: an endless loop counts as noticed. */
const HANG = 120_000

/** Tests by layer, the nearest first; each stage runs only for mutants that have got past the one before. */
const STAGES = {
  wire: [
    ['unit/wire', 'unit/codec', 'corpus', 'property/wire', 'property/framer'],
    ['unit/grammar', 'unit/commands', 'regression', 'script'],
  ],
  connection: [
    ['unit/connection', 'script/connection'],
    ['script', 'regression'],
    ['server/behaviour-faults', 'server/mailbox', 'server/sasl', 'server/embedded-faults', 'property/view'],
  ],
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    file: { type: 'string' },
    line: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
})

const sources =
  values.file === undefined ? LAYERS.flatMap((layer) => filesIn(join('src', layer), '.ts')) : [values.file]
const mutants = sources.flatMap((file) => mutantsOf(textOf(file)).map((one) => ({ file, ...one })))
const wanted = values.line === undefined ? mutants : mutants.filter(({ line }) => line === Number(values.line))
const sample = shuffled(wanted, new Random(Number(values.seed)))

/** Runs files in the order in which they are named, so that those that are quick and near come first. */
class AsGiven extends BaseSequencer {
  async sort(files) {
    return files
  }
}

/** What the test runner gets in the place of a file. */
let current
const plugin = {
  name: 'mutant',
  enforce: 'pre',
  load: (id) => (current !== undefined && id === join(root, current.file) ? changed(current) : null),
}
// One project for all tests, so that what was loaded serves them all.
const { config } = await loadConfigFromFile({ command: 'serve', mode: 'test' }, join(root, 'test', 'vitest.config.ts'))
const [{ resolve }] = config.test.projects
const vitest = await createVitest(
  'test',
  {
    config: false,
    root,
    include: ['test/{unit,corpus,regression,script,server,property}/**/*.test.ts'],
    testTimeout: 20_000,
    watch: false,
    bail: 1,
    reporters: [{}],
    // One worker for all files of a stage: what costs most is to load the package again and again.
    pool: 'forks',
    isolate: false,
    maxWorkers: 1,
    sequence: { sequencer: AsGiven },
  },
  { configFile: false, resolve, plugins: [plugin] },
)

const specifications = await vitest.globTestSpecifications()
const counts = { tried: 0, killed: 0, hung: 0, survived: 0 }
const end = performance.now() + Number(values.minutes) * 60_000

console.log(`${mutants.length} mutants of ${sources.length} files`)
for (const layer of new Set(sources.map(layerOf))) {
  const { failed, why } = await runStages(layer)
  if (failed) {
    console.error(`The tests of ${layer} fail without any mutant`, why)
    process.exit(1)
  }
}
for (const mutant of sample) {
  if (performance.now() > end) break
  current = mutant
  forget(mutant.file)
  const begun = performance.now()
  const { failed, hung } = await runStages(layerOf(mutant.file))
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  forget(mutant.file)
  current = undefined
  counts.tried++
  if (hung) counts.hung++
  else if (failed) counts.killed++
  else counts.survived++
  if (values.verbose || (!failed && !hung))
    console.log(`${failed || hung ? 'killed' : 'SURVIVED'} ${shown(mutant)} (${seconds} s)`)
}
console.log(JSON.stringify({ seed: Number(values.seed), mutants: mutants.length, ...counts }))
await vitest.close()
process.exit(0)

function textOf(file) {
  return readFileSync(join(root, file), 'utf8')
}

function filesIn(directory, ending) {
  return readdirSync(join(root, directory))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(directory, name))
}

function layerOf(file) {
  return file.split('/')[1]
}

function changed({ file, start, end: stop, text }) {
  const source = textOf(file)
  return source.slice(0, start) + text + source.slice(stop)
}

function shown({ file, start, end: stop, text, line, kind }) {
  const before = textOf(file).slice(start, stop)
  return `${file}:${line} ${kind}: ${before.replace(/\s+/g, ' ').slice(0, 100)} → ${text.replace(/\s+/g, ' ').slice(0, 100)}`
}

async function runStages(layer) {
  for (const groups of STAGES[layer]) {
    const paths = groups.map((group) => join(root, 'test', group))
    const tests = paths.flatMap((path) => specifications.filter(({ moduleId }) => moduleId.startsWith(path)))
    const outcome = await runTests([...new Set(tests)])
    if (outcome.failed || outcome.hung) return outcome
  }
  return { failed: false, hung: false }
}

function forget(file) {
  vitest.invalidateFile(join(root, file))
}

/** Runs tests until one fails. */
async function runTests(tests) {
  let hung = false
  const timer = setTimeout(() => {
    hung = true
    for (const pid of children()) process.kill(pid, 'SIGKILL')
  }, HANG)
  try {
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(tests, false)
    const bad = testModules.filter((one) => one.state() === 'failed')
    return {
      failed: unhandledErrors.length > 0 || bad.length > 0,
      hung,
      why: [...unhandledErrors, ...bad.flatMap(faultsOf)],
    }
  } catch (error) {
    return { failed: true, hung, why: [error] }
  } finally {
    clearTimeout(timer)
  }
}

/** What went wrong in a file of tests. */
function faultsOf(module) {
  const tests = [...module.children.allTests('failed')].map((test) => [test.fullName, test.result().errors])
  return [module.moduleId, module.errors(), tests]
}

/** The processes that this one has started: the workers of the test runner. */
function children() {
  const file = `/proc/${process.pid}/task/${process.pid}/children`
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number) : []
}

function shuffled(list, random) {
  const rest = [...list]
  for (let i = rest.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[rest[i], rest[j]] = [rest[j], rest[i]]
  }
  return rest
}
