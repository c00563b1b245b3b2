// npm run bench [-- options]: imapkit, imapflow and a raw socket do the same work, and one table compares them.
//
//   --rounds N        processes per client and workload, medians are shown (3)
//   --only a,b        workloads: see workloads.mjs; `slow`, `pipelined` and `idle` run only when named, or with --all
//   --clients a,b     raw, imapflow, imapkit, imapkit-batches, imapkit-lent, imapkit-single
//   --cold            measures the first run of each process, which the compiler dominates, not the second
//   --dovecot         against a real Dovecot with --messages N (20,000) instead of the load server
//
// One process per client and workload, the clients taking turns within a round. What each one understood is compared
// with the truth: a wrong answer is an error, not a fast client. Figures also go to .cache/bench.json.
import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { parseArgs, promisify } from 'node:util'
import { startDovecot } from './dovecot.mjs'
import { truths } from './load-data.mjs'
import { median } from './measure.mjs'
import { formatTable } from './table.mjs'
import { onDovecot, usual, workloads } from './workloads.mjs'

const CLIENTS = ['raw', 'imapflow', 'imapkit', 'imapkit-batches', 'imapkit-lent', 'imapkit-single']
/** Where a way of reading makes a difference. */
const VARIANTS = {
  'imapkit-batches': ['flags', 'envelopes', 'envelopes-untouched'],
  'imapkit-lent': ['bodies', 'stream'],
  'imapkit-single': ['stream'],
}
const TIME_LIMIT = 120_000

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    all: { type: 'boolean', default: false },
    cold: { type: 'boolean', default: false },
    clients: { type: 'string', default: CLIENTS.join() },
    dovecot: { type: 'boolean', default: false },
    messages: { type: 'string', default: '20000' },
  },
})
const rounds = positive('rounds')
const messages = positive('messages')
const clients = oneOf('clients', CLIENTS, options.clients)
const names = options.only
  ? oneOf('only', options.dovecot ? onDovecot : Object.keys(workloads), options.only)
  : options.dovecot
    ? onDovecot
    : options.all
      ? Object.keys(workloads)
      : usual

const runFile = promisify(execFile)
const target = options.dovecot ? await startDovecot(messages) : await startLoadServer()
const errors = new Map()
const rows = []
try {
  for (const name of names) rows.push(...(await measure(name)))
} finally {
  await target.stop()
}

const where = `${options.dovecot ? target.title : 'a load server on loopback'}, ${options.cold ? 'first' : 'second'} run of each process`
console.log(`\nNode ${process.version}, ${cpus().length} × ${cpus()[0].model.trim()}, ${where}, medians of ${rounds}\n`)
console.log(formatTable(rows))
const cache = new URL('../../.cache/', import.meta.url)
await mkdir(cache, { recursive: true })
const file = options.dovecot ? 'bench-dovecot.json' : 'bench.json'
await writeFile(new URL(file, cache), `${JSON.stringify({ node: process.version, where, rounds, rows }, null, 2)}\n`)
for (const [key, error] of errors) console.error(`FAILED ${key}: ${error}`)
process.exitCode = errors.size > 0 ? 1 : 0

/** Runs one workload with every client and returns a row per client. */
async function measure(name) {
  const workload = workloads[name]
  const taking = clients.filter(
    (client) => (VARIANTS[client]?.includes(name) ?? true) && !workload.without?.includes(client),
  )
  const figures = new Map(taking.map((client) => [client, []]))
  const truth = options.dovecot ? target.truth(name) : (truths[name]?.() ?? {})
  // Round 0 is not counted: in it the server prepares its answers (or Dovecot fills its caches).
  for (let round = workload.once ? 1 : 0; round <= (workload.once ? 1 : rounds); round++) {
    for (const client of taking) {
      const key = `${name} by ${client}`
      if (errors.has(key)) continue
      try {
        const figure = await runChild(client, name)
        verify(client, figure.result, truth)
        if (round > 0) figures.get(client).push(figure)
      } catch (error) {
        errors.set(key, error.message)
      }
    }
    process.stderr.write(`${name}: ${round === 0 ? 'warm-up' : `round ${round}`} done\n`)
  }
  return taking
    .filter((client) => figures.get(client).length > 0)
    .map((client) => {
      const all = figures.get(client)
      const middle = (field) => median(all.map((figure) => figure[field]))
      return {
        workload: name,
        title: options.dovecot ? target.titles[name] : workload.title,
        client,
        messages: options.dovecot ? messages : workload.messages,
        megabytes: options.dovecot ? undefined : workload.megabytes,
        cpu: middle('cpu'),
        wall: middle('wall'),
        growth: middle('growth'),
        runs: all.length,
      }
    })
}

async function runChild(client, name) {
  const workload = workloads[name]
  const warm = !options.cold && workload.once !== true
  const settings = { ...target.settings(workload), client, workload: name, warm }
  const child = new URL('child.mjs', import.meta.url)
  try {
    const { stdout } = await runFile(process.execPath, ['--expose-gc', child.pathname, JSON.stringify(settings)], {
      timeout: TIME_LIMIT,
    })
    return JSON.parse(stdout)
  } catch (error) {
    const reason = /^\w*Error.*$/m.exec(error.stderr ?? '')?.[0] ?? error.message
    throw new Error(error.killed ? `no end after ${TIME_LIMIT / 1000} s` : reason, { cause: error })
  }
}

function verify(client, result, truth) {
  if (client === 'raw') {
    if (result.sent !== undefined && result.received !== result.sent) {
      throw new Error(`received ${result.received} of ${result.sent} octets`)
    }
    return
  }
  for (const [field, expected] of Object.entries(truth)) {
    if (result[field] !== expected) throw new Error(`${field} is ${result[field]}, not ${expected}`)
  }
}

async function startLoadServer() {
  const server = fork(new URL('load-server.mjs', import.meta.url))
  const [{ port, delayedPort }] = await once(server, 'message')
  return {
    settings: ({ mailbox, delayed, user = 'bench', messages: count }) => ({
      host: '127.0.0.1',
      port: delayed ? delayedPort : port,
      user,
      password: 'bench-secret',
      mailbox,
      messages: count,
    }),
    stop: async () => {
      server.disconnect()
      await once(server, 'exit')
    },
  }
}

function positive(name) {
  const number = Number(options[name])
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} takes a number from 1 up`)
  return number
}

function oneOf(option, known, text) {
  const asked = text.split(',')
  const unknown = asked.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new Error(`--${option}: ${unknown.join(', ')} is none of ${known.join(', ')}`)
  return asked
}
