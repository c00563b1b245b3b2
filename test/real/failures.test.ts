import { connect, hasFlag, ResponseError, uids, type ConnectOptions, type ImapClient } from 'imapkit'
import { expect, it } from 'vitest'
import { DovecotSubject } from '../behaviour/dovecot.js'
import { mails } from '../behaviour/mails.js'
import { fromOutside, mailboxWith, outside } from '../behaviour/subject.js'
import { record, rejection } from '../behaviour/tools.js'
import { endOf, text } from './failing.js'
import { describeReal } from './server.js'

// How real configurations say no, and what becomes of the client: it is logged in as before, or its connection has ended.
describeReal('Dovecot refuses', (server) => {
  const subject = new DovecotSubject(server)
  const open = (user: string, more: Partial<ConnectOptions> = {}): Promise<ImapClient> =>
    connect({ ...server.options({ user, security: 'plaintext' }), ...more })

  it('one connection too many of a user', async () => {
    const options = server.options({ host: 'LIMIT_HOST', user: 'carol@example.test', security: 'plaintext' })
    await using first = await connect(options)
    expect(await rejection(connect(options))).toMatchObject({
      name: 'RateLimitError',
      code: 'ERR_IMAP_RATE_LIMIT',
      responseCode: { name: 'UNAVAILABLE' },
      retryable: true,
    })
    await first.noop()
  })

  it('every login without TLS: LOGINDISABLED is obeyed, and no secret is sent', async () => {
    const sent: string[] = []
    const options = server.options({ host: 'STRICT_HOST', security: 'plaintext' })
    const on = {
      trace: ({ direction, text }: { direction: string; text: string }) => direction === 'out' && sent.push(text),
    }
    expect(await rejection(connect({ ...options, on }))).toMatchObject({
      name: 'AuthenticationError',
      code: 'ERR_IMAP_AUTHENTICATION',
      retryable: false,
      message: expect.stringMatching(/LOGINDISABLED.*TLS/) as string,
    })
    expect(sent.filter((line) => /LOGIN|AUTHENTICATE/.test(line))).toEqual([])
    await using client = await connect({ ...options, security: 'starttls' })
    expect(client.state).toBe('authenticated')
  })

  it('a wrong password, with its code', async () => {
    const options = server.options({ password: 'wrong', security: 'plaintext' })
    expect(await rejection(connect(options))).toMatchObject({
      name: 'AuthenticationError',
      code: 'ERR_IMAP_AUTHENTICATION',
      responseCode: { name: 'AUTHENTICATIONFAILED' },
      retryable: false,
    })
  })

  it('accounts that are closed, away or moved, each in its way', async () => {
    const login = (user: string) => rejection(open(user))
    expect(await login('nologin')).toMatchObject({ responseCode: { name: 'CONTACTADMIN' }, retryable: false })
    expect(await login('unavailable')).toMatchObject({
      code: 'ERR_IMAP_NO',
      responseCode: { name: 'UNAVAILABLE' },
      retryable: true,
    })
    expect(await login('referred')).toMatchObject({ responseCode: { name: 'REFERRAL' }, retryable: false })
  })

  it('APPEND and COPY over quota, and goes on', async () => {
    await using client = await open('tinyquota')
    const refused = {
      name: 'ResponseError',
      code: 'ERR_IMAP_NO',
      responseCode: { name: 'OVERQUOTA' },
      retryable: false,
    }
    expect(await rejection(client.append('INBOX', text(30_000)))).toMatchObject({ ...refused, command: 'APPEND' })
    const name = server.mailboxName('quota')
    await client.createMailbox(name)
    await client.append(name, text(12_000))
    await using mailbox = await client.select(name)
    expect(await rejection(mailbox.copy(uids(1), 'INBOX'))).toMatchObject({ ...refused, command: 'UID COPY' })
    expect(mailbox.exists).toBe(1)
    expect((await client.status('INBOX', { messages: true })).messages).toBe(0)
    // Moving needs no more room.
    await mailbox.move(uids(1), 'INBOX')
    await using inbox = await client.select('INBOX')
    await inbox.delete(await inbox.search({}))
  })

  it('what would change a mailbox that may only be read', async () => {
    await using alice = await open('alice')
    const name = await mailboxWith(subject, mails(2))
    await alice.acl.set(name, 'bob', { replace: 'lr' })
    await using bob = await open('bob')
    const shared = `Others/alice/${name}`
    await using mailbox = await bob.select(shared)
    expect(mailbox.readOnly).toBe(true)
    for (const [command, call] of [
      ['UID MOVE', () => mailbox.move(uids(1), 'INBOX')],
      ['APPEND', () => bob.append(shared, text(10))],
    ] as const) {
      const error = await rejection(call())
      expect(error).toBeInstanceOf(ResponseError)
      expect(error).toMatchObject({ code: 'ERR_IMAP_NO', command, responseCode: { name: 'NOPERM' }, retryable: false })
    }
    // To these Dovecot says OK, does nothing, and tells of no flag and of no message that is gone.
    const flags = record(bob, 'flags')
    await mailbox.store(uids(1), { add: ['\\Flagged'] })
    expect((await mailbox.delete(uids(1))).isEmpty).toBe(true)
    expect((await mailbox.expunge()).isEmpty).toBe(true)
    expect(flags.filter((each) => hasFlag(each.flags, '\\Flagged') || hasFlag(each.flags, '\\Deleted'))).toEqual([])
    expect(mailbox.exists).toBe(2)
    expect(hasFlag((await mailbox.fetchOne(uids(1).min!, { flags: true }))?.flags ?? [], '\\Flagged')).toBe(false)
    expect((await alice.status(name, { messages: true })).messages).toBe(2)
  })
})

