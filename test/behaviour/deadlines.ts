import { AbortError, ConnectionError, ImapError, OutcomeUnknownError, TimeoutError, uids, type Uid } from 'imapkit'
import { describe, expect, it } from 'vitest'
import { bigMail, mails } from './mails.js'
import { itNeeds, mailboxWith, open, type Subject } from './subject.js'
import { bytesOf, leavesNothing, rejection, until, within } from './tools.js'

/** Aborts, time-outs, lost connections: what every promise comes to. */
export function deadlines(subject: Subject): void {
  describe('aborting and timing out', () => {
    it('aborts a call before it is sent', async () => {
      await using client = await open(subject)
      const before = client.traffic.bytesOut
      const error = await rejection(client.noop({ signal: AbortSignal.abort(new Error('no')) }))
      expect(error).toBeInstanceOf(AbortError)
      expect(error).toMatchObject({ connection: 'kept', cause: new Error('no') })
      expect(client.traffic.bytesOut).toBe(before)
    })

    it('aborts queued calls and calls in flight, and the others go on', async () => {
      await using client = await open(subject, {}, { pipelining: 1 })
      const name = await mailboxWith(subject, mails(50))
      await using mailbox = await client.select(name)
      const controller = new AbortController()
      const { signal } = controller
      const calls = Array.from({ length: 10 }, (_, i) =>
        i % 2 === 0
          ? mailbox.fetchOne((i + 1) as Uid, { envelope: true })
          : rejection(mailbox.fetchOne((i + 1) as Uid, { envelope: true }, { signal })),
      )
      controller.abort()
      const results = await Promise.all(calls)
      for (const [i, result] of results.entries()) {
        if (i % 2 === 1) expect(result).toMatchObject({ name: 'AbortError', connection: 'kept' })
        else expect(result).toMatchObject({ uid: i + 1, envelope: { subject: `mail ${i + 1}` } })
      }
      expect((await mailbox.search({})).size).toBe(50)
    })

    it('aborts a call in flight at once; its answer reaches nobody', async () => {
      await using client = await open(subject)
      await using mailbox = await client.select(await mailboxWith(subject, [...mails(3), bigMail(2_000_000, 50)]))
      const controller = new AbortController()
      const aborted = rejection(mailbox.search({ body: 'not in there at all' }, { signal: controller.signal }))
      const { bytesOut } = client.traffic
      await until('it is sent', () => client.traffic.bytesOut > bytesOut || client.traffic.bytesOut === bytesOut)
      controller.abort()
      expect(await aborted).toBeInstanceOf(AbortError)
      expect((await mailbox.search({ subject: 'mail 2' })).toString()).toBe('2')
    })

    it('aborts an upload; nothing is torn', async () => {
      const client = await open(subject)
      const name = await mailboxWith(subject)
      const controller = new AbortController()
      const { raw } = bigMail(400_000, 51)
      const source = (async function* () {
        yield raw.subarray(0, 100_000)
        controller.abort()
        await Promise.resolve()
        yield raw.subarray(100_000)
      })()
      const error = await rejection(
        client.append(name, { stream: source, size: raw.length }, { signal: controller.signal }),
      )
      expect(error).toBeInstanceOf(AbortError)
      expect((error as AbortError).connection).toBe(client.state !== 'logout' ? 'kept' : 'closed')
      client.close()
      await using other = await open(subject)
      expect(await other.status(name, { messages: true })).toEqual({ messages: 0 })
    })

    itNeeds(subject, 'IDLE')('aborts calls of a client that idles', async () => {
      const name = await mailboxWith(subject, mails(2))
      const sent: string[] = []
      const on = {
        trace: ({ direction, text }: { direction: string; text: string }) => direction === 'out' && sent.push(text),
      }
      await using client = await open(subject, {}, { idle: { delayMs: 0 }, on })
      await using mailbox = await client.select(name)
      client.on('exists', () => undefined)
      await until('the client idles', () => /\bIDLE\b/.test(sent.at(-1) ?? ''))
      const controller = new AbortController()
      const aborted = rejection(mailbox.search({}, { signal: controller.signal }))
      controller.abort()
      expect(await aborted).toBeInstanceOf(AbortError)
      expect((await mailbox.search({})).size).toBe(2)
    })

    it('times a call out that waits in the queue, and keeps the connection', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject)
      let release: () => void = () => undefined
      const held = new Promise<void>((resolve) => (release = resolve))
      const { raw } = bigMail(1000, 54)
      const upload = client.append(name, {
        stream: (async function* () {
          yield raw.subarray(0, 100)
          // Whatever is called meanwhile waits behind the upload.
          await held
          yield raw.subarray(100)
        })(),
        size: raw.length,
      })
      const error = await within(5000, 'the call', rejection(client.noop({ timeout: 50 })))
      expect(error).toBeInstanceOf(TimeoutError)
      expect(error).toMatchObject({ phase: 'command', connection: 'kept', code: 'ERR_IMAP_TIMEOUT', retryable: true })
      release()
      await upload
      expect(await client.status(name, { messages: true })).toEqual({ messages: 1 })
    })

    it('closes the whole client by its signal', async () => {
      const controller = new AbortController()
      const client = await open(subject, {}, { signal: controller.signal })
      const waiting = rejection(client.noop())
      controller.abort()
      expect(await within(5000, 'the call', waiting)).toBeInstanceOf(ImapError)
      await within(5000, 'closed', client.closed)
      expect(client.state).toBe('logout')
    })

    it('ends quickly when its server is quick', async () => {
      await leavesNothing('a busy client', async () => {
        const client = await open(subject)
        const mailbox = await client.select(await mailboxWith(subject, [bigMail(1_000_000, 52), ...mails(50)]))
        const calls = [
          mailbox.search({}),
          mailbox.fetch(uids('1:*'), { envelope: true }).toArray(),
          ...Array.from({ length: 20 }, (_, i) => mailbox.fetchOne((i + 2) as Uid, { flags: true })),
        ]
        const settled = Promise.allSettled(calls)
        client.close()
        const results = await within(5000, 'all calls', settled)
        for (const each of results) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(ImapError)
        expect(results.some((each) => each.status === 'rejected')).toBe(true)
        await client.closed
      })
    })
  })

  describe('a connection that is lost', () => {
    it('settles every promise with the right error', async () => {
      // More than fits into the buffers of two sockets.
      const name = await mailboxWith(subject, [bigMail(24_000_000, 53), ...mails(20)], 'bob')
      const client = await open(subject, { user: 'bob' }, { idle: false })
      const mailbox = await client.select(name)
      const body = (async () => {
        for await (const each of mailbox.stream(uids(1))) {
          const iterator = each[Symbol.asyncIterator]()
          await iterator.next()
          await subject.kick('bob')
          // What had arrived may still be read; the rest can never come.
          await bytesOf(iterator)
        }
      })()
      const error = await within(15_000, 'the body', rejection(body))
      expect(error).toBeInstanceOf(ConnectionError)
      const info = await within(5000, 'closed', client.closed)
      expect(info).toMatchObject({ reason: 'error' })
      expect(info.error).toBeInstanceOf(ConnectionError)
      const late = [
        rejection(client.noop()),
        rejection(mailbox.search({})),
        rejection(mailbox.fetchOne(2 as Uid, { flags: true })),
        rejection(mailbox.fetch(uids('1:*'), { flags: true }).toArray()),
        rejection(client.append(name, 'Subject: x\n\nx\n')),
        rejection(mailbox.unselect()),
      ]
      for (const each of await within(5000, 'late calls', Promise.all(late))) expect(each).toBeInstanceOf(ImapError)
      await mailbox[Symbol.asyncDispose]()
      await client[Symbol.asyncDispose]()
    })

    itNeeds(subject, 'IDLE')('ends an idling client, and says so', async () => {
      const name = await mailboxWith(subject, mails(1), 'bob')
      await leavesNothing('a lost client', async () => {
        const closes: unknown[] = []
        const sent: string[] = []
        const on = {
          close: (info: unknown) => void closes.push(info),
          trace: ({ direction, text }: { direction: string; text: string }) => direction === 'out' && sent.push(text),
        }
        const client = await open(subject, { user: 'bob' }, { idle: { delayMs: 0 }, on })
        await client.select(name)
        client.on('exists', () => undefined)
        await until('the client idles', () => /\bIDLE\b/.test(sent.at(-1) ?? ''))
        await subject.kick('bob')
        const info = await within(15_000, 'closed', client.closed)
        expect(info).toMatchObject({ reason: 'error' })
        expect(closes).toEqual([info])
        expect(client.state).toBe('logout')
      })
    })

    it('tells safe commands from those whose outcome is unknown', async () => {
      const name = await mailboxWith(subject, mails(50), 'bob')
      const target = await mailboxWith(subject, [], 'bob')
      const client = await open(subject, { user: 'bob' }, { idle: false })
      const mailbox = await client.select(name)
      const reasons: unknown[] = []
      const keep = (reason: unknown) => void reasons.push(reason)
      const kicked = subject.kick('bob')
      const end = Date.now() + 15_000
      // Commands keep coming until the line is cut, so that it is cut while some of them wait.
      while (reasons.length === 0 && Date.now() < end) {
        const round = Array.from({ length: 20 }, () => [
          mailbox.copy(uids('1:50'), target).catch(keep),
          mailbox.search({ body: 'nowhere' }).catch(keep),
        ])
        await within(15_000, 'a round of calls', Promise.all(round.flat()))
      }
      await kicked
      expect(reasons.length).toBeGreaterThan(0)
      for (const reason of reasons) {
        if (reason instanceof OutcomeUnknownError) expect(reason.command).toBe('UID COPY')
        else expect(reason).toBeInstanceOf(ConnectionError)
      }
      await client.closed
    })
  })
}
