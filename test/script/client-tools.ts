import { connect, type ConnectOptions, type ImapClient } from 'imapkit'
import { ScriptedServer, type ScriptStep } from 'imapkit/testing'

/** A client whose server plays a script. */
export interface Scene extends AsyncDisposable {
  readonly client: ImapClient
  /** Resolves when the script is played; rejects when the client did otherwise. */
  readonly done: Promise<void>
  readonly warnings: string[]
  /** All lines that went out and came in. */
  readonly trace: string[]
}

/** Options of a client that does nothing by itself. */
export const QUIET = { id: false, idle: false } as const

/** Starts a server with a script; `connectOptions` name nobody. */
export async function scripted(
  script: string | readonly ScriptStep[],
): Promise<{ server: ScriptedServer; options: ConnectOptions }> {
  const server = await ScriptedServer.start(script)
  const { host, port, security } = server.connectOptions()
  return { server, options: { host, port, security } }
}

/** Connects to a server that plays a script; the client is quiet unless told otherwise. */
export async function scene(
  script: string | readonly ScriptStep[],
  more: Partial<ConnectOptions> = {},
): Promise<Scene> {
  const { server, options } = await scripted(script)
  const warnings: string[] = []
  const trace: string[] = []
  const on = {
    warning: ({ error }: { error: Error }) => void warnings.push(error.message),
    trace: ({ direction, text }: { direction: string; text: string }) => void trace.push(`${direction} ${text}`),
    ...more.on,
  }
  try {
    const client = await connect({ ...options, ...QUIET, ...more, on })
    return {
      client,
      done: server.done,
      warnings,
      trace,
      [Symbol.asyncDispose]: async () => {
        client.close()
        await client.closed
        await server.close()
      },
    }
  } catch (error) {
    await server.close()
    throw error
  }
}

/** What connecting to a server that plays a script rejects with; the script must have been played. */
export async function refused(script: string, more: Partial<ConnectOptions> = {}): Promise<unknown> {
  const { server, options } = await scripted(script)
  try {
    const client = await connect({ ...options, ...QUIET, ...more })
    client.close()
  } catch (error) {
    await server.done
    return error
  } finally {
    await server.close()
  }
  throw new Error('connect() should have been rejected')
}
