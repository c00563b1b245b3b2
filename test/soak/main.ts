import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { STARTERS } from '../real/servers.js'
import { startServer } from '../real/starting.js'
import { startEmbedded } from './embedded.js'
import { soak, SoakError, type SoakTarget } from './soak.js'

/** A real server, for a soak. */
async function startReal(name: 'dovecot' | 'cyrus'): Promise<{ target: SoakTarget; stop(): Promise<void> }> {
  const { facts, stop } = await startServer(STARTERS[name])
  const [host = '', user = '', password = ''] = [facts['HOST'], facts['USER'], facts['PASS']]
  const port = Number(facts['PORT'])
  const auth = { user, password }
  return { target: { options: { host, port, security: 'plaintext', auth }, reader: { host, port, ...auth } }, stop }
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    server: { type: 'string', default: 'embedded' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const { server } = values
const seed = Number(values.seed)
if (server !== 'embedded' && server !== 'dovecot' && server !== 'cyrus') {
  throw new Error('--server is embedded, dovecot or cyrus')
}

const { target, stop } = server === 'embedded' ? await startEmbedded() : await startReal(server)
const end = Date.now() + Number(values.minutes) * 60_000
console.log(`Soak on ${server}, seed ${seed}, ${values.minutes} minutes`)
try {
  console.log(JSON.stringify(await soak(target, seed, () => Date.now() < end), null, 2))
} catch (error) {
  if (!(error instanceof SoakError)) throw error
  console.error(error.message)
  const file = `.cache/soak-${server}-${seed}.log`
  mkdirSync('.cache', { recursive: true })
  writeFileSync(file, error.log.join('\n'))
  console.error(`The conversation is in ${file}`)
  process.exitCode = 1
} finally {
  await stop()
}
