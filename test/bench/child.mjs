// One client, one workload, one process: `node --expose-gc child.mjs JSON` prints its figures as JSON.
//
// An adapter's open(settings) connects, logs in and examines the mailbox, which is not measured, and returns
// { run, close }. run() does the work and returns what the client understood.
import { pathToFileURL } from 'node:url'

const settings = JSON.parse(process.argv[2])

// What an application has in memory. The collector treats a process with nothing in it as no real one is treated: whether
// it marks the heap twice or fifty times during one download then depends on a megabyte of code more or less.
globalThis.ballast = Array.from({ length: 200_000 }, (_, index) => ({ index, name: `item ${index}` }))

const { open } = await import(new URL(`clients/${settings.client}.mjs`, pathToFileURL(import.meta.filename)))

const figures = settings.workload === 'idle' ? await idle() : await work()
process.stdout.write(JSON.stringify(figures), () => process.exit())

async function work() {
  const client = await open(settings)
  // The first run of a process measures the compiler as much as the client.
  if (settings.warm) await client.run()
  globalThis.gc()
  const rssBefore = process.memoryUsage().rss
  const cpuBefore = process.cpuUsage()
  const wallBefore = process.hrtime.bigint()
  const result = await client.run()
  const wall = Number(process.hrtime.bigint() - wallBefore) / 1e6
  const { user, system } = process.cpuUsage(cpuBefore)
  // maxRSS is in kilobytes and includes what start-up needed.
  const growth = Math.max(0, process.resourceUsage().maxRSS * 1024 - rssBefore) / 1e6
  const checked = client.check ? await client.check(result) : result
  await client.close()
  return { cpu: (user + system) / 1000, wall, growth, result: checked }
}

/** The cost of a connection that does nothing. */
async function idle() {
  const count = 200
  const clients = [await open(settings)]
  globalThis.gc()
  const rssBefore = process.memoryUsage().rss
  const cpuBefore = process.cpuUsage()
  const wallBefore = process.hrtime.bigint()
  for (let i = 0; i < count; i++) clients.push(await open(settings))
  const wall = Number(process.hrtime.bigint() - wallBefore) / 1e6
  const { user, system } = process.cpuUsage(cpuBefore)
  globalThis.gc()
  const growth = (process.memoryUsage().rss - rssBefore) / 1e6
  for (const client of clients) await client.close()
  return { cpu: (user + system) / 1000, wall, growth, result: { connections: count } }
}
