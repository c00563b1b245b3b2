/**
 * Global setup of the vitest project `real`: one instance of each real server for all its test files.
 *
 * A starter serves until its standard input ends, which it does however this process ends, so no server outlives the
 * tests. With `IMAPKIT_REAL=required` a missing server is an error; otherwise its tests are skipped, with one line each.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { announced } from '../behaviour/announced.js'
import { STARTERS, type Facts, type ServerName } from './servers.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** What the starters printed, and what each server announces; servers that are not installed are absent. */
    servers: Readonly<Partial<Record<ServerName, Facts>>>
  }
}

interface Running {
  readonly facts: Facts
  stop(): Promise<void>
}

const starterOf = (name: ServerName): string =>
  fileURLToPath(new URL(`servers/${STARTERS[name].file}`, import.meta.url))

/** Whether a server can be started. @throws Error where it has to be, and cannot */
function installed(name: ServerName): boolean {
  if (spawnSync('bash', [starterOf(name), 'installed']).status === 0) return true
  const { file, title } = STARTERS[name]
  const message = `${title} is not installed (as root: bash test/real/servers/${file} install)`
  if (process.env['IMAPKIT_REAL'] === 'required') throw new Error(`IMAPKIT_REAL=required, but ${message}`)
  console.warn(`Skipping the tests against a real server: ${message}`)
  return false
}

/** Starts a server and asks what it announces. */
async function start(name: ServerName): Promise<Running> {
  const directory = await mkdtemp(join(tmpdir(), 'imapkit-'))
  const starter = spawn('bash', [starterOf(name), 'serve', directory], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(starter, 'exit')
  const stop = async () => {
    starter.stdin.end()
    await ended
  }
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
  if (!ready) throw new Error(`${STARTERS[name].title} did not start, see the message above`)
  try {
    const address = {
      host: facts['HOST'] ?? '',
      port: Number(facts['PORT']),
      tlsPort: Number(facts['TLS_PORT']),
      ca: readFileSync(facts['CA_FILE'] ?? '', 'utf8'),
      user: facts['USER'] ?? '',
      password: facts['PASS'] ?? '',
    }
    facts['ANNOUNCES'] = (await announced(address)).join(' ')
  } catch (error) {
    await stop()
    throw error
  }
  return { facts, stop }
}

/** Starts the servers and gives their facts to the tests; the returned function stops them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const names = (Object.keys(STARTERS) as ServerName[]).filter(installed)
  const started = await Promise.allSettled(names.map(start))
  const running = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  const stop = async () => {
    await Promise.all(running.map((each) => each.stop()))
  }
  const failed = started.find((each) => each.status === 'rejected')
  if (failed !== undefined) {
    await stop()
    throw failed.reason
  }
  const servers: Partial<Record<ServerName, Facts>> = {}
  for (const [index, name] of names.entries()) {
    const facts = running[index]?.facts
    if (facts !== undefined) servers[name] = facts
  }
  project.provide('servers', servers)
  return stop
}
