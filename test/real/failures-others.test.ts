import { connect, uids } from 'imapkit'
import { expect, it } from 'vitest'
import { rejection } from '../behaviour/tools.js'
import { text } from './failing.js'
import { describeReal, RealServer } from './server.js'
import { STARTERS } from './servers.js'
import { startServer } from './starting.js'

describeReal(
  'Cyrus refuses',
  (server) => {
    const open = (user: string) => connect(server.options({ user, security: 'plaintext' }))

    it('what is over quota, or may only be read, in words and without a code', async () => {
      await using client = await open('bob')
      const [tiny, fixed] = ['Shared Folders/Public/Tiny', 'Shared Folders/Public/ReadOnly']
      const refused = (command: string, said: RegExp) => ({
        name: 'ResponseError',
        code: 'ERR_IMAP_NO',
        command,
        responseCode: null,
        retryable: false,
        text: expect.stringMatching(said) as string,
      })
      expect(await rejection(client.append(tiny, text(60_000)))).toMatchObject(refused('APPEND', /quota/i))
      expect(await rejection(client.append(fixed, text(10)))).toMatchObject(refused('APPEND', /permission/i))
      const name = server.mailboxName('quota')
      await client.createMailbox(name)
      await client.append(name, text(60_000))
      await using mailbox = await client.select(name)
      expect(await rejection(mailbox.copy(uids(1), tiny))).toMatchObject(refused('UID COPY', /quota/i))
      expect(await rejection(mailbox.move(uids(1), tiny))).toMatchObject(refused('UID MOVE', /quota/i))
      expect(mailbox.exists).toBe(1)
      await using shared = await client.select(fixed)
      expect(shared.readOnly).toBe(true)
      expect(await rejection(shared.store(uids(1), { add: ['\\Seen'] }))).toMatchObject(
        refused('UID STORE', /permission/i),
      )
      await client.noop()
    })

    it('one connection too many', async () => {
      const { facts, stop } = await startServer(STARTERS.cyrus, { EXTRA_CONF: 'maxlogins_per_user: 1' })
      try {
        const options = new RealServer(facts).options({ user: 'bob', security: 'plaintext' })
        await using first = await connect(options)
        expect(await rejection(connect(options))).toMatchObject({
          name: 'RateLimitError',
          code: 'ERR_IMAP_RATE_LIMIT',
          responseCode: null,
          retryable: true,
        })
        await first.noop()
      } finally {
        await stop()
      }
    })
  },
  'cyrus',
)

describeReal(
  'Courier refuses',
  (server) => {
    it('what is over quota, by an ALERT', async () => {
      const alerts: string[] = []
      const options = server.options({ user: 'tinyquota', security: 'plaintext' })
      await using client = await connect({ ...options, on: { alert: ({ text }) => alerts.push(text) } })
      expect(await rejection(client.append('INBOX', text(60_000)))).toMatchObject({
        name: 'ResponseError',
        code: 'ERR_IMAP_NO',
        responseCode: { name: 'ALERT' },
        retryable: false,
      })
      expect(alerts).toEqual([expect.stringMatching(/quota/i)])
      expect(client.alerts).toEqual(alerts)
      await client.append('INBOX', text(100))
    })
  },
  'courier',
)
