import type { ImapClient, ImapEvents } from 'imapkit'

/** What a promise rejects with. @throws Error when it does not */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    return error
  }
  throw new Error(`this should have been rejected, and gave ${String(value)}`)
}

/** All of an async iterable. */
export async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const each of iterable) all.push(each)
  return all
}

/** All bytes of an async iterable. */
export async function bytesOf(iterable: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await collect(iterable))
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** Waits until something holds. @throws Error after ten seconds */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`this did not come true in ten seconds: ${what}`)
    await sleep(20)
  }
}

/** Rejects unless a promise settles within a bound that is far beyond what it should need. */
export async function within<T>(milliseconds: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not settle in ${milliseconds} ms`)), milliseconds)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Keeps the payloads of an event. */
export function record<K extends keyof ImapEvents>(client: ImapClient, event: K): ImapEvents[K][0][] {
  const payloads: ImapEvents[K][0][] = []
  client.on(event, (...payload: ImapEvents[K]) => void payloads.push(payload[0]))
  return payloads
}

/** Sockets and timers that are open; compare it before and after. */
export function openResources(): number {
  const kinds = ['TCPSocketWrap', 'TLSWrap', 'PipeWrap', 'Timeout']
  return process.getActiveResourcesInfo().filter((kind) => kinds.includes(kind)).length
}

/** Runs something and checks that it left neither a socket nor a timer. */
export async function leavesNothing(what: string, act: () => Promise<void>): Promise<void> {
  const before = openResources()
  await act()
  await until(`${what} leaves nothing open`, () => openResources() <= before)
}
