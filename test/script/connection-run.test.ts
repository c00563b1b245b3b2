import { describe, expect, it } from 'vitest'
import { capability, create, noop } from '../../src/commands/simple.js'
import { select } from '../../src/commands/select.js'
import {
  ArgumentError,
  ByeError,
  CapabilityError,
  ConnectionError,
  ImapError,
  OutcomeUnknownError,
  ProtocolError,
  ResponseError,
  StateError,
} from '../../src/model/errors.js'
import { command, named, open, rejection, sleep } from '../unit/connection/support.js'

describe('running commands', () => {
  it('answers each of several commands in flight, whatever the order of the answers', async () => {
    const { connection, peer } = await open()
    const results = Promise.all(
      [1, 2, 3].map((n) => connection.run(command({ collector: { done: (t) => `${n} ${t.text}` } }))),
    )
    const tags = [await peer.command(), await peer.command(), await peer.command()].map(({ tag }) => tag)
    peer.send(`${tags[2]} OK third`, `${tags[0]} OK first`, `${tags[1]} OK second`)
    expect(await results).toEqual(['1 first', '2 second', '3 third'])
    connection.close()
  })

  it('gives tags with one unpredictable prefix for each connection', async () => {
    const [a, b] = [await open(), await open()]
    for (const { connection } of [a, b]) connection.run(noop()).catch(() => undefined)
    const tags = [await a.peer.command(), await b.peer.command()].map(({ tag }) => tag)
    expect(tags[0]).toMatch(/^[A-Z]{6}1$/)
    expect(tags[0]).not.toBe(tags[1])
    a.connection.close()
    b.connection.close()
  })

  it('sends at most as many commands as pipelining allows', async () => {
    const { connection, peer } = await open({ pipelining: 2 })
    const all = Promise.all([1, 2, 3].map(() => connection.run(command())))
    const first = await peer.command()
    const second = await peer.command()
    await sleep(20)
    expect(peer.received.split('\r\n')).toHaveLength(3)
    peer.send(`${second.tag} OK`)
    const third = await peer.command()
    peer.send(`${first.tag} OK`, `${third.tag} OK`)
    await all
    connection.close()
  })

  it('bounds the octets in flight, but always sends one command', async () => {
    const { connection, peer } = await open()
    const big = 'x'.repeat(200_000)
    const send = () => connection.run(command({ encode: (w) => void w.sp().literal(Buffer.from(big)) }))
    const all = Promise.all([send(), send(), send()])
    const tags: string[] = []
    for (let i = 0; i < 2; i++) {
      tags.push((await peer.command()).tag)
      await peer.octets(200_002)
    }
    await sleep(20)
    expect(peer.received).toHaveLength(2 * (200_002 + `${tags[0]} XTEST {200000+}\r\n`.length))
    peer.send(`${tags[0]} OK`)
    tags.push((await peer.command()).tag)
    await peer.octets(200_002)
    peer.send(`${tags[1]} OK`, `${tags[2]} OK`)
    await all
    connection.close()
  })

  it('rejects with NO and BAD, and lets the command make the error', async () => {
    const { connection, peer } = await open()
    const no = rejection(connection.run(command()))
    await peer.answer('NO [NONEXISTENT] no such thing')
    expect(await no).toMatchObject({
      name: 'ResponseError',
      status: 'NO',
      responseCode: { name: 'NONEXISTENT' },
      text: 'no such thing',
      command: 'XTEST',
    })
    const own = rejection(
      connection.run(command({ collector: { refused: () => new ArgumentError('made by the command') } })),
    )
    await peer.answer('BAD what')
    expect(await own).toMatchObject({ message: 'made by the command' })
    connection.close()
  })

  it('rejects only the command whose arguments cannot be written, and writes nothing of it', async () => {
    const { connection, peer } = await open()
    const bad = rejection(connection.run(command({ encode: (w) => void w.sp().atom('a b') })))
    const thrown = rejection(
      connection.run(
        command({
          encode: (w) => {
            w.sp().word('HALF')
            throw new Error('a bug in the command')
          },
        }),
      ),
    )
    const good = connection.run(noop())
    expect(await bad).toBeInstanceOf(ArgumentError)
    expect(await thrown).toMatchObject({ code: 'ERR_IMAP_COMMAND', command: 'XTEST' })
    expect(await peer.answer()).toBe('NOOP')
    await good
    expect(peer.received).toMatch(/^[A-Z]{6}1 NOOP\r\n$/)
    connection.close()
  })

  it('checks state and capabilities at the head of the queue, with what was learnt until then', async () => {
    const { connection, peer } = await open({}, '* OK hello')
    const login = connection.run(
      command({
        name: 'XLOGIN',
        states: ['not-authenticated'],
        traits: { exclusive: true, effect: { kind: 'authenticate' } },
      }),
    )
    const quota = connection.run(
      command({ name: 'XQUOTA', states: ['authenticated', 'selected'], needs: ['A', 'QUOTA'] }),
    )
    const missing = rejection(
      connection.run(command({ name: 'XACL', states: ['authenticated', 'selected'], needs: 'ACL' })),
    )
    const early = rejection(connection.run(command({ name: 'XFETCH', states: ['selected'] })))
    expect(await peer.answer('OK [CAPABILITY IMAP4rev1 QUOTA] in')).toBe('XLOGIN')
    await login
    expect(await peer.answer()).toBe('XQUOTA')
    await quota
    expect(await missing).toBeInstanceOf(CapabilityError)
    expect(await missing).toMatchObject({ needs: 'ACL', command: 'XACL' })
    expect(((await missing) as Error).message).toContain('needs ACL')
    expect(await early).toBeInstanceOf(StateError)
    expect(((await early) as Error).message).toContain('select a mailbox first')
    connection.close()
  })

  it('refuses commands of another selection, and sends none', async () => {
    const { connection, peer } = await open()
    const selecting = connection.run(select('A'))
    await peer.answer('OK [READ-WRITE] ok', '* 3 EXISTS')
    await selecting
    const first = connection.selected?.serial
    const stale = connection.run(select('B'))
    const late = rejection(connection.run(command({ states: ['selected'] }), { selection: first }))
    await peer.answer('OK ok', '* 0 EXISTS')
    await stale
    expect(await late).toMatchObject({
      name: 'StateError',
      message: expect.stringContaining('no longer selected') as string,
    })
    connection.close()
  })

  it('writes with what is known at that moment: a literal waits where LITERAL+ is missing', async () => {
    const { connection, peer } = await open({}, '* PREAUTH [CAPABILITY IMAP4rev1] hi')
    const created = connection.run(create('a"\\ä\u0000'.slice(0, 3) + '\r\n'.slice(2) + 'x'))
    expect(await peer.answer()).toContain('CREATE')
    await created
    const written = connection.run(command({ encode: (w) => void w.sp().literal(Buffer.from('abc')) }))
    const { tag, text } = await peer.command()
    expect(text).toBe('XTEST {3}')
    peer.send('+ go on')
    expect(await peer.line()).toBe('abc')
    peer.send(`${tag} OK`)
    await written
    connection.close()
  })

  it.each(['NO', 'BAD'])('drops what is left of a command whose literal is refused with %s', async (status) => {
    const { connection, peer } = await open({}, '* PREAUTH [CAPABILITY IMAP4rev1] hi')
    const refused = rejection(
      connection.run(
        command({ encode: (w) => void w.sp().literal(Buffer.from('abc')).sp().literal(Buffer.from('def')) }),
      ),
    )
    const next = connection.run(noop())
    await peer.answer(`${status} too big`)
    expect(await refused).toMatchObject({ status })
    expect(await peer.answer()).toBe('NOOP')
    await next
    expect(peer.received).not.toContain('abc')
    connection.close()
  })

  it('ends the connection when a command is answered OK before it was sent completely', async () => {
    const { connection, peer } = await open({}, '* PREAUTH [CAPABILITY IMAP4rev1] hi')
    const early = rejection(connection.run(command({ encode: (w) => void w.sp().literal(Buffer.from('abc')) })))
    await peer.answer('OK already')
    expect(await early).toBeInstanceOf(ProtocolError)
    expect(await connection.closed).toMatchObject({ reason: 'error', error: { code: 'ERR_IMAP_PROTOCOL' } })
  })

  it('ends the connection at an answer with a tag that was never sent', async () => {
    for (const tag of ['A1', '']) {
      const { connection, peer } = await open()
      const waiting = rejection(connection.run(noop()))
      const sent = (await peer.command()).tag
      // Also the tag that the next command would get.
      peer.send(`${tag === '' ? sent.replace('1', '2') : tag} OK`)
      expect(await waiting).toMatchObject({ message: expect.stringContaining('never sent') as string })
      expect((await connection.closed).reason).toBe('error')
    }
  })

  it('warns of a second answer to one command, and gives up when it goes on', async () => {
    const { connection, peer, events } = await open()
    const done = connection.run(noop())
    const { tag } = await peer.command()
    peer.send(`${tag} OK`, `${tag} OK again`, 'DONE BAD unknown command')
    await done
    const next = connection.run(noop())
    await peer.answer()
    await next
    expect(named(events, 'warning')).toHaveLength(2)
    for (let i = 0; i < 16; i++) peer.send(`${tag} OK again`)
    expect(await connection.closed).toMatchObject({ reason: 'error' })
  })

  it('warns of a response that cannot be read, and goes on', async () => {
    const { connection, peer, events } = await open()
    const running = connection.run(capability())
    const { tag } = await peer.command()
    peer.send('* FETCH 1 (', '* 1 EXISTS )', '~#?', '* 99999999999999 EXISTS', '* CAPABILITY IMAP4rev1', `${tag} OK`)
    expect(await running).toEqual(['IMAP4rev1'])
    expect(named(events, 'warning').length).toBeGreaterThanOrEqual(2)
    connection.close()
  })

  it('rejects a command whose answer cannot be read, and goes on', async () => {
    const { connection, peer, events } = await open()
    const broken = rejection(connection.run(noop()))
    const next = connection.run(noop())
    const { tag } = await peer.command()
    peer.send(`${tag} MAYBE`)
    expect(await broken).toBeInstanceOf(ProtocolError)
    await peer.answer()
    await next
    expect(named(events, 'warning')).toHaveLength(1)
    connection.close()
  })

  it('warns of a continuation request for which nothing waits', async () => {
    const { connection, peer, events } = await open()
    const running = connection.run(noop())
    const { tag } = await peer.command()
    peer.send('+ what', `${tag} OK`)
    await running
    expect(named(events, 'warning')).toHaveLength(1)
    connection.close()
  })

  it('outlives collectors, sinks and listeners that throw', async () => {
    const { connection, peer, events } = await open()
    connection.onResponse(() => {
      throw new Error('listener')
    })
    connection.onQuiet(() => {
      throw new Error('quiet')
    })
    const thrown = rejection(
      connection.run(
        command({
          name: 'XTHROW',
          collector: {
            untagged: () => {
              throw new Error('collector')
            },
            failed: () => {
              throw new Error('failed')
            },
          },
        }),
      ),
    )
    const done = rejection(
      connection.run(
        command({
          collector: {
            done: () => {
              throw new TypeError('done')
            },
          },
        }),
      ),
    )
    const { tag } = await peer.command()
    peer.send('* LIST () NIL x', `${tag} OK`)
    expect(await thrown).toMatchObject({
      code: 'ERR_IMAP_COMMAND',
      message: expect.stringContaining('collector') as string,
    })
    await peer.answer()
    expect(await done).toBeInstanceOf(ImapError)
    const next = connection.run(noop())
    await peer.answer()
    await next
    expect(named(events, 'warning').every(({ error }) => error.code === 'ERR_IMAP_LISTENER')).toBe(true)
    expect(connection.isOpen).toBe(true)
    connection.close()
  })

  it('outlives a target of events that throws', async () => {
    const { connection, peer } = await open({
      listens: () => true,
      emit: () => {
        throw new Error('emit')
      },
    })
    const running = connection.run(noop())
    await peer.answer('OK', '* OK [ALERT] a', '* OK [ALERT] b')
    await running
    expect(connection.isOpen).toBe(true)
    connection.close()
    expect(await connection.closed).toEqual({ reason: 'closed' })
  })

  it('lets a command look at what is there while it is written and collected', async () => {
    const { connection, peer } = await open()
    const enabling = connection.run(
      command({ name: 'ENABLE', traits: { exclusive: true, effect: { kind: 'enable', extensions: [] } } }),
    )
    await peer.answer('OK', '* ENABLED UTF8=ACCEPT')
    await enabling
    const seen: unknown[] = []
    const running = connection.run(
      command({
        encode: (w, context) => {
          seen.push(
            context.has('idle'),
            context.has('MOVE'),
            context.isEnabled('utf8=accept'),
            context.isEnabled('QRESYNC'),
          )
          w.sp().mailbox('ä')
        },
        collect: ({ tag, uidOf }) => {
          seen.push(tag.length > 6, uidOf(1))
          return { done: () => undefined }
        },
      }),
    )
    expect(await peer.answer()).toBe('XTEST "\u00c3\u00a4"')
    await running
    expect(seen).toEqual([true, false, true, false, true, undefined])
    expect([...connection.enabled]).toEqual(['UTF8=ACCEPT'])
    connection.close()
  })

  it.each([
    ['authenticate first', '* OK [CAPABILITY A] hi', ['authenticated', 'selected'] as const],
    ['it comes before login', '* PREAUTH [CAPABILITY A] hi', ['not-authenticated'] as const],
  ])('advises: %s', async (advice, greeting, states) => {
    const { connection } = await open({}, greeting)
    expect(await rejection(connection.run(command({ states })))).toMatchObject({
      message: expect.stringContaining(advice) as string,
    })
    connection.close()
  })

  it('advises in the selected state, and refuses a stale mailbox', async () => {
    const { connection, peer } = await open({}, '* PREAUTH hi')
    const selecting = connection.run(select('A'))
    await peer.answer('OK', '* OK [UIDVALIDITY 1] x')
    await selecting
    const selection = connection.selected?.serial
    const before = command({ states: ['not-authenticated'] })
    expect(await rejection(connection.run(before))).toMatchObject({
      message: expect.stringContaining('before login') as string,
    })
    const unselected = command({ states: ['authenticated'] })
    expect(await rejection(connection.run(unselected))).toMatchObject({
      message: expect.stringContaining('unselect') as string,
    })
    expect(await rejection(connection.run(command({ needs: 'X' })))).toMatchObject({
      message: expect.stringContaining('CAPABILITY first') as string,
    })
    const moving = connection.run(noop())
    await peer.answer('OK', '* OK [UIDVALIDITY 2] x')
    await moving
    expect(await rejection(connection.run(noop(), { selection }))).toMatchObject({
      message: expect.stringContaining('UIDVALIDITY') as string,
    })
    connection.close()
  })

  it('never throws by itself, and rejects with the reason after the end', async () => {
    const { connection, peer } = await open()
    const { states: _, ...broken } = command()
    expect(await rejection(connection.run(broken as ReturnType<typeof command>))).toBeInstanceOf(ImapError)
    expect(await rejection(connection.run(noop(), { timeout: NaN }))).toBeInstanceOf(ArgumentError)
    connection.close()
    connection.close()
    expect(await rejection(connection.run(noop()))).toBeInstanceOf(ConnectionError)
    expect(await connection.closed).toEqual({ reason: 'closed' })
    expect(connection.state).toBe('logout')
    expect(peer.received).toBe('')
  })

  it('tells the responses in order, with the commands that they end', async () => {
    const { connection, peer } = await open()
    const heard: string[] = []
    const remove = connection.onResponse((response, name) => {
      heard.push(
        response.kind === 'tagged' ? `${name} ${response.status}` : response.kind === 'untagged' ? response.type : '+',
      )
    })
    const running = connection.run(noop())
    await peer.answer('OK', '* 1 EXISTS', '* LIST () NIL a')
    await running
    remove()
    const next = connection.run(noop())
    await peer.answer()
    await next
    expect(heard).toEqual(['EXISTS', 'LIST', 'NOOP OK'])
    connection.close()
  })

  it('tells when it is busy and when it is quiet again', async () => {
    const { connection, peer } = await open()
    const heard: boolean[] = []
    connection.onQuiet((quiet) => heard.push(quiet))
    expect(connection.isQuiet).toBe(true)
    const running = Promise.all([connection.run(noop()), connection.run(noop())])
    expect(connection.isQuiet).toBe(false)
    await peer.answer()
    await peer.answer()
    await running
    expect(heard).toEqual([false, true])
    connection.close()
  })

  it('refuses more than limits.queue commands', async () => {
    const { connection, peer } = await open({ pipelining: 1, limits: { queue: 2 } })
    const all = [1, 2, 3].map(() => connection.run(noop()))
    expect(await rejection(connection.run(noop()))).toMatchObject({ name: 'StateError', retryable: true })
    for (let i = 0; i < 3; i++) await peer.answer()
    await Promise.all(all)
    connection.close()
  })

  it('runs thousands of queued commands in time', async () => {
    const { connection, peer } = await open()
    const count = 20_000
    peer.stream.removeAllListeners('data')
    let rest = ''
    peer.stream.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n')
      rest = lines.pop() ?? ''
      peer.send(...lines.map((line) => `${line.split(' ')[0]} OK`))
    })
    const start = performance.now()
    await Promise.all(Array.from({ length: count }, () => connection.run(noop())))
    expect(performance.now() - start).toBeLessThan(5000)
    connection.close()
  })
})

