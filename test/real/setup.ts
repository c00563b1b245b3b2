/**
 * Global setup of the vitest project `real`: one Dovecot for all its test files.
 *
 * The starter serves until its standard input ends, which it does however this process ends, so no server outlives the
 * tests. With `IMAPKIT_REAL=required` a missing server is an error; otherwise the tests are skipped with one line.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** What the starter printed; absent where Dovecot is not installed. */
    dovecot: Readonly<Record<string, string>> | undefined
  }
}

const STARTER = fileURLToPath(new URL('servers/dovecot.sh', import.meta.url))

/** Starts Dovecot and gives its facts to the tests; the returned function stops it. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (spawnSync('bash', [STARTER, 'installed']).status !== 0) {
    const message = 'Dovecot 2.3 is not installed (as root: bash test/real/servers/dovecot.sh install)'
    if (process.env['IMAPKIT_REAL'] === 'required') throw new Error(`IMAPKIT_REAL=required, but ${message}`)
    console.warn(`Skipping the tests against a real server: ${message}`)
    project.provide('dovecot', undefined)
    return undefined
  }
  const directory = await mkdtemp(join(tmpdir(), 'imapkit-'))
  const starter = spawn('bash', [STARTER, 'serve', directory], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(starter, 'exit')
  const facts: Record<string, string> = {}
  let ready = false
  for await (const line of createInterface({ input: starter.stdout })) {
    if (line === 'READY') {
      ready = true
      break
    }
    const separator = line.indexOf('=')
    facts[line.slice(0, separator)] = line.slice(separator + 1)
  }
  if (!ready) throw new Error('Dovecot did not start, see the message above')
  project.provide('dovecot', facts)
  return async () => {
    starter.stdin.end()
    await ended
  }
}
