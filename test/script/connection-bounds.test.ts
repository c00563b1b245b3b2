import { describe, expect, it } from 'vitest'
import { idle } from '../../src/commands/idle.js'
import { noop } from '../../src/commands/simple.js'
import type { LiteralHead, LiteralSink } from '../../src/commands/command.js'
import { AbortError, ArgumentError, ConnectionError, StreamBusyError, TimeoutError } from '../../src/model/errors.js'
import { uids } from '../../src/model/number-set.js'
import { command, named, open, rejection, sleep } from '../unit/connection/support.js'

const SYNC = '* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hi'

/** A dialogue such as AUTHENTICATE. */
function dialogue(continued: (text: string) => Uint8Array | null | Promise<Uint8Array | null>) {
  return command({
    name: 'XAUTH',
    traits: { exclusive: true, interrupt: '*' },
    collector: { continued: ({ text }) => continued(text) },
  })
}

describe('aborting', () => {
  it('takes a queued command back, and sends nothing of it', async () => {
    const { connection, peer } = await open({ pipelining: 1 })
    const first = connection.run(noop())
    const controller = new AbortController()
    const queued = [1, 2].map(() => rejection(connection.run(command(), { signal: controller.signal })))
    const last = connection.run(noop())
    controller.abort('changed my mind')
    for (const each of queued) {
      expect(await each).toBeInstanceOf(AbortError)
      expect(await each).toMatchObject({ name: 'AbortError', connection: 'kept', cause: 'changed my mind' })
    }
    await peer.answer()
    await peer.answer()
    await Promise.all([first, last])
    expect(peer.received).not.toContain('XTEST')
    connection.close()
  })

  it('rejects a command that was aborted before it was run', async () => {
    const { connection } = await open()
    expect(await rejection(connection.run(noop(), { signal: AbortSignal.abort() }))).toBeInstanceOf(AbortError)
    connection.close()
  })

  it('rejects at once in flight, discards the answer, and goes on', async () => {
    const { connection, peer, events } = await open()
    const controller = new AbortController()
    const failures: unknown[] = []
    const aborted = rejection(
      connection.run(
        command({
          name: 'LIST',
          traits: { answers: 'LIST' },
          collector: {
            untagged: () => {
              throw new Error('this collector has ended')
            },
            failed: (error) => failures.push(error),
          },
        }),
        { signal: controller.signal },
      ),
    )
    const { tag } = await peer.command()
    controller.abort()
    expect(await aborted).toMatchObject({ name: 'AbortError', connection: 'kept', command: 'LIST' })
    expect(failures).toEqual([await aborted])
    const next = connection.run(noop())
    const after = await peer.command()
    peer.send('* LIST () NIL a', `${tag} OK`, `${after.tag} OK`)
    await next
    expect(named(events, 'list')).toEqual([])
    expect(named(events, 'warning')).toEqual([])
    connection.close()
  })

  it('keeps many calls with one signal, without a warning of the platform', async () => {
    const warnings: Error[] = []
    const listener = (warning: Error): void => void warnings.push(warning)
    process.on('warning', listener)
    const { connection, peer } = await open()
    const { signal } = new AbortController()
    const all = Array.from({ length: 50 }, () => connection.run(noop(), { signal }))
    for (let i = 0; i < 50; i++) await peer.answer()
    await Promise.all(all)
    await sleep(5)
    process.removeListener('warning', listener)
    expect(warnings).toEqual([])
    connection.close()
  })

  it('closes when the answer to an aborted command does not come within the grace', async () => {
    const { connection, peer } = await open({ timeouts: { grace: 30 } })
    const controller = new AbortController()
    const aborted = rejection(connection.run(command(), { signal: controller.signal }))
    const waiting = rejection(connection.run(noop()))
    await peer.command()
    controller.abort()
    expect(await aborted).toBeInstanceOf(AbortError)
    expect(await waiting).toMatchObject({
      name: 'TimeoutError',
      phase: 'grace',
      connection: 'closed',
      command: 'XTEST',
    })
    await connection.closed
  })

  it('ends IDLE with DONE, and only after the server has asked', async () => {
    const { connection, peer } = await open()
    const controller = new AbortController()
    const idling = rejection(connection.run(idle(), { signal: controller.signal, timeout: Infinity }))
    const { tag } = await peer.command()
    controller.abort()
    expect(await idling).toBeInstanceOf(AbortError)
    await sleep(10)
    expect(peer.received).not.toContain('DONE')
    peer.send('+ idling')
    expect(await peer.line()).toBe('DONE')
    peer.send(`${tag} OK`)
    const next = connection.run(noop())
    await peer.answer()
    await next
    connection.close()
  })

  it('cancels AUTHENTICATE with * while the answer is being made, and sends the answer no more', async () => {
    const { connection, peer } = await open()
    const controller = new AbortController()
    let give: (line: Uint8Array) => void = () => undefined
    const answer = new Promise<Uint8Array>((resolve) => {
      give = resolve
    })
    const authenticating = rejection(
      connection.run(
        dialogue(() => answer),
        { signal: controller.signal },
      ),
    )
    const { tag } = await peer.command()
    peer.send('+ challenge')
    await sleep(5)
    controller.abort()
    expect(await authenticating).toBeInstanceOf(AbortError)
    expect(await peer.line()).toBe('*')
    give(Buffer.from('secret'))
    peer.send(`${tag} BAD cancelled`)
    const next = connection.run(noop())
    await peer.answer()
    await next
    expect(peer.received).not.toContain('secret')
    connection.close()
  })
})