describe('losing the connection', () => {
  it('tells what was sent and is not safe that its outcome is unknown; all else gets the reason', async () => {
    const { connection, peer } = await open({ pipelining: 2 })
    const unsafe = rejection(connection.run(command({ name: 'XCOPY' })))
    const safe = rejection(connection.run(noop()))
    const queued = rejection(connection.run(command({ name: 'XMOVE' })))
    await peer.command()
    await peer.command()
    peer.stream.end()
    expect(await unsafe).toBeInstanceOf(OutcomeUnknownError)
    expect(await unsafe).toMatchObject({ command: 'XCOPY', cause: { code: 'ERR_IMAP_CONNECTION' } })
    expect(await safe).toMatchObject({ code: 'ERR_IMAP_CONNECTION', retryable: true })
    expect(await queued).toBe(await safe)
    expect(await connection.closed).toMatchObject({ reason: 'error', error: await safe })
    expect(await rejection(connection.run(noop()))).toBe(await safe)
  })

  it('rejects all with ByeError after an unasked BYE, once the answers behind it are read', async () => {
    const { connection, peer, events } = await open({ pipelining: 2 })
    const answered = connection.run(noop())
    const cut = rejection(connection.run(command({ safe: true })))
    const queued = rejection(connection.run(noop()))
    const { tag } = await peer.command()
    await peer.command()
    peer.send('* BYE [UNAVAILABLE] shutting down', `${tag} OK`)
    await answered
    expect(await queued).toBeInstanceOf(ByeError)
    expect(connection.isOpen).toBe(false)
    peer.stream.end()
    expect(await cut).toMatchObject({ name: 'ByeError', text: 'shutting down', responseCode: { name: 'UNAVAILABLE' } })
    expect(await connection.closed).toMatchObject({ reason: 'error', error: { code: 'ERR_IMAP_BYE' } })
    expect(named(events, 'bye')).toEqual([{ text: 'shutting down' }])
  })

  it('does not wait for ever on a server that says BYE and stays', async () => {
    const { connection, peer } = await open({ timeouts: { grace: 30 } })
    const cut = rejection(connection.run(noop()))
    await peer.command()
    peer.send('* BYE')
    expect(await cut).toBeInstanceOf(ByeError)
    await connection.closed
  })

  it('takes BYE for the good-bye of LOGOUT', async () => {
    for (const answers of [true, false]) {
      const { connection, peer } = await open()
      const logout = connection.run(
        command({ name: 'LOGOUT', traits: { exclusive: true, effect: { kind: 'logout' } } }),
      )
      const late = rejection(connection.run(noop()))
      const { tag } = await peer.command()
      peer.send('* BYE see you')
      if (answers) peer.send(`${tag} OK`)
      else peer.stream.end()
      await logout
      expect(await late).toBeInstanceOf(ImapError)
      expect(await connection.closed).toEqual({ reason: 'logout' })
    }
  })

  it('closes when a limit is passed', async () => {
    const { connection, peer } = await open({ limits: { line: 1000 } })
    const waiting = rejection(connection.run(noop()))
    await peer.command()
    peer.raw(`* OK ${'x'.repeat(2000)}`)
    expect(await waiting).toMatchObject({ name: 'LimitError', limit: 'line' })
    expect(await connection.closed).toMatchObject({ reason: 'error', error: { code: 'ERR_IMAP_LIMIT' } })
  })

  it('goes on after a message that is nested too deep: a defect of that message', async () => {
    const { connection, peer } = await open()
    const seen: unknown[] = []
    connection.onResponse((response) => seen.push(response))
    const running = connection.run(noop())
    const { tag } = await peer.command()
    peer.send(`* 1 FETCH (UID 5 BODYSTRUCTURE ${'('.repeat(500)}${')'.repeat(500)} FLAGS ())`, `${tag} OK`)
    await running
    const defects = [expect.objectContaining({ item: 'BODYSTRUCTURE' })]
    expect(seen[0]).toMatchObject({ type: 'FETCH', data: { uid: 5, flags: [], defects } })
    expect(connection.isOpen).toBe(true)
    connection.close()
  })

  it('rejects with the reason that it is closed for', async () => {
    const { connection, peer } = await open()
    const waiting = rejection(connection.run(noop()))
    await peer.command()
    const reason = new ConnectionError('the pool has no use for it')
    connection.close(reason)
    expect(await waiting).toBe(reason)
    expect(await connection.closed).toEqual({ reason: 'error', error: reason })
  })

  it('answers ResponseError, not less, for a refusal that comes in the last packet', async () => {
    const { connection, peer } = await open()
    const refused = rejection(connection.run(noop()))
    await peer.answer('NO over quota')
    peer.stream.end()
    expect(await refused).toBeInstanceOf(ResponseError)
    await connection.closed
  })
})
