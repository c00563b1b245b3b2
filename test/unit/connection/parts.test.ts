import { describe, expect, it, vi } from 'vitest'
import { Aborts } from '../../../src/connection/aborts.js'
import { delay, SilenceClock } from '../../../src/connection/clock.js'
import { Queue, type Queued } from '../../../src/connection/queue.js'
import { TagSource } from '../../../src/connection/tags.js'
import { parsePins, tlsError } from '../../../src/connection/tls.js'
import { traceIn, traceLine, traceOut } from '../../../src/connection/trace.js'
import { Capabilities } from '../../../src/model/capabilities.js'

describe('Capabilities', () => {
  const capabilities = new Capabilities(
    ['IMAP4rev1', 'auth=PLAIN', 'AUTH=SCRAM-SHA-256', 'APPENDLIMIT=1000', 'QRESYNC'],
    (names) => ([...names].includes('QRESYNC') ? ['CONDSTORE'] : []),
  )

  it('have names in any case, implied ones included, and announce what was announced', () => {
    expect(['imap4REV1', 'CONDSTORE', 'qresync', 'IDLE'].map((name) => capabilities.has(name))).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect([...capabilities]).toEqual(['IMAP4REV1', 'AUTH=PLAIN', 'AUTH=SCRAM-SHA-256', 'APPENDLIMIT=1000', 'QRESYNC'])
    expect(capabilities.size).toBe(5)
    expect(capabilities.mechanisms()).toEqual(['PLAIN', 'SCRAM-SHA-256'])
    expect(capabilities.known).toBe(true)
    expect(Capabilities.UNKNOWN).toMatchObject({ known: false, size: 0 })
  })

  it.each([
    ['APPENDLIMIT=1000', 1000],
    ['APPENDLIMIT', undefined],
    ['APPENDLIMIT=', undefined],
    ['APPENDLIMIT=1e9', undefined],
    [`APPENDLIMIT=${'9'.repeat(30)}`, undefined],
    ['IDLE', undefined],
  ])('%s limits APPEND to %s', (name, limit) => {
    expect(new Capabilities([name]).appendLimit).toBe(limit)
  })
})

describe('Queue', () => {
  class Node implements Queued<Node> {
    previous: Node | undefined
    next: Node | undefined
  }

  it('takes elements out of its head, its tail and its middle', () => {
    const queue = new Queue<Node>()
    const [a, b, c] = [new Node(), new Node(), new Node()]
    for (const each of [a, b, c]) queue.push(each)
    expect([...queue]).toEqual([a, b, c])
    queue.remove(b)
    expect([queue.head, queue.tail, queue.length]).toEqual([a, c, 2])
    queue.remove(a)
    queue.remove(c)
    expect([queue.head, queue.tail, queue.length]).toEqual([undefined, undefined, 0])
  })

  it('can lose an element while it is looked through', () => {
    const queue = new Queue<Node>()
    for (let i = 0; i < 5; i++) queue.push(new Node())
    let seen = 0
    for (const each of queue) {
      queue.remove(each)
      seen++
    }
    expect([seen, queue.length]).toEqual([5, 0])
  })
})

describe('TagSource', () => {
  it('knows its own tags', () => {
    const tags = new TagSource(() => 3)
    expect(tags.next).toBe('DDDDDD1')
    expect(tags.give()).toBe('DDDDDD1')
    expect(tags.strange('DDDDDD1').fatal).toBe(false)
    for (const never of ['DDDDDD2', 'DDDDDD01', 'DDDDDD', 'DDDDDDx', 'A1', 'DDDDDD1 ', '*']) {
      expect(tags.strange(never).fatal).toBe(true)
    }
  })

  it('bears a few answers to commands that were answered', () => {
    const tags = new TagSource(() => 0)
    const tag = tags.give()
    const judged = Array.from({ length: 17 }, () => tags.strange(tag).fatal)
    expect(judged.indexOf(true)).toBe(16)
  })
})