describe('dialogues', () => {
  it('answers challenges at once or later, and hands the result over', async () => {
    const { connection, peer, events } = await open({ listens: () => true })
    let step = 0
    const running = connection.run(
      dialogue((text) => (step++ === 0 ? Buffer.from(`to ${text}`) : Promise.resolve(Buffer.from('final')))),
    )
    const { tag } = await peer.command()
    peer.send('+ first')
    expect(await peer.line()).toBe('to first')
    peer.send('+ second')
    expect(await peer.line()).toBe('final')
    peer.send(`${tag} OK`)
    await running
    const traced = named(events, 'trace').map(({ text }) => text)
    expect(traced).toContain('***')
    expect(traced.join()).not.toContain('final')
    connection.close()
  })

  it.each([
    ['throws', () => { throw new Error('no token') }], // prettier-ignore
    ['rejects', () => Promise.reject(new Error('no token'))],
    ['gives two lines', () => Buffer.from('a\r\nX LOGOUT')],
  ])('cancels when the code of the command %s', async (_, continued) => {
    const { connection, peer } = await open()
    const running = rejection(connection.run(dialogue(continued)))
    const { tag } = await peer.command()
    peer.send('+ ')
    expect(await peer.line()).toBe('*')
    peer.send(`${tag} BAD`)
    expect(await running).toMatchObject({ code: expect.stringMatching(/COMMAND|ARGUMENT/) as string })
    expect(connection.isOpen).toBe(true)
    connection.close()
  })

  it('lets IDLE give way once to what waits, and counts it as quiet', async () => {
    const { connection, peer } = await open()
    const idling = connection.run(idle(), { timeout: Infinity })
    const { tag } = await peer.command()
    peer.send('+ idling')
    await sleep(5)
    expect(connection.isQuiet).toBe(true)
    const all = Promise.all([connection.run(noop()), connection.run(noop())])
    expect(await peer.line()).toBe('DONE')
    await sleep(10)
    peer.send(`${tag} OK`)
    await idling
    await peer.answer()
    await peer.answer()
    await all
    expect(peer.received.match(/DONE/g)).toHaveLength(1)
    connection.close()
  })

  it('puts what gives way behind what does not', async () => {
    const { connection, peer } = await open({ pipelining: 1 })
    const first = connection.run(noop())
    connection.run(idle(), { timeout: Infinity }).catch(() => undefined)
    const second = connection.run(command({ name: 'XSECOND' }))
    await peer.answer()
    expect(await peer.answer()).toBe('XSECOND')
    await Promise.all([first, second])
    expect((await peer.command()).text).toBe('IDLE')
    connection.close()
  })
})

