import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readFileSync } from 'node:fs'

/** The directory that holds package.json, without a slash at the end. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Scratch space that git ignores. */
export const cache = join(root, '.cache')

const require = createRequire(join(root, 'package.json'))

/** The file behind a command of an installed package, so that no shell and no PATH is needed to start it. */
export function bin(packageName, command = packageName) {
  // Not require.resolve(): an exports map may hide package.json.
  const directory = require.resolve
    .paths(packageName)
    .map((path) => join(path, packageName))
    .find((path) => readJson(join(path, 'package.json')) !== undefined)
  if (directory === undefined) throw new Error(`${packageName} is not installed: run npm ci`)
  const { bin: entry } = readJson(join(directory, 'package.json'))
  return join(directory, typeof entry === 'string' ? entry : entry[command])
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  }
}

/**
 * Runs a program and gives its exit code and output. With `quiet` the output is only kept, else it is also shown.
 * A signal counts as exit code 1.
 */
export function run(program, args, { cwd = root, env = process.env, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => (output += text))
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/** Runs a script with this Node. */
export const node = (file, args = [], options = {}) => run(process.execPath, [file, ...args], options)