describeReal('Dovecot, when a mailbox changes under a client,', (server) => {
  const subject = new DovecotSubject(server)

  it.each([
    ['is deleted', (name: string) => [`DELETE "${name}"`]],
    ['is renamed', (name: string) => [`RENAME "${name}" "${name}-new"`]],
  ])('ends the connection when it %s while it is selected', async (_, commands) => {
    const name = await mailboxWith(subject, mails(3))
    await using client = await connect({ ...subject.options(), idle: false })
    const mailbox = await client.select(name)
    {
      await using raw = await outside(subject)
      for (const command of commands(name)) await raw.run(command)
    }
    // A command may still be refused before the server notices; it may never be told that all is well.
    const error = await rejection(
      (async () => {
        for (;;) await mailbox.store(uids(1), { add: ['\\Flagged'] })
      })(),
    )
    expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_IMAP_(NO|BYE|OUTCOME_UNKNOWN)$/) as string })
    await rejection(
      (async () => {
        for (;;) await client.noop()
      })(),
    )
    expect(await endOf(client)).toMatchObject({ name: 'ByeError', code: 'ERR_IMAP_BYE', retryable: true })
  })

  it('shows another UIDVALIDITY in the next session', async () => {
    const name = await mailboxWith(subject, mails(3))
    const validity = async () => {
      await using client = await connect(subject.options())
      await using mailbox = await client.select(name)
      return [mailbox.uidValidity, mailbox.exists]
    }
    const [before, three] = await validity()
    await using raw = await outside(subject)
    await raw.run(`DELETE "${name}"`)
    await raw.run(`CREATE "${name}"`)
    const [after, none] = await validity()
    expect([three, none]).toEqual([3, 0])
    expect(after).not.toBe(before)
  })

  it('ends the connection when UIDVALIDITY changes within a session', async () => {
    const name = await mailboxWith(subject, mails(3))
    await using client = await connect({ ...subject.options(), idle: false })
    const mailbox = await client.select(name)
    await server.doveadm('mailbox', 'update', '-u', 'alice', '--uid-validity', '4000000000', name)
    await rejection(
      (async () => {
        for (;;) await mailbox.search({})
      })(),
    )
    expect(await endOf(client)).toMatchObject({ name: 'ByeError', code: 'ERR_IMAP_BYE' })
    expect(await fromOutside(subject, name, [])).toContain('UIDVALIDITY 4000000000')
  })
})
