/** What is open: kinds of handles by how many there are, and timers by what they call. */
export interface Open {
  readonly handles: ReadonlyMap<string, number>
  readonly timers: readonly string[]
}

/** What a test can leave behind; requests such as a look-up count as long as they run. */
const KINDS = new Set([
  'TCPSocketWrap',
  'TCPServerWrap',
  'TCPConnectWrap',
  'TLSWrap',
  'PipeWrap',
  'PipeServerWrap',
  'ProcessWrap',
  'GetAddrInfoReqWrap',
  'MessagePort',
  'ZlibContext',
])

const { setTimeout: makeTimeout, setImmediate: makeImmediate } = globalThis

/**
 * Knows all timers that are made through the globals, those without a reference included: the platform counts only what
 * keeps the process alive.
 */
export class TimerLedger {
  readonly #live = new Map<object, () => void>()

  /** Puts itself before the globals; what has been made before is not known. */
  install(): this {
    const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = globalThis
    const live = this.#live
    type Callback = (...args: never[]) => void
    const noted = <H extends object>(make: (callback: Callback) => H, callback: Callback, once: boolean): H => {
      const handle = make((...args) => {
        if (once) live.delete(handle)
        callback(...args)
      })
      live.set(handle, callback)
      return handle
    }
    const forget = (handle: unknown): void => {
      if (typeof handle === 'object' && handle !== null) live.delete(handle)
    }
    const dressed = (wrapper: object, original: object): object =>
      Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(original))
    const replaced = {
      setTimeout: (callback: Callback, ms?: number, ...args: never[]) =>
        noted((run) => setTimeout(run, ms, ...args), callback, true),
      setInterval: (callback: Callback, ms?: number, ...args: never[]) =>
        noted((run) => setInterval(run, ms, ...args), callback, false),
      setImmediate: (callback: Callback, ...args: never[]) =>
        noted((run) => setImmediate(run, ...args), callback, true),
      clearTimeout: (handle?: NodeJS.Timeout) => {
        forget(handle)
        clearTimeout(handle)
      },
      clearInterval: (handle?: NodeJS.Timeout) => {
        forget(handle)
        clearInterval(handle)
      },
      clearImmediate: (handle?: NodeJS.Immediate) => {
        forget(handle)
        clearImmediate(handle)
      },
    }
    const originals = { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate }
    for (const [name, wrapper] of Object.entries(replaced)) {
      Object.assign(globalThis, { [name]: dressed(wrapper, originals[name as keyof typeof originals]) })
    }
    return this
  }

  /** The beginning of each function that is still to be called. */
  get live(): readonly string[] {
    return [...this.#live.values()].map((callback) => String(callback).replaceAll(/\s+/g, ' ').slice(0, 80))
  }
}

/** The ledger of this process; installed by the setup of every project that opens sockets. */
export const timers = new TimerLedger()

/** What is open now. */
export function open(): Open {
  const handles = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    if (KINDS.has(kind)) handles.set(kind, (handles.get(kind) ?? 0) + 1)
  }
  return { handles, timers: timers.live }
}

/** What is open beyond what was open before, in words. */
export function beyond(before: Open): string[] {
  const now = open()
  const more = [...now.handles].filter(([kind, count]) => count > (before.handles.get(kind) ?? 0))
  const left = more.map(([kind, count]) => `${count} ${kind}, before ${before.handles.get(kind) ?? 0}`)
  if (now.timers.length > before.timers.length) left.push(`${now.timers.length} timers: ${now.timers.join(' | ')}`)
  return left
}

/**
 * What stays open beyond what was open before. What is being closed needs some turns of the event loop, and the other end
 * of a socket a moment: it is looked at again until nothing is left, or the time is over.
 */
export async function left(before: Open, milliseconds = 5000): Promise<string[]> {
  const end = performance.now() + milliseconds
  for (let turn = 0; ; turn++) {
    const found = beyond(before)
    if (found.length === 0 || performance.now() > end) return found
    await new Promise<void>((resolve) => void (turn < 20 ? makeImmediate(resolve) : makeTimeout(resolve, 10)))
  }
}