describe('time-outs', () => {
  it('reject a call in the queue and in flight, and keep the connection', async () => {
    const { connection, peer } = await open({ pipelining: 1 })
    const flying = rejection(connection.run(command({ name: 'XSLOW' }), { timeout: 30 }))
    const queued = rejection(connection.run(noop(), { timeout: 30 }))
    const { tag } = await peer.command()
    expect(await flying).toMatchObject({ name: 'TimeoutError', phase: 'command', connection: 'kept', command: 'XSLOW' })
    expect(await queued).toMatchObject({ phase: 'command', message: expect.stringContaining('queue') as string })
    const next = connection.run(noop())
    peer.send(`${tag} OK late`)
    await peer.answer()
    await next
    connection.close()
  })

  it('have a default of their own for authentication', async () => {
    const { connection } = await open({ timeouts: { auth: 20 } })
    expect(await rejection(connection.run(command(), { phase: 'auth' }))).toMatchObject({ phase: 'auth' })
    connection.close()
  })

  it('close the connection when the server says nothing', async () => {
    const { connection, peer } = await open({ timeouts: { silence: 50 } })
    const start = performance.now()
    const silent = rejection(connection.run(noop()))
    await peer.command()
    expect(await silent).toMatchObject({ name: 'TimeoutError', phase: 'silence', connection: 'closed' })
    expect(performance.now() - start).toBeGreaterThanOrEqual(45)
  })

  it('count no silence while something comes in, while nothing is awaited, and in IDLE', async () => {
    const { connection, peer } = await open({ timeouts: { silence: 60 } })
    const running = connection.run(noop())
    const { tag } = await peer.command()
    for (let i = 0; i < 4; i++) {
      await sleep(30)
      peer.send('* OK still here')
    }
    peer.send(`${tag} OK`)
    await running
    await sleep(100)
    connection.run(idle(), { timeout: Infinity }).catch(() => undefined)
    await peer.command()
    peer.send('+ idling')
    await sleep(150)
    expect(connection.isOpen).toBe(true)
    connection.close()
  })

  it('take a trickle for silence where nothing else bounds the call', async () => {
    const { connection, peer } = await open({ timeouts: { silence: 200 } })
    const streaming = rejection(connection.run(command({ safe: true }), { stream: true }))
    await peer.command()
    const timer = setInterval(() => peer.raw('.'), 100)
    expect(await streaming).toMatchObject({
      phase: 'silence',
      message: expect.stringContaining('too little') as string,
    })
    clearInterval(timer)
  })

  it('close the connection when an upload is not taken', async () => {
    const { connection, peer } = await open({ timeouts: { silence: 60 } })
    peer.stream.pause()
    const body = Buffer.alloc(1_000_000, 'x')
    const stuck = rejection(connection.run(command({ encode: (w) => void w.sp().literal(body) }), { stream: true }))
    expect(await stuck).toMatchObject({ phase: 'silence' })
  })

  it('do not count the time that the source of an upload takes', async () => {
    const { connection, peer } = await open({ timeouts: { silence: 40 } })
    async function* slow() {
      await sleep(120)
      yield Buffer.from('abc')
    }
    const sent = connection.run(command({ encode: (w) => void w.sp().literal({ stream: slow(), size: 3 }) }), {
      stream: true,
    })
    const { tag } = await peer.command()
    expect(await peer.line()).toBe('abc')
    peer.send(`${tag} OK`)
    await sent
    connection.close()
  })
})