describe('Aborts', () => {
  it('listens once for each signal, and no longer than needed', () => {
    const fired: number[][] = []
    const aborts = new Aborts<number>((members) => fired.push([...members]))
    const controller = new AbortController()
    const added = vi.spyOn(controller.signal, 'addEventListener')
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    for (const member of [1, 2, 3]) aborts.add(controller.signal, member)
    aborts.remove(controller.signal, 2)
    aborts.remove(new AbortController().signal, 2)
    expect(added).toHaveBeenCalledTimes(1)
    controller.abort()
    expect(fired).toEqual([[1, 3]])
    const other = new AbortController()
    const gone = vi.spyOn(other.signal, 'removeEventListener')
    aborts.add(other.signal, 4)
    aborts.remove(other.signal, 4)
    expect(gone).toHaveBeenCalledTimes(1)
    expect(removed).not.toHaveBeenCalled()
  })
})

describe('SilenceClock', () => {
  const run = (silence: number) => {
    vi.useFakeTimers()
    const progress = { octets: 0, at: 0 }
    const ends: string[] = []
    const clock = new SilenceClock(silence, progress, (kind) => ends.push(kind))
    const move = (octets: number): void => {
      progress.octets += octets
      progress.at = performance.now()
    }
    const pass = (milliseconds: number): void => void vi.advanceTimersByTime(milliseconds)
    return { clock, ends, move, pass }
  }

  it('ends after silence while something is owed', () => {
    const { clock, ends, move, pass } = run(1000)
    pass(5000)
    clock.update(true, false)
    pass(900)
    move(1)
    pass(900)
    expect(ends).toEqual([])
    clock.update(false, false)
    pass(10_000)
    clock.update(true, false)
    pass(999)
    expect(ends).toEqual([])
    pass(10)
    expect(ends).toEqual(['silence'])
    pass(10_000)
    expect(ends).toHaveLength(1)
    vi.useRealTimers()
  })

  it('ends at a trickle only where the rate holds', () => {
    for (const rated of [true, false]) {
      const { clock, ends, move, pass } = run(10_000)
      clock.update(true, rated)
      for (let i = 0; i < 60; i++) {
        move(1)
        pass(500)
      }
      expect(ends).toEqual(rated ? ['trickle'] : [])
      clock.stop()
      vi.useRealTimers()
    }
  })

  it('does not end at what is slow but gets on', () => {
    const { clock, ends, move, pass } = run(10_000)
    clock.update(true, true)
    for (let i = 0; i < 20; i++) {
      pass(5000)
      move(1000)
    }
    expect(ends).toEqual([])
    clock.stop()
    pass(100_000)
    expect(ends).toEqual([])
    vi.useRealTimers()
  })

  it('knows what setTimeout can take', () => {
    expect([delay(5), delay(Infinity)]).toEqual([5, 2 ** 31 - 1])
  })
})

describe('the trace', () => {
  it('leaves out what is secret, and cuts what is long', () => {
    expect(traceIn(`+ ${'c'.repeat(40)}`, true)).toBe('+ ***')
    expect(traceIn('+ ok', true)).toBe('+ ok')
    expect(traceIn(`+ ${'c'.repeat(40)}`, false)).toContain('cccc')
    expect(traceOut('x'.repeat(5000)).length).toBeLessThan(2100)
    expect([
      traceLine(Buffer.from('DONE\r\n')),
      traceLine(Buffer.from('*\r\n')),
      traceLine(Buffer.from('c2VjcmV0\r\n')),
    ]).toEqual(['DONE', '*', '***'])
  })
})

describe('TLS', () => {
  it('reads pins', () => {
    const pin = Buffer.alloc(32, 7).toString('base64')
    expect(parsePins(undefined)).toEqual([])
    expect(parsePins(`sha256//${pin}`)).toEqual([pin])
    expect(() => parsePins('abc')).toThrow('no base64 SHA-256')
  })

  it.each([
    ['ECONNRESET', true],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false],
    ['EPROTO', false],
  ])('says whether trying again after %s may help', (code, retryable) => {
    expect(tlsError(Object.assign(new Error('x'), { code }), 'h').retryable).toBe(retryable)
  })
})
