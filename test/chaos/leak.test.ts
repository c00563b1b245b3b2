import { connect, uids, type Uid } from 'imapkit'
import { ImapServer } from 'imapkit/testing'
import { expect, it } from 'vitest'
import { selfSigned } from '../../src/testing/certificate.js'
import { left, open } from '../handles/ledger.js'
import { ChaosProxy } from './proxy.js'
import { random } from './random.js'
import { FULL, report, SEED } from './scale.js'

/** Connections, one after the other, a few side by side; every third is cut somewhere. */
const CYCLES = FULL ? 10_000 : 2100
const WIDTH = 8
/** What the heap may have grown by for each connection at the end, in octets: a client that is kept has many times that. */
const ALLOWED = 4096

const users = { alice: { password: 'secret', mailboxes: { box: ['Subject: one\n\none\n', 'Subject: two\n\ntwo\n'] } } }

/** The heap without what is garbage. */
async function heap(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}

it(
  `${CYCLES} connections leave nothing: no handle, and no memory`,
  async () => {
    expect(globalThis.gc).toBeTypeOf('function')
    const before = open()
    const next = random(SEED)
    let [cut, whole] = [0, 0]
    {
      const capabilities = ['IMAP4rev1', 'AUTH=PLAIN', 'SASL-IR', 'IDLE', 'LITERAL+', 'UIDPLUS']
      await using server = await ImapServer.start({ security: 'plaintext', tls: selfSigned(), capabilities, users })
      await using proxy = await ChaosProxy.start(server)
      const options = { ...server.connectOptions('alice'), ...proxy.address, idle: { delayMs: 0 } }
      const cycle = async (): Promise<void> => {
        try {
          await using client = await connect(options)
          client.on('exists', () => undefined)
          const box = await client.select('box')
          const reading = box.fetch(uids('1:*'), { envelope: true }).toArray()
          await Promise.all([reading, box.search({ seen: false }), box.fetchOne(1 as Uid, { size: true })])
          whole++
        } catch {
          cut++
        }
      }
      const cycles = async (count: number): Promise<void> => {
        for (let done = 0; done < count; done += WIDTH) {
          // As in a long life, nothing is kept of the lines that are over.
          proxy.passages.length = 0
          server.clearLog()
          const after = Math.floor(next() * 800)
          const how = next() < 0.5 ? 'fin' : 'rst'
          proxy.weather = done % 3 === 0 ? { cut: { from: 'server', after, how } } : {}
          await Promise.all(Array.from({ length: WIDTH }, cycle))
        }
      }
      // What is loaded and compiled on first use is no leak.
      await cycles(200)
      const start = await heap()
      await cycles(CYCLES)
      const grown = (await heap()) - start
      report('connections without a leak', CYCLES + 200, `(${cut} cut, the heap grew by ${grown} octets)`)
      expect(cut).toBeGreaterThan(CYCLES / 10)
      expect(whole).toBeGreaterThan(CYCLES / 2)
      expect(grown).toBeLessThan(CYCLES * ALLOWED)
    }
    expect(await left(before)).toEqual([])
  },
  FULL ? 590_000 : 240_000,
)