describe('uploads', () => {
  const upload = (stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, size: number) =>
    command({ name: 'APPEND', encode: (w) => void w.sp().literal({ stream, size }) })

  it('sends a source of the size that was announced', async () => {
    const { connection, peer } = await open()
    const sent = connection.run(upload([Buffer.from('ab'), Buffer.alloc(0), Buffer.from('cd')], 4))
    const { tag, text } = await peer.command()
    expect(text).toBe('APPEND {4+}')
    expect(await peer.line()).toBe('abcd')
    peer.send(`${tag} OK`)
    await sent
    const empty = connection.run(upload([], 0))
    expect(await peer.answer()).toBe('APPEND {0+}')
    await empty
    connection.close()
  })

  it.each([
    ['too short', [Buffer.from('ab')], 4, 'ab'],
    ['too long', [Buffer.from('abc'), Buffer.from('de')], 4, 'abc'],
    ['too long by a piece', [Buffer.from('ab'), Buffer.from('cd'), Buffer.from('e')], 4, 'ab'],
    ['no bytes', ['ab', 'cd'] as never[], 4, ''],
  ])('never completes the literal of a source that is %s', async (_, pieces, size, seen) => {
    const { connection, peer } = await open()
    const torn = rejection(connection.run(upload(pieces, size)))
    const waiting = rejection(connection.run(noop()))
    expect(await torn).toMatchObject({ name: 'ConnectionError', retryable: false })
    expect(await waiting).toBe(await torn)
    await connection.closed
    await sleep(5)
    // What had not left when the source failed does not leave any more.
    const sent = peer.received.split('\r\n').slice(1).join('')
    expect(seen.startsWith(sent)).toBe(true)
    expect(seen.length).toBeLessThan(size)
  })

  it('lets the source go when the server hangs up, and when the call is aborted', async () => {
    for (const how of ['hang up', 'abort']) {
      const { connection, peer } = await open()
      let released = false
      async function* endless() {
        try {
          for (;;) {
            await sleep(2)
            yield Buffer.alloc(10)
          }
        } finally {
          released = true
        }
      }
      const controller = new AbortController()
      const failed = rejection(
        connection.run(upload(endless(), 1_000_000), { signal: controller.signal, stream: true }),
      )
      await peer.command()
      if (how === 'abort') controller.abort()
      else peer.stream.end()
      expect(await failed).toMatchObject(
        how === 'abort' ? { name: 'AbortError', connection: 'closed' } : { name: 'ConnectionError' },
      )
      await connection.closed
      await sleep(20)
      expect(released).toBe(true)
    }
  })

  it('rejects with what the source throws as the cause', async () => {
    const { connection } = await open()
    const cause = new Error('disk')
    async function* broken(): AsyncGenerator<Uint8Array> {
      throw cause
    }
    expect(await rejection(connection.run(upload(broken(), 5)))).toMatchObject({ cause })
  })

  it('goes on counting octets after a refusal in the middle, and then with the next command', async () => {
    const { connection, peer } = await open()
    async function* source() {
      yield Buffer.from('ab')
      await sleep(30)
      yield Buffer.from('cd')
    }
    const refused = rejection(connection.run(upload(source(), 4)))
    const next = connection.run(noop())
    const { tag } = await peer.command()
    peer.send(`${tag} NO over quota`)
    expect(await refused).toMatchObject({ status: 'NO' })
    expect(await peer.line()).toBe('abcd')
    expect(await peer.answer()).toBe('NOOP')
    await next
    connection.close()
  })

  it('waits for + before the literal, and then for the source', async () => {
    const { connection, peer } = await open({}, SYNC)
    const sent = connection.run(upload([Buffer.from('abcd')], 4))
    const { tag, text } = await peer.command()
    expect(text).toBe('APPEND {4}')
    await sleep(10)
    expect(peer.received).not.toContain('abcd')
    peer.send('+ ok')
    expect(await peer.line()).toBe('abcd')
    peer.send(`${tag} OK`)
    await sent
    connection.close()
  })
})

