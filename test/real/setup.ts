/**
 * Global setup of the vitest project `real`: one instance of each real server, and of each proxy, for all its test files.
 *
 * A starter serves until its standard input ends, which it does however this process ends, so no server outlives the
 * tests. With `IMAPKIT_REAL=required` a missing server is an error; otherwise its tests are skipped, with one line each.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { announced } from '../behaviour/announced.js'
import { PROXIES, STARTERS, type Facts, type ServerName, type Starter } from './servers.js'
import { scriptOf, startServer, type Running } from './starting.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** What the starters printed, and what each server announces; servers that are not installed are absent. */
    servers: Readonly<Partial<Record<ServerName, Facts>>>
    /** What the starter of the proxies printed; null where they are not installed. */
    proxies: Facts | null
  }
}

/** Whether it can be started. @throws Error where it has to be, and cannot */
function installed(starter: Starter): boolean {
  if (spawnSync('bash', [scriptOf(starter), 'installed']).status === 0) return true
  const { file, title } = starter
  const message = `${title}: not installed (as root: bash test/real/servers/${file} install)`
  if (process.env['IMAPKIT_REAL'] === 'required') throw new Error(`IMAPKIT_REAL=required, but ${message}`)
  console.warn(`Skipping the tests against ${message}`)
  return false
}

/** Starts a server and asks what it announces. */
async function start(name: ServerName): Promise<Running> {
  const { facts: printed, stop } = await startServer(STARTERS[name])
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

/** Starts servers and proxies and gives their facts to the tests; the returned function stops them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const names = (Object.keys(STARTERS) as ServerName[]).filter((name) => installed(STARTERS[name]))
  const proxies = installed(PROXIES) ? [startServer(PROXIES)] : []
  const started = await Promise.allSettled([...names.map(start), ...proxies])
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
  project.provide('proxies', proxies.length === 0 ? null : (running[names.length]?.facts ?? null))
  return stop
}
