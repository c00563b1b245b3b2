// npm run check and npm test: runs all steps, even when one fails, and sums up. The tests mostly wait, so that the
// steps that only read the sources run beside them; what those print is shown when each is done.
//
//   node test/tooling/run.mjs check            everything but the tests and the packed tarball
//   node test/tooling/run.mjs test             everything, which is what CI runs
//   node test/tooling/run.mjs test lint docs   only these steps
//
// The last line of `test` is `N passed, N failed, N skipped`, from the test runner's JSON report; a step that failed
// counts as one failure. The same figures are written to .cache/summary.json.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { bin, cache, node, root } from './root.mjs'
import { forgetRows, printRows } from './rows.mjs'

const report = join(cache, 'vitest.json')
const paths = ['src', 'test', 'examples'].filter((path) => existsSync(join(root, path)))

const vitestArgs = ['run', '--config', 'test/vitest.config.ts', '--coverage']
const steps = {
  build: ['the package and the examples compile', () => node('test/tooling/build.mjs', ['--examples'])],
  format: ['prettier', () => aside(bin('prettier'), ['--check', '--log-level', 'warn', '.'])],
  lint: [
    'eslint with types',
    () => aside(bin('eslint'), ['--config', 'test/tooling/eslint.config.js', '--max-warnings', '0', '.']),
  ],
  types: ['tsc over src, test and examples', () => aside(bin('typescript', 'tsc'), ['-p', '.'])],
  layers: [
    'dependency rules',
    () => aside(bin('dependency-cruiser', 'depcruise'), ['--config', '.dependency-cruiser.cjs', ...paths]),
  ],
  docs: ['typedoc validation of the public entries', () => aside(bin('typedoc'), ['--emit', 'none'])],
  snippets: ['code in documents and TSDoc compiles', () => aside('test/tooling/snippets.mjs', [])],
  tests: [
    'vitest, all projects, with coverage thresholds',
    () => {
      rmSync(report, { force: true })
      forgetRows()
      return node(bin('vitest'), [
        ...vitestArgs,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ])
    },
  ],
  package: ['the packed tarball', () => node('test/tooling/pack.mjs')],
}

const [mode, ...asked] = process.argv.slice(2)
const inCheck = ['format', 'lint', 'types', 'layers', 'docs', 'snippets']
const names = asked.length > 0 ? asked : mode === 'check' ? inCheck : Object.keys(steps)
const unknown = names.filter((name) => !(name in steps))
if ((mode !== 'check' && mode !== 'test') || unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ') || mode}. Modes: check, test. Steps: ${Object.keys(steps).join(', ')}`)
  process.exit(1)
}

mkdirSync(cache, { recursive: true })
const outcomes = []
const pick = (among) => names.filter((name) => among.includes(name))
await inTurn(pick(['build']))
await Promise.all([inTurn(pick(['tests'])), inTurn(pick(inCheck))])
await inTurn(pick(['package']))

async function inTurn(these) {
  for (const name of these) {
    const [what, action] = steps[name]
    const title = `\n== ${name}: ${what}`
    if (!inCheck.includes(name)) console.log(title)
    const started = Date.now()
    const { code, output } = await action()
    if (inCheck.includes(name)) console.log(`${title}\n${output}`)
    outcomes.push({ name, ok: code === 0, seconds: (Date.now() - started) / 1000 })
  }
}

/** Runs a step beside the tests: its output must not be mixed with theirs. */
function aside(file, args) {
  return node(file, args, { quiet: true })
}

const tests = names.includes('tests') ? readReport() : undefined
const failedSteps = outcomes.filter((step) => !step.ok)

if (tests !== undefined) printRows()

console.log('\n== summary')
for (const step of outcomes) {
  console.log(`${step.ok ? 'ok    ' : 'FAILED'} ${step.name.padEnd(9)} ${step.seconds.toFixed(1).padStart(6)} s`)
}

if (tests === undefined) {
  process.exitCode = failedSteps.length > 0 ? 1 : 0
} else {
  for (const [project, count] of Object.entries(tests.projects)) {
    console.log(`       ${project.padEnd(9)} ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
  }
  if (process.env.IMAPKIT_REAL === 'required' && (tests.projects.real?.passed ?? 0) === 0) {
    tests.faults.push('IMAPKIT_REAL=required, but no test ran on a real server')
  }
  if (tests.passed + tests.failed === 0) tests.faults.push('no test ran')
  for (const fault of tests.faults) console.log(`FAILED ${fault}`)

  // Failed tests make their step fail as well: that is one failure, not two.
  const stepFailures = failedSteps.filter((step) => step.name !== 'tests' || tests.failed + tests.faults.length === 0)
  const failed = tests.failed + tests.faults.length + stepFailures.length
  const summary = { passed: tests.passed, failed, skipped: tests.skipped, steps: outcomes, projects: tests.projects }
  writeFileSync(join(cache, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`)
  console.log(`${tests.passed} passed, ${failed} failed, ${tests.skipped} skipped`)
  process.exitCode = failed > 0 ? 1 : 0
}

/** Counts by project (the directory below test/); a file that could not even be loaded is a fault. */
function readReport() {
  const total = { passed: 0, failed: 0, skipped: 0, projects: {}, faults: [] }
  if (!existsSync(report)) {
    total.faults.push('the test runner wrote no report')
    return total
  }
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  for (const file of testResults) {
    const path = relative(root, file.name)
    const project = path.split(sep)[1] ?? path
    const count = (total.projects[project] ??= { passed: 0, failed: 0, skipped: 0 })
    for (const { status } of file.assertionResults) {
      const kind = status === 'passed' || status === 'failed' ? status : 'skipped'
      count[kind] += 1
      total[kind] += 1
    }
    const noneFailed = file.assertionResults.every(({ status }) => status !== 'failed')
    if (file.status === 'failed' && noneFailed)
      total.faults.push(`${path}: ${firstLine(file.message) || 'did not run'}`)
  }
  return total
}

function firstLine(text = '') {
  return text.split('\n', 1)[0]
}