describe('streamed literals', () => {
  const fetching = (literal: (head: LiteralHead) => LiteralSink | undefined, set = uids('1:*')) =>
    command({ name: 'UID FETCH', safe: true, traits: { streams: { set } }, collector: { literal } })

  it('hands the bytes of a body to the command that takes them, and the rest to all', async () => {
    const { connection, peer } = await open()
    const seen: string[] = []
    const whole: (Uint8Array | null | undefined)[] = []
    connection.onResponse((response) => {
      if ('type' in response && response.type === 'FETCH') whole.push(response.data.sections?.[0]?.bytes)
    })
    const running = connection.run(
      fetching((head) => {
        seen.push(`${head.seq} ${head.data.uid} ${head.kind}[${head.section}] ${head.size}`)
        return {
          data: (bytes) => seen.push(Buffer.from(bytes).toString()),
          end: () => seen.push('end'),
          fail: () => seen.push('fail'),
        }
      }),
    )
    const { tag } = await peer.command()
    peer.raw('* 3 FETCH (UID 7 BODY[1] {6}\r\nabc')
    await sleep(5)
    peer.raw(`def)\r\n${tag} OK\r\n`)
    await running
    expect(seen).toEqual(['3 7 BODY[1] 6', 'abc', 'def', 'end'])
    expect(whole).toEqual([undefined])
    connection.close()
  })

  it('keeps the bytes when nobody takes them', async () => {
    const { connection, peer } = await open()
    let kept: unknown
    connection.onResponse((response) => {
      if ('type' in response && response.type === 'FETCH') kept = response.data.sections?.[0]?.bytes
    })
    const running = connection.run(fetching(() => undefined))
    const { tag } = await peer.command()
    peer.send('* 3 FETCH (UID 7 BODY[] {3}', `abc)`, `${tag} OK`)
    await running
    expect(Buffer.from(kept as Uint8Array).toString()).toBe('abc')
    connection.close()
  })

  it('discards the bytes of a call that has ended, however many they are', async () => {
    const { connection, peer } = await open({ limits: { literal: 10 } })
    const controller = new AbortController()
    const seen: string[] = []
    const aborted = rejection(
      connection.run(
        fetching(() => ({ data: () => seen.push('data'), end: () => seen.push('end'), fail: () => seen.push('fail') })),
        { signal: controller.signal },
      ),
    )
    const { tag } = await peer.command()
    controller.abort()
    await aborted
    const next = connection.run(noop())
    const after = await peer.command()
    peer.send('* 3 FETCH (UID 7 BODY[] {100}', `${'x'.repeat(100)})`, `${tag} OK`, `${after.tag} OK`)
    await next
    expect(seen).toEqual([])
    connection.close()
  })

  it('fails only the command whose sink throws', async () => {
    const { connection, peer } = await open()
    const boom = (): never => {
      throw new Error('sink')
    }
    const failed = rejection(connection.run(fetching(() => ({ data: boom, end: boom, fail: boom }))))
    const { tag } = await peer.command()
    peer.send('* 3 FETCH (UID 7 BODY[] {3}', 'abc)', `${tag} OK`)
    expect(await failed).toMatchObject({ code: 'ERR_IMAP_COMMAND' })
    const next = connection.run(noop())
    await peer.answer()
    await next
    connection.close()
  })

  it('tells a sink that the connection was lost in the middle', async () => {
    const { connection, peer } = await open()
    const failures: unknown[] = []
    const lost = rejection(
      connection.run(
        fetching(() => ({ data: () => undefined, end: () => undefined, fail: (error) => failures.push(error) })),
      ),
    )
    await peer.command()
    peer.raw('* 3 FETCH (UID 7 BODY[] {30}\r\nabc')
    await sleep(5)
    peer.stream.end()
    expect(await lost).toBeInstanceOf(ConnectionError)
    expect(failures).toEqual([await lost])
  })
})

