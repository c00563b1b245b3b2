// npm run example NAME [ARGUMENTS]: builds the package and runs examples/NAME.ts, in this process, so that Ctrl-C and
// the exit code are the example's own.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, buildExamples } from './build.mjs'
import { cache, root } from './root.mjs'

const [name, ...rest] = process.argv.slice(2)
if (name === undefined || !existsSync(join(root, 'examples', `${name}.ts`))) {
  console.error(name === undefined ? 'Which example? npm run example NAME' : `There is no examples/${name}.ts`)
  process.exit(1)
}
if ((await build()) !== 0 || (await buildExamples()) !== 0) process.exit(1)

const file = join(cache, 'examples', `${name}.js`)
process.argv.splice(1, process.argv.length - 1, file, ...rest)
await import(pathToFileURL(file).href)
