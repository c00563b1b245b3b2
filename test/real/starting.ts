import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { STARTERS, type Facts, type ServerName } from './servers.js'

/** A real server that runs. */
export interface Running {
  /** What its starter printed. */
  readonly facts: Facts
  /** Ends it and removes all that it wrote. */
  stop(): Promise<void>
}

/** The path of a server's starter. */
export function starterOf(name: ServerName): string {
  return fileURLToPath(new URL(`servers/${STARTERS[name].file}`, import.meta.url))
}

/**
 * Starts a server of its own, which ends with this process at the latest: a starter serves until its standard input ends.
 *
 * @param environment - such as `EXTRA_CONF`, see the starters
 */
export async function startServer(
  name: ServerName,
  environment: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const directory = await mkdtemp(join(tmpdir(), 'imapkit-'))
  const starter = spawn('bash', [starterOf(name), 'serve', directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  const ended = once(starter, 'exit')
  const stop = async () => {
    starter.stdin.end()
    await ended
  }
  const facts: Record<string, string> = {}
  for await (const line of createInterface({ input: starter.stdout })) {
    if (line === 'READY') return { facts, stop }
    const separator = line.indexOf('=')
    facts[line.slice(0, separator)] = line.slice(separator + 1)
  }
  throw new Error(`${STARTERS[name].title} did not start, see the message above`)
}
