import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idle } from '../../src/commands/idle.js'
import { select } from '../../src/commands/select.js'
import { noop } from '../../src/commands/simple.js'
import { ImapError } from '../../src/model/errors.js'
import { uids } from '../../src/model/number-set.js'
import { command, open, sleep } from '../unit/connection/support.js'

/** What a server may say; `%n` stands for the tag of the command n before the last. */
const line = fc.oneof(
  fc.constantFrom(
    '%0 OK',
    '%0 NO no',
    '%0 BAD [X',
    '%1 OK [CAPABILITY A]',
    '%1 NO',
    '%2 OK [READ-WRITE] x',
    '%0 MAYBE',
    '* BYE',
    '+ go',
    '+',
    '* 5 EXISTS',
    '* 0 EXISTS',
    '* 4294967295 EXISTS',
    '* 1 EXPUNGE',
    '* 9 EXPUNGE',
    '* VANISHED 1:5',
    '* VANISHED (EARLIER) 1:*',
    '* 1 FETCH (UID 1 FLAGS (a))',
    '* 1 FETCH (UID 9)',
    '* 2 FETCH (UID 2 BODY[] {3}\r\nabc)',
    '* 3 FETCH (BODY[] {3}\r\n+ x MODSEQ (4))',
    '* OK [CLOSED]',
    '* OK [UIDVALIDITY 1]',
    '* OK [UIDVALIDITY 2]',
    '* OK [HIGHESTMODSEQ 9]',
    '* CAPABILITY A',
    '* ENABLED UTF8=ACCEPT',
    '* PREAUTH',
    'DONE BAD',
    '* SEARCH 1', // prettier-ignore
  ),
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
)

describe('a hostile server', () => {
  it('makes no call hang, throws nothing, and leaves the connection in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(line, fc.boolean()), { maxLength: 25 }),
        fc.array(fc.constantFrom('noop', 'idle', 'select', 'body', 'literal', 'abort', 'dialogue'), {
          minLength: 1,
          maxLength: 6,
        }),
        async (lines, wanted) => {
          const { connection, peer } = await open(
            { timeouts: { grace: 20, silence: 1000 } },
            '* PREAUTH [CAPABILITY IDLE] hi',
          )
          const controller = new AbortController()
          const make = {
            noop: () => connection.run(noop()),
            idle: () => connection.run(idle(), { timeout: Infinity }),
            select: () => connection.run(select('A')),
            body: () =>
              connection.run(
                command({
                  traits: { streams: { set: uids('1:*') } },
                  collector: {
                    literal: () => ({ data: () => undefined, end: () => undefined, fail: () => undefined }),
                  },
                }),
                { stream: true },
              ),
            literal: () => connection.run(command({ encode: (w) => void w.sp().literal(Buffer.from('abc')) })),
            abort: () => connection.run(command(), { signal: controller.signal }),
            dialogue: () =>
              connection.run(
                command({
                  traits: { exclusive: true, interrupt: '*' },
                  collector: { continued: () => Buffer.from('x') },
                }),
              ),
          }
          let settled = 0
          const count = (outcome: unknown): void => {
            settled++
            if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ImapError)
          }
          for (const name of wanted) void make[name]().then(() => count(undefined), count)
          for (const [text, pause] of lines) {
            const tags = [...peer.received.matchAll(/([A-Z]{6}\d+) /g)].map((match) => match[1]).reverse()
            if (!peer.stream.destroyed) peer.send(text.replace(/%(\d)/, (_, n: string) => tags[Number(n)] ?? 'A1'))
            if (pause) await sleep(0)
          }
          controller.abort()
          await sleep(1)
          connection.close()
          const info = await connection.closed
          await sleep(0)
          expect(settled).toBe(wanted.length)
          expect(['closed', 'error', 'logout']).toContain(info.reason)
          expect([connection.state, connection.isQuiet, connection.selected]).toEqual(['logout', true, null])
        },
      ),
      { numRuns: 300 },
    )
  })
})
