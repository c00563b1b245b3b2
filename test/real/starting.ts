import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Facts, Starter } from './servers.js'

/** A real server, or proxies, that run. */
export interface Running {
  /** What its starter printed. */
  readonly facts: Facts
  /** Ends it and removes all that it wrote. */
  stop(): Promise<void>
}

/** The path of a starter. */
export function scriptOf({ file }: Starter): string {
  return fileURLToPath(new URL(`servers/${file}`, import.meta.url))
}

/**
 * Starts a server of its own, which ends with this process at the latest: a starter serves until its standard input ends.
 *
 * @param environment - such as `EXTRA_CONF`, see the starters
 */
export async function startServer(
  starter: Starter,
  environment: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const directory = await mkdtemp(join(tmpdir(), 'imapkit-'))
  const child = spawn('bash', [scriptOf(starter), 'serve', directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  const ended = once(child, 'exit')
  const stop = async () => {
    child.stdin.end()
    await ended
  }
  const facts: Record<string, string> = {}
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'READY') return { facts, stop }
    const separator = line.indexOf('=')
    facts[line.slice(0, separator)] = line.slice(separator + 1)
  }
  throw new Error(`${starter.title} did not start, see the message above`)
}
