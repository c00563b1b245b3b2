// Compiles src to dist. The old dist is replaced only by a complete new one.
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bin, cache, node, root } from './root.mjs'

/** Gives the compiler's exit code. */
export async function build() {
  const fresh = join(cache, `dist-${process.pid}`)
  mkdirSync(cache, { recursive: true })
  try {
    const { code } = await node(bin('typescript', 'tsc'), ['-p', 'test/tooling/tsconfig.build.json', '--outDir', fresh])
    if (code !== 0) return code
    const dist = join(root, 'dist')
    rmSync(dist, { recursive: true, force: true })
    renameSync(fresh, dist)
    return 0
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** Compiles examples to .cache/examples, from where `imapkit` is the package itself, in dist. Gives the exit code. */
export async function buildExamples() {
  rmSync(join(cache, 'examples'), { recursive: true, force: true })
  const { code } = await node(bin('typescript', 'tsc'), ['-p', 'test/tooling/tsconfig.examples.json'])
  return code
}

if (process.argv[1] === import.meta.filename) {
  let code = await build()
  if (code === 0 && process.argv.includes('--examples')) code = await buildExamples()
  process.exitCode = code
}
