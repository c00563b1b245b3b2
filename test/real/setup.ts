/**
 * Global setup of the vitest project `real`: one instance of each real server for all its test files.
 *
 * A starter serves until its standard input ends, which it does however this process ends, so no server outlives the
 * tests. With `IMAPKIT_REAL=required` a missing server is an error; otherwise its tests are skipped, with one line each.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { announced } from '../behaviour/announced.js'
import { STARTERS, type Facts, type ServerName } from './servers.js'
import { startServer, starterOf, type Running } from './starting.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** What the starters printed, and what each server announces; servers that are not installed are absent. */
    servers: Readonly<Partial<Record<ServerName, Facts>>>
  }
}

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
  const { facts: printed, stop } = await startServer(name)
  const facts: Record<string, string> = { ...printed }
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