describe('holding', () => {
  const streaming = { stream: true } as const

  it('stops reading while nobody else waits, and counts no silence then', async () => {
    const { connection, peer } = await open({ timeouts: { silence: 50 } })
    const holder = { buffered: 10 }
    const running = connection.run(command(), { ...streaming, owner: holder })
    const { tag } = await peer.command()
    const hold = connection.hold(holder)
    peer.send(`${tag} OK`)
    const early = await Promise.race([running.then(() => 'answered'), sleep(150).then(() => 'held')])
    expect(early).toBe('held')
    hold.release()
    hold.release()
    await running
    connection.close()
  })

  it('goes on reading for somebody who waits', async () => {
    const { connection, peer } = await open()
    const holder = { buffered: 10 }
    const running = connection.run(command(), { ...streaming, owner: holder })
    const hold = connection.hold(holder)
    const inside = connection.run(noop())
    const other = connection.run(command(), { ...streaming, owner: { buffered: 0 } })
    for (let i = 0; i < 3; i++) await peer.answer()
    await Promise.all([running, inside, other])
    hold.release()
    connection.close()
  })

  it('turns those away who wait when too much is held, before they are sent', async () => {
    const { connection, peer } = await open({ limits: { buffered: 100 } })
    const holder = { buffered: 10 }
    const running = connection.run(command(), { ...streaming, owner: holder })
    const { tag } = await peer.command()
    const hold = connection.hold(holder)
    const inFlight = rejection(connection.run(command({ name: 'XFLYING' })))
    const flying = await peer.command()
    holder.buffered = 101
    peer.send('* OK more')
    expect(await inFlight).toBeInstanceOf(StreamBusyError)
    expect(await rejection(connection.run(command({ name: 'XLATE' })))).toMatchObject({
      name: 'StreamBusyError',
      command: 'XLATE',
    })
    await sleep(5)
    expect(peer.received).not.toContain('XLATE')
    hold.release()
    peer.send(`${tag} OK`, `${flying.tag} OK`)
    await running
    connection.close()
  })

  it('turns away a stream of somebody else, but not the read-ahead of the held one', async () => {
    const { connection, peer } = await open({ limits: { buffered: 5 } })
    const holder = { buffered: 100 }
    const windows = [1, 2].map(() => connection.run(command(), { ...streaming, owner: holder }))
    const nameless = rejection(connection.run(command(), { ...streaming }))
    const hold = connection.hold(holder)
    await sleep(5)
    hold.release()
    for (let i = 0; i < 3; i++) await peer.answer()
    await Promise.all(windows)
    expect(await nameless).toBeInstanceOf(StreamBusyError)
    connection.close()
  })

  it('does not let the grace run out while answers are held back', async () => {
    const { connection, peer } = await open({ limits: { buffered: 5 }, timeouts: { grace: 30 } })
    const holder = { buffered: 100 }
    const running = connection.run(command(), { ...streaming, owner: holder })
    const { tag } = await peer.command()
    const controller = new AbortController()
    const aborted = rejection(connection.run(noop(), { signal: controller.signal }))
    const gone = await peer.command()
    controller.abort()
    await aborted
    const hold = connection.hold(holder)
    await sleep(100)
    expect(connection.isOpen).toBe(true)
    peer.send(`${tag} OK`, `${gone.tag} OK`)
    hold.release()
    await running
    connection.close()
  })

  it('rejects a time-out that is none', async () => {
    const { connection } = await open()
    expect(await rejection(connection.run(noop(), { timeout: -1 }))).toBeInstanceOf(ArgumentError)
    expect(await rejection(connection.run(noop(), { timeout: 0 }))).toBeInstanceOf(TimeoutError)
    connection.close()
  })
})
