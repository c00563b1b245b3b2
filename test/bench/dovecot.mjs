// A real Dovecot with one big mailbox, for `npm run bench -- --dovecot`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { message } from '../real/messages.mjs'
import { populate } from '../real/populate.mjs'

const STARTER = fileURLToPath(new URL('../real/servers/dovecot.sh', import.meta.url))

/** Starts Dovecot with `count` messages in one mailbox. Its mail goes away with stop(), or when this process ends. */
export async function startDovecot(count) {
  const directory = await mkdtemp(join(tmpdir(), 'imapkit-'))
  const starter = spawn('bash', [STARTER, 'serve', directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, FORMAT: 'mdbox' },
  })
  const ended = once(starter, 'exit')
  const facts = {}
  for await (const line of createInterface({ input: starter.stdout })) {
    if (line === 'READY') break
    const separator = line.indexOf('=')
    facts[line.slice(0, separator)] = line.slice(separator + 1)
  }
  if (facts.PORT === undefined) throw new Error('Dovecot did not start (as root: test/real/servers/dovecot.sh install)')
  const stop = async () => {
    starter.stdin.end()
    await ended
  }
  const login = { host: facts.HOST, port: Number(facts.PORT), user: facts.USER, password: facts.PASS, mailbox: 'Bench' }
  try {
    await populate({ ...login, count })
  } catch (error) {
    await stop()
    throw error
  }

  let octets = 0
  for (let index = 0; index < count; index++) octets += message(index).raw.length
  const listed = { count, uids: (count * (count + 1)) / 2 }
  const truthOf = {
    flags: listed,
    envelopes: { ...listed, sizes: octets },
    bodies: { count, bytes: octets },
  }
  return {
    title: `Dovecot ${facts.VERSION}`,
    titles: {
      flags: `FETCH flags of ${count} messages`,
      envelopes: `FETCH envelope + structure of ${count}, all read`,
      bodies: `${count} bodies, ${(octets / 1e6).toFixed(0)} MB`,
    },
    settings: () => ({ ...login, messages: count, dovecot: true }),
    truth: (name) => truthOf[name],
    stop,
  }
}
