import { connect, OutcomeUnknownError, TimeoutError } from 'imapkit'
import { ImapServer } from 'imapkit/testing'
import { describe, expect, it } from 'vitest'
import { rejection, within } from '../behaviour/tools.js'
import { left, open } from '../handles/ledger.js'
import type { Side, Weather } from './proxy.js'
import { ChaosProxy } from './proxy.js'
import { random, sample } from './random.js'
import { run, runAll, type Setting } from './rig.js'
import { FULL, report, SEED } from './scale.js'

const SIDES: readonly Side[] = ['client', 'server']
const VARIANTS: readonly (readonly [string, Omit<Setting, 'weather'>])[] = [
  ['base', { profile: 'base' }],
  ['modern', { profile: 'modern' }],
  ['base, by TLS', { profile: 'base', security: 'tls' }],
  ['modern, by STARTTLS', { profile: 'modern', security: 'starttls' }],
  ['modern, compressed', { profile: 'modern', compress: true }],
]
/** Nothing may take longer, all together, than `bound`. */
const HASTY = {
  timeouts: { connect: 400, greeting: 400, auth: 400, silence: 300, command: 4000, grace: 100 },
  restartMs: 300,
  bound: 8000,
}

describe.each(VARIANTS)('a line that works, %s', (_title, variant) => {
  it.each<[string, Weather]>([
    ['octet by octet', { pieces: 1 }],
    ['in pieces of random sizes', { pieces: 0, seed: SEED }],
    ['in other pieces', { pieces: 0, seed: SEED + 1 }],
    ['late', { delay: 1 }],
  ])('carries a whole conversation %s', async (_, weather) => {
    const { record, wrong } = await run({ ...variant, weather, bound: 30_000 })
    expect([...wrong, ...record.calls.filter((call) => 'error' in call)]).toEqual([])
  })
})

describe('a line that is cut below TLS or compression', () => {
  it.each(VARIANTS.slice(2))('%s: every call settles as it must, and nothing is left', async (title, variant) => {
    const { passage } = await run(variant)
    const found: string[] = []
    const places = SIDES.flatMap((side) => {
      const all = sample(passage!.passed[side] + 1, FULL ? 800 : 20, SEED + side.length)
      return all.map((after) => ({ from: side, after }))
    })
    for (const [index, place] of places.entries()) {
      const cut = { ...place, how: index % 2 === 0 ? ('fin' as const) : ('rst' as const) }
      const { wrong } = await run({ ...variant, weather: { cut } })
      found.push(...wrong.map((what) => `${JSON.stringify(cut)}: ${what}`))
    }
    report(`cut ${title}`, places.length)
    expect(found).toEqual([])
  })
})

describe('a line that nothing comes over any more, and nobody is told', () => {
  it.each(['swallow', 'stall'] as const)(
    '%s: every call settles within its bounds, and nothing is left',
    async (what) => {
      const settings: Setting[] = []
      for (const [, variant] of VARIANTS.slice(0, 2)) {
        const { passage } = await run(variant)
        for (const from of SIDES) {
          for (const after of sample(passage!.passed[from] + 1, FULL ? 1500 : 24, SEED + from.length)) {
            settings.push({ ...variant, ...HASTY, weather: { [what]: { from, after } } })
          }
        }
      }
      const { wrong } = await runAll(settings)
      report(what, settings.length)
      expect(wrong).toEqual([])
    },
  )

  it('is as good as before once it works again', async () => {
    const { passage } = await run({ profile: 'modern' })
    const next = random(SEED)
    for (const from of [...SIDES, ...SIDES, ...SIDES]) {
      const stall = { from, after: Math.floor(next() * passage!.passed[from]) }
      await using server = await ImapServer.start({
        security: 'plaintext',
        users: { alice: { password: 'secret', mailboxes: { box: ['Subject: one\n\none\n'] } } },
      })
      await using proxy = await ChaosProxy.start(server, { stall })
      const ticking = setInterval(() => proxy.release(), 5)
      await using client = await connect({ ...server.connectOptions('alice'), ...proxy.address })
      const box = await client.select('box')
      for (let i = 0; i < 100; i++) expect((await box.search({ subject: 'one' })).toString()).toBe('1')
      clearInterval(ticking)
    }
  })
})

it('an upload that the line does not take is given up, and said to be torn, not unknown', async () => {
  const before = open()
  {
    await using server = await ImapServer.start({
      security: 'plaintext',
      users: { alice: { password: 'secret' } },
    })
    await using proxy = await ChaosProxy.start(server, { stall: { from: 'client', after: 2000 } })
    const client = await connect({ ...server.connectOptions('alice'), ...proxy.address, timeouts: HASTY.timeouts })
    const error = await within(8000, 'the upload', rejection(client.append('INBOX', Buffer.alloc(40_000_000, 'x'))))
    expect(error).not.toBeInstanceOf(OutcomeUnknownError)
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ phase: 'silence', connection: 'closed', retryable: true })
    await within(8000, 'closed', client.closed)
    expect(server.user('alice').mailbox('INBOX').messages).toEqual([])
  }
  expect(await left(before)).toEqual([])
})
