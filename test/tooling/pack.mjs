// Tests what would be published: packs the package (dist must be built), lints the tarball, installs it in an empty
// project, and uses it there by import, by require() and from TypeScript, on this Node and on the newest one.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bin, cache, node, root, run } from './root.mjs'

/** Newest line first; the first that can be installed is used. */
const newestNodes = ['26', '25', '24', '22']

const npm = (args, options) => run('npm', args, { quiet: true, ...options })
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const work = mkdtempSync(join(tmpdir(), 'imapkit-pack-'))
let failures = 0

try {
  const tarball = await pack()
  await step('publint', () => node(bin('publint'), ['run', tarball, '--strict'], { quiet: true }))
  await step('are the types wrong', () =>
    node(bin('@arethetypeswrong/cli', 'attw'), [tarball, '--profile', 'esm-only'], { quiet: true }),
  )

  const consumer = join(work, 'consumer')
  mkdirSync(consumer)
  writeFileSync(join(consumer, 'package.json'), '{ "name": "consumer", "private": true }\n')
  const nodeTypes = `@types/node@${manifest.devDependencies['@types/node']}`
  const installed = await step('install in an empty project', () =>
    npm(['install', '--prefer-offline', '--no-audit', '--no-fund', tarball, nodeTypes], { cwd: consumer }),
  )
  if (installed) await use(consumer)
} finally {
  rmSync(work, { recursive: true, force: true })
}
process.exitCode = failures > 0 ? 1 : 0

async function pack() {
  // Without scripts: the tarball holds the dist that the other steps have looked at.
  const { code, output } = await npm(['pack', '--ignore-scripts', '--silent', '--pack-destination', work])
  if (code !== 0) throw new Error(`npm pack failed\n${output}`)
  return join(work, `${manifest.name}-${manifest.version}.tgz`)
}

async function use(consumer) {
  for (const file of ['exercise.mjs', 'smoke.mjs', 'smoke.cjs', 'consumer.ts']) {
    copyFileSync(join(root, 'test/tooling/consumer', file), join(consumer, file))
  }

  const current = process.version
  const newest = await newestNode()
  const runtimes = [[current, process.execPath], ...(newest === undefined ? [] : [newest])]
  for (const [version, program] of runtimes) {
    for (const [how, file] of Object.entries({ 'import()': 'smoke.mjs', 'require()': 'smoke.cjs' })) {
      await step(`${how} on Node ${version}`, () => run(program, [file], { cwd: consumer, quiet: true }))
    }
  }

  for (const [module, moduleResolution] of Object.entries({ nodenext: 'nodenext', esnext: 'bundler' })) {
    const project = join(consumer, `tsconfig.${moduleResolution}.json`)
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable'],
      module,
      moduleResolution,
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
    }
    writeFileSync(project, JSON.stringify({ compilerOptions, files: ['consumer.ts'] }))
    await step(`TypeScript consumer, ${moduleResolution}`, () =>
      node(bin('typescript', 'tsc'), ['-p', project], { cwd: consumer, quiet: true }),
    )
  }
  console.log(`package tested on Node ${runtimes.map(([version]) => version).join(' and ')}`)
}

/** The newest Node that the registry gives, kept for the next run: its version and program. */
async function newestNode() {
  for (const line of newestNodes) {
    const prefix = join(cache, `node-${line}`)
    const program = join(prefix, 'node_modules/node/bin/node')
    if (!existsSync(program)) {
      mkdirSync(prefix, { recursive: true })
      await npm([
        'install',
        '--no-save',
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        '--prefix',
        prefix,
        `node@${line}`,
      ])
    }
    if (!existsSync(program)) continue
    const { code, output } = await run(program, ['--version'], { quiet: true })
    if (code === 0) return [output.trim(), program]
  }
  failures += 1
  console.log(`FAILED no newer Node could be installed: tried ${newestNodes.join(', ')}`)
  return undefined
}

async function step(what, action) {
  const { code, output } = await action()
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${what}`)
  if (code !== 0) {
    failures += 1
    console.log(output.trimEnd().replaceAll(/^/gm, '       '))
  }
  return code === 0
}
