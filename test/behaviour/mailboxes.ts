import { ArgumentError, hasFlag, ImapError, ResponseError, StateError, uids, type Uid } from 'imapkit'
import { describe, expect, it } from 'vitest'
import { mail, mails } from './mails.js'
import { deliver, fromOutside, itNeeds, mailboxName, mailboxWith, open, outside, type Subject } from './subject.js'
import { rejection } from './tools.js'

/** Names, counts and selections. */
export function mailboxes(subject: Subject): void {
  describe('mailboxes', () => {
    it.each([
      ['plain', 'Plain'],
      ['with spaces', 'with two  spaces'],
      ['German', 'Entwürfe & Größen'],
      ['Japanese', '台北/日本語'],
      ['beyond the BMP', 'smile 😀 & cry 😢'],
      ['looks encoded', '&AOk-lf'],
      ['constructor', 'constructor'],
      ['__proto__', '__proto__'],
      ['NIL', 'NIL'],
      ['quotes and braces', 'a "quoted" {5} (name)'],
      ['backslash', 'back\\slash'],
    ])('creates, lists, selects and deletes a mailbox whose name is %s', async (_, label) => {
      await using client = await open(subject)
      // The level above makes the name unique, and keeps what follows as it is.
      const top = mailboxName('names')
      const name = `${top}/${label}`
      await client.createMailbox(name)
      const found = await client.list(`${top}/*`)
      const last = found.find((each) => each.name === name)
      expect(last).toMatchObject({ name, delimiter: '/', selectable: true, specialUse: null })
      expect(await client.status(name, { messages: true })).toEqual({ messages: 0 })
      {
        await using mailbox = await client.select(name)
        expect(mailbox.name).toBe(name)
      }
      await client.append(name, 'Subject: x\n\nx\n')
      expect(await client.status(name, { messages: true })).toEqual({ messages: 1 })
      await client.deleteMailbox(name)
      expect((await client.list(`${top}/*`)).filter((each) => each.name === name && each.selectable)).toEqual([])
    })

    it('lists by pattern: * passes the delimiter, % does not', async () => {
      await using client = await open(subject)
      const top = mailboxName('tree')
      for (const name of [top, `${top}/a`, `${top}/a/b`]) await client.createMailbox(name)
      const names = async (pattern: string) => (await client.list(pattern)).map((each) => each.name).sort()
      expect(await names(`${top}*`)).toEqual([top, `${top}/a`, `${top}/a/b`])
      expect(await names(`${top}/%`)).toEqual([`${top}/a`])
      expect(await names(mailboxName('none'))).toEqual([])
      const [info] = await client.list(top)
      if (!subject.lacks.includes('LIST-EXTENDED')) expect(hasFlag(info?.attributes ?? [], '\\HasChildren')).toBe(true)
    })

    it('lists INBOX in any case', async () => {
      await using client = await open(subject)
      expect((await client.list('inbox')).map((each) => each.name)).toEqual(['INBOX'])
      expect(await client.status('iNbOx', { uidValidity: true })).toEqual(
        await client.status('INBOX', { uidValidity: true }),
      )
    })

    it('subscribes, lists what is subscribed, unsubscribes', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject)
      const subscribed = async () => (await client.list(name, { subscribed: true })).map((each) => each.name)
      expect(await subscribed()).toEqual([])
      await client.subscribe(name)
      expect(await subscribed()).toEqual([name])
      expect((await client.lsub(name)).map((each) => each.name)).toEqual([name])
      const [info] = await client.list(name)
      // A base server does not tell, and then nothing is made up.
      expect(info?.subscribed).toBe(subject.lacks.includes('LIST-EXTENDED') ? undefined : true)
      await client.unsubscribe(name)
      expect(await subscribed()).toEqual([])
    })

    it('lists with status in one go, and tells a single one', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, [mail(), mail({ flags: ['\\Seen'] }), mail({ flags: ['\\Deleted'] })])
      const [info] = await client.list(name, { status: { messages: true, unseen: true, uidNext: true } })
      expect(info?.status).toMatchObject({ messages: 3, unseen: 2, uidNext: 4 })
      const status = await client.status(name, { messages: true, unseen: true, uidNext: true, uidValidity: true })
      expect(status).toEqual({ messages: 3, unseen: 2, uidNext: 4, uidValidity: expect.any(Number) as number })
    })

    itNeeds(
      subject,
      'CONDSTORE',
      'STATUS=SIZE',
    )('tells the size and the mod-sequence of a mailbox', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, mails(3))
      const size = await client.status(name, { size: true, highestModSeq: true })
      expect(size.size).toBeGreaterThan(3 * 50)
      expect(typeof size.highestModSeq).toBe('bigint')
    })

    it('renames with all that is in it', async () => {
      await using client = await open(subject)
      const [from, to] = [mailboxName('old'), mailboxName('new-ü')]
      await client.createMailbox(from)
      await client.createMailbox(`${from}/below`)
      await client.append(from, 'Subject: x\n\nx\n')
      await client.renameMailbox(from, to)
      expect((await client.list(`${from}*`)).filter((each) => each.selectable)).toEqual([])
      expect((await client.list(`${to}*`)).map((each) => each.name).sort()).toEqual([to, `${to}/below`])
      expect(await client.status(to, { messages: true })).toEqual({ messages: 1 })
    })

    it('rejects what the server refuses, with its words', async () => {
      await using client = await open(subject)
      const missing = mailboxName('missing')
      const error = await rejection(client.select(missing))
      expect(error).toBeInstanceOf(ResponseError)
      expect(error).toMatchObject({ code: 'ERR_IMAP_NO', status: 'NO', command: 'SELECT' })
      expect((error as ResponseError).text).not.toBe('')
      expect(await rejection(client.status(missing, { messages: true }))).toBeInstanceOf(ResponseError)
      expect(await rejection(client.deleteMailbox(missing))).toBeInstanceOf(ResponseError)
      expect(await rejection(client.renameMailbox(missing, `${missing}2`))).toBeInstanceOf(ResponseError)
      expect(await rejection(client.createMailbox('INBOX'))).toMatchObject({ code: 'ERR_IMAP_NO' })
      await client.noop()
    })

    it.each(['', 'a\0b'])('refuses the name %j before a byte is sent', async (name) => {
      await using client = await open(subject)
      const before = client.traffic.bytesOut
      expect(await rejection(client.createMailbox(name))).toBeInstanceOf(ArgumentError)
      expect(await rejection(client.select(name))).toBeInstanceOf(ArgumentError)
      expect(await rejection(client.append(name, 'x'))).toBeInstanceOf(ArgumentError)
      expect(client.traffic.bytesOut).toBe(before)
    })

    it('lets no line end in a name become a command', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject)
      const evil = `x\r\na1 DELETE "${name}"\r\na2 NOOP`
      // A literal may hold a line end; what the server makes of such a name is its own business.
      for (const call of [client.status(evil, { messages: true }), client.select(evil), client.deleteMailbox(evil)]) {
        expect(await rejection(call)).toBeInstanceOf(ImapError)
      }
      expect(await client.status(name, { messages: true })).toEqual({ messages: 0 })
    })
  })

  describe('selecting', () => {
    it('knows the mailbox', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, mails(3))
      await using mailbox = await client.select(name)
      expect(client.state).toBe('selected')
      expect(client.mailbox).toBe(mailbox)
      expect(mailbox).toMatchObject({ name, exists: 3, uidNext: 4, readOnly: false })
      expect(mailbox.uidValidity).toBeGreaterThan(0)
      expect(hasFlag(mailbox.flags, '\\Seen')).toBe(true)
      expect(hasFlag(mailbox.permanentFlags, '\\*')).toBe(true)
    })

    itNeeds(subject, 'CONDSTORE')('follows the mod-sequence', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, mails(1))
      await using mailbox = await client.select(name)
      const before = mailbox.highestModSeq ?? 0n
      expect(before).toBeGreaterThan(0n)
      await mailbox.store(uids(1), { add: ['\\Seen'] })
      const after = await mailbox.fetchOne(1 as Uid, { modSeq: true })
      expect(after?.modSeq).toBeGreaterThan(before)
      expect(mailbox.highestModSeq).toBeGreaterThan(before)
    })

    it('examines read-only, in the type and at run time', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, mails(2))
      const mailbox = await client.examine(name)
      expect(mailbox.readOnly).toBe(true)
      for (const method of ['store', 'move', 'delete', 'expunge', 'close']) expect(method in mailbox).toBe(false)
      const message = await mailbox.fetchOne((await mailbox.search({})).min ?? (0 as never), { flags: true })
      expect(hasFlag(message?.flags ?? [], '\\Seen')).toBe(false)
      await mailbox.unselect()
      expect(client.state).toBe('authenticated')
      expect(client.mailbox).toBeNull()
    })

    it('follows what happens: a live view', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, mails(2))
      await using mailbox = await client.select(name)
      await deliver(subject, name, mails(3))
      await client.noop()
      expect(mailbox.exists).toBe(5)
      await fromOutside(subject, name, ['STORE 1 +FLAGS (\\Deleted)', 'EXPUNGE'])
      await client.noop()
      expect(mailbox.exists).toBe(4)
      await client.append(name, 'Subject: mine\n\nx\n')
      await client.noop()
      expect(mailbox.exists).toBe(5)
    })

    it('makes the old handle stale when another mailbox is selected', async () => {
      await using client = await open(subject)
      const [one, two] = [await mailboxWith(subject, mails(1)), await mailboxWith(subject, mails(2))]
      const first = await client.select(one)
      const second = await client.select(two)
      expect(client.mailbox).toBe(second)
      expect(second.exists).toBe(2)
      const calls = [first.search({}), first.fetchOne(1 as never, {}), first.unselect(), first.expunge()]
      for (const call of calls) expect(await rejection(call)).toBeInstanceOf(StateError)
      // Disposing a stale handle does nothing, least of all to the mailbox that is selected now.
      await first[Symbol.asyncDispose]()
      expect(client.state).toBe('selected')
      expect((await second.search({})).size).toBe(2)
    })

    it('selects while other commands are in flight; each does what was said when it was called', async () => {
      await using client = await open(subject)
      const [one, two] = [await mailboxWith(subject, mails(1)), await mailboxWith(subject, mails(2))]
      const first = await client.select(one)
      const found = first.search({})
      const [second, status] = await Promise.all([client.select(two), client.status(one, { messages: true })])
      expect((await found).size).toBe(1)
      expect(status.messages).toBe(1)
      expect((await second.search({})).size).toBe(2)
    })

    it('is left without a mailbox by a failed select', async () => {
      await using client = await open(subject)
      const first = await client.select(await mailboxWith(subject, mails(1)))
      expect(await rejection(client.select(mailboxName('missing')))).toBeInstanceOf(ResponseError)
      expect(client.state).toBe('authenticated')
      expect(client.mailbox).toBeNull()
      expect(await rejection(first.search({}))).toBeInstanceOf(StateError)
    })

    it('never expunges when it is unselected or disposed, and does so when it is closed', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, [mail({ flags: ['\\Deleted'] }), mail()])
      const count = async () => (await client.status(name, { messages: true })).messages
      const unselected = await client.select(name)
      await unselected.unselect()
      expect(await count()).toBe(2)
      {
        await using disposed = await client.select(name)
        expect(disposed.exists).toBe(2)
      }
      expect(client.state).toBe('authenticated')
      expect(await count()).toBe(2)
      const closed = await client.select(name)
      await closed.check()
      await closed.close()
      expect(client.state).toBe('authenticated')
      expect(await count()).toBe(1)
    })

    it('selects the same mailbox twice', async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, mails(1))
      const first = await client.select(name)
      await using again = await client.select(name)
      expect(await rejection(first.search({}))).toBeInstanceOf(StateError)
      expect((await again.search({})).size).toBe(1)
    })

    it('copes with an empty mailbox', async () => {
      await using client = await open(subject)
      await using mailbox = await client.select(await mailboxWith(subject))
      await using raw = await outside(subject)
      expect(await raw.run(`STATUS "${mailbox.name}" (MESSAGES)`)).toContain('MESSAGES 0')
      expect(mailbox.exists).toBe(0)
      expect((await mailbox.search({})).isEmpty).toBe(true)
    })
  })
}
