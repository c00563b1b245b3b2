import { uids, type ImapEvents } from 'imapkit'
import { expect } from 'vitest'
import { mail, mails } from '../mails.js'
import { deliver, fromOutside, itNeeds, mailboxWith, newName, open, outside, type Subject } from '../subject.js'
import { record, rejection, until } from '../tools.js'

const text = (value: Uint8Array | null | undefined) => value && Buffer.from(value).toString()
const letters = (rights: Iterable<string> = []) => [...rights].sort().join('')

/** Events of messages, which NOTIFY takes together only. */
const MESSAGES = ['MessageNew', 'MessageExpunge', 'FlagChange'] as const

/** What belongs to mailboxes and accounts: QUOTA*, ACL, RIGHTS=, METADATA*, ANNOTATE*, NOTIFY, FILTERS. */
export function admin(subject: Subject): void {
  quotas(subject)
  accessLists(subject)
  metadata(subject)
  annotations(subject)
  notify(subject)
  filters(subject)
}

function quotas(subject: Subject): void {
  itNeeds(subject, 'QUOTA')('tells what of the quotas of a mailbox is used', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, mails(2))
    const { roots, quotas } = await client.quota.ofMailbox(name)
    expect(roots.length).toBeGreaterThan(0)
    expect(quotas.map((each) => each.root).sort()).toEqual([...roots].sort())
    for (const { resources } of quotas) {
      for (const { usage, limit } of resources.values()) expect(usage).toBeLessThanOrEqual(limit)
    }
  })

  itNeeds(subject, 'QUOTA')(
    'tells the same of each quota root',
    async () => {
      await using client = await open(subject)
      const { quotas } = await client.quota.ofMailbox('INBOX')
      for (const { root, resources } of quotas) {
        const again = await client.quota.get(root)
        expect([again.root, ...again.resources.keys()]).toEqual([root, ...resources.keys()])
      }
    },
    { cyrus: 'only an administrator may ask for a quota root' },
  )

  itNeeds(
    subject,
    'QUOTA',
    'QUOTASET',
  )('sets the limits of a quota root', async () => {
    await using client = await open(subject, { user: 'bob' })
    const [root = ''] = (await client.quota.ofMailbox('INBOX')).roots
    const before = await client.quota.get(root)
    const limits = Object.fromEntries([...before.resources].map(([name, { limit }]) => [name, limit]))
    await client.quota.set(root, { STORAGE: 4096 })
    const { resources } = await client.quota.get(root)
    expect([...resources.keys()]).toEqual(['STORAGE'])
    expect(resources.get('STORAGE')?.limit).toBe(4096)
    await client.quota.set(root, limits)
    expect((await client.quota.get(root)).resources.size).toBe(before.resources.size)
  })

  itNeeds(
    subject,
    'QUOTA=RES-STORAGE',
    'QUOTA=RES-MESSAGE',
  )('tells what an expunge would free', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, [mail({ flags: ['\\Deleted'] }), ...mails(2)])
    const { deleted, deletedStorage } = await client.status(name, { deleted: true, deletedStorage: true })
    expect(deleted).toBe(1)
    expect(deletedStorage).toBeGreaterThan(0)
  })
}

function accessLists(subject: Subject): void {
  // Courier takes no names of users, unless it is configured to.
  const bob = subject.name === 'courier' ? 'anyone' : 'bob'

  itNeeds(subject, 'ACL')('grants rights and takes them away', async () => {
    await using client = await open(subject)
    const { acl } = client
    const name = await mailboxWith(subject)
    expect(letters(await acl.myRights(name))).toMatch(/a.*i.*l.*r.*s.*w/)
    await acl.set(name, bob, { replace: 'lr' })
    expect(letters((await acl.get(name)).get(bob))).toBe('lr')
    await acl.set(name, bob, { add: ['s', 'w'] })
    await acl.set(name, bob, { remove: 'r' })
    expect(letters((await acl.get(name)).get(bob))).toBe('lsw')
    await acl.delete(name, bob)
    expect((await acl.get(name)).has(bob)).toBe(false)
  })

  itNeeds(subject, 'ACL')('tells what can be granted, every right once', async () => {
    await using client = await open(subject)
    const { always, optional } = await client.acl.listRights(await mailboxWith(subject), bob)
    const all = [...always, ...optional.flatMap((each) => [...each])]
    expect(letters(all)).toMatch(/a.*i.*l.*r.*s.*w/)
    expect(new Set(all).size).toBe(all.length)
  })

  itNeeds(
    subject,
    'ACL',
    'RIGHTS=',
  )('knows the rights beside those of RFC 2086', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject)
    const [rights = ''] = client.capabilities.values('RIGHTS')
    const own = await client.acl.myRights(name)
    for (const right of 'kxte') {
      expect(rights.toLowerCase()).toContain(right)
      expect(own.has(right)).toBe(true)
    }
    // They are what these two only stood for.
    expect([own.has('c'), own.has('d')]).toEqual([false, false])
  })

  itNeeds(subject, 'ACL')('lists mailboxes with the rights of the user', async () => {
    await using client = await open(subject)
    const names = [await mailboxWith(subject), await mailboxWith(subject)]
    for (const name of names) {
      const [info] = await client.list(name, { myRights: true })
      expect(letters(info?.myRights)).toBe(letters(await client.acl.myRights(name)))
    }
  })

  itNeeds(
    subject,
    'LIST-MYRIGHTS',
    'ACL',
  )('lists rights in one command', async () => {
    const sent: string[] = []
    const trace = ({ direction, text: line }: { direction: string; text: string }) => {
      if (direction === 'out') sent.push(line)
    }
    await using client = await open(subject, {}, { on: { trace } })
    const [info] = await client.list(await mailboxWith(subject), { myRights: true })
    expect(letters(info?.myRights)).toMatch(/a.*l.*r/)
    expect(sent.join('')).not.toMatch(/ MYRIGHTS [^)]*\r\n/)
  })
}

function metadata(subject: Subject): void {
  itNeeds(subject, 'METADATA')('keeps entries of a mailbox', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject)
    const own = 'Größe: "10"\r\nsecond line'
    await client.metadata.set(name, { '/private/comment': own, '/shared/comment': 'for all' })
    const { entries } = await client.metadata.get(name, ['/private/comment', '/shared/comment'])
    expect([text(entries.get('/private/comment')), text(entries.get('/shared/comment'))]).toEqual([own, 'for all'])
    await client.metadata.set(name, { '/private/comment': null })
    expect(await client.metadata.text(name, '/private/comment')).toBeNull()
    expect(await client.metadata.text(name, '/shared/comment')).toBe('for all')
  })

  itNeeds(subject, 'METADATA')('leaves out what is too long, and goes to all depths', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject)
    await client.metadata.set(name, { '/private/comment': 'x'.repeat(100), '/shared/comment': 'short' })
    const both = ['/private/comment', '/shared/comment']
    const { entries, longest } = await client.metadata.get(name, both, { maxSize: 50 })
    expect([longest, entries.get('/private/comment') ?? null, text(entries.get('/shared/comment'))]).toEqual([
      100,
      null,
      'short',
    ])
    const below = await client.metadata.get(name, '/shared', { depth: 'infinity' })
    expect(text(below.entries.get('/shared/comment'))).toBe('short')
  })

  itNeeds(subject, 'METADATA')('asks for entries of the server', async () => {
    await using client = await open(subject)
    const { entries } = await client.metadata.get('', ['/shared/comment', '/shared/admin'])
    expect([...entries.keys()].sort()).toEqual(['/shared/admin', '/shared/comment'])
  })

  itNeeds(subject, 'METADATA', 'ENABLE')(
    'is told which entries others change',
    async () => {
      await using client = await open(subject, {}, { enable: ['METADATA'] })
      const name = await mailboxWith(subject)
      const told = record(client, 'metadata')
      await fromOutside(subject, name, [`SETMETADATA "${name}" (/shared/comment "new")`])
      await until('it is told', async () => {
        await client.noop()
        return told.length > 0
      })
      expect(told).toEqual([{ mailbox: name, entries: ['/shared/comment'] }])
    },
    { dovecot: 'it cannot be enabled there', cyrus: 'it cannot be enabled there' },
  )

  itNeeds(subject, 'METADATA')('lists mailboxes with entries', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject)
    await client.metadata.set(name, { '/shared/comment': 'listed' })
    const [info] = await client.list(name, { metadata: ['/shared/comment', '/private/comment'] })
    expect(text(info?.metadata?.get('/shared/comment'))).toBe('listed')
    expect(info?.metadata?.get('/private/comment')).toBeNull()
  })

  itNeeds(
    subject,
    'LIST-METADATA',
    'METADATA',
  )('lists entries in one command', async () => {
    const sent: string[] = []
    const trace = ({ direction, text: line }: { direction: string; text: string }) => {
      if (direction === 'out') sent.push(line)
    }
    await using client = await open(subject, {}, { on: { trace } })
    const [info] = await client.list(await mailboxWith(subject), { metadata: ['/shared/comment'] })
    expect(info?.metadata?.get('/shared/comment')).toBeNull()
    expect(sent.join('')).not.toContain('GETMETADATA')
  })
}

function annotations(subject: Subject): void {
  itNeeds(subject, 'ANNOTATE-EXPERIMENT-1')('keeps notes with messages', async () => {
    await using client = await open(subject)
    await using mailbox = await client.select(await mailboxWith(subject, mails(3)), { annotate: true })
    expect(mailbox.annotations).toMatchObject({ access: 'read-write' })
    await mailbox.store(uids('1:2'), { annotations: { '/comment': { 'value.shared': 'Größe' } } })
    await mailbox.store(uids(2), { annotations: { '/comment': { 'value.shared': null, 'value.priv': 'mine' } } })
    const asked = { entries: '/comment', attributes: ['value.priv', 'value.shared', 'size.priv'] }
    const found = await mailbox.fetch(uids('1:3'), { annotations: asked }).toArray()
    const values = found.map(({ uid, annotations }) => {
      const comment = annotations.get('/comment')
      return [
        uid,
        text(comment?.get('value.priv')),
        text(comment?.get('value.shared')),
        text(comment?.get('size.priv')),
      ]
    })
    expect(values).toEqual([
      [1, null, 'Größe', '0'],
      [2, 'mine', null, '4'],
      [3, null, null, '0'],
    ])
  })

  itNeeds(subject, 'ANNOTATE-EXPERIMENT-1')('finds messages by their notes', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, mails(2))
    const annotations = { '/comment': { 'value.shared': 'appended' } }
    await client.append(name, 'Subject: third\r\n\r\nx\r\n', { annotations })
    await using mailbox = await client.select(name)
    await mailbox.store(uids(1), { annotations: { '/comment': { 'value.shared': 'stored' } } })
    const search = (entry: string, value: string) =>
      mailbox.search({ annotation: { entry, attribute: 'value.shared', value } })
    expect((await search('/comment', 'appended')).toString()).toBe('3')
    expect((await search('/*', 'stored')).toString()).toBe('1')
    expect((await search('/altsubject', 'stored')).isEmpty).toBe(true)
  })

  itNeeds(
    subject,
    'ANNOTATE-EXPERIMENT-1',
    'SORT',
  )('sorts by notes', async () => {
    await using client = await open(subject)
    await using mailbox = await client.select(await mailboxWith(subject, mails(3)))
    for (const [uid, note] of [
      ['1', 'b'],
      ['2', 'c'],
      ['3', 'a'],
    ] as const) {
      // prettier-ignore
      await mailbox.store(uids(uid), { annotations: { '/altsubject': { 'value.shared': note } } })
    }
    const value = { entry: '/altsubject', attribute: 'value.shared' } as const
    expect(await mailbox.sort([{ key: 'annotation', value }])).toEqual([3, 1, 2])
  })

  itNeeds(subject, 'ANNOTATEMORE')('keeps notes with mailboxes, in the older way', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject)
    await client.annotation.set(name, { '/comment': { 'value.priv': 'mine', 'value.shared': 'for "all"' } })
    const read = async () => {
      const [found] = await client.annotation.get(name, '/comment', ['value.priv', 'value.shared'])
      const comment = found?.entries.get('/comment')
      return [found?.mailbox, text(comment?.get('value.priv')) ?? null, text(comment?.get('value.shared')) ?? null]
    }
    expect(await read()).toEqual([name, 'mine', 'for "all"'])
    await client.annotation.set(name, { '/comment': { 'value.priv': null } })
    expect(await read()).toEqual([name, null, 'for "all"'])
  })
}

function notify(subject: Subject): void {
  itNeeds(subject, 'NOTIFY')('is told of other mailboxes, without asking', async () => {
    const name = await mailboxWith(subject, mails(2))
    await using client = await open(subject, {}, { idle: false })
    const told = record(client, 'status')
    await client.notify.set([{ mailboxes: { mailboxes: name }, events: MESSAGES }], { status: true })
    expect(told).toMatchObject([{ mailbox: name, status: { messages: 2, uidNext: 3 } }])
    await deliver(subject, name, mails(1))
    await until('the new message is told', () => told.some((each) => each.status.messages === 3))
    expect(told.at(-1)).toMatchObject({ mailbox: name, status: { uidNext: 4 } })
    expect(client.notify.watched).toHaveLength(1)
  })

  itNeeds(subject, 'NOTIFY')('is told of new names and of subscriptions', async () => {
    await using client = await open(subject, {}, { idle: false })
    const told = record(client, 'list')
    await client.notify.set([{ mailboxes: 'personal', events: ['MailboxName', 'SubscriptionChange'] }])
    const name = newName(subject)
    const about = (): ImapEvents['list'][0][] => told.filter(({ mailbox }) => mailbox.name === name)
    await using raw = await outside(subject)
    await raw.run(`CREATE "${name}"`)
    await until('the name is told', () => about().length > 0)
    await raw.run(`SUBSCRIBE "${name}"`)
    await until('the subscription is told', () => about().some(({ mailbox }) => mailbox.subscribed === true))
    await raw.run(`DELETE "${name}"`)
    await until('the end is told', () => about().some(({ mailbox }) => !mailbox.selectable))
  })

  itNeeds(
    subject,
    'NOTIFY',
    'IDLE',
  )('is told of the selected mailbox, with items of new messages', async () => {
    const name = await mailboxWith(subject, mails(2))
    await using client = await open(subject, {}, { idle: { delayMs: 0 } })
    const [exists, flags, expunge] = [record(client, 'exists'), record(client, 'flags'), record(client, 'expunge')]
    await using mailbox = await client.select(name)
    await client.notify.set([{ mailboxes: 'selected', events: MESSAGES, fetch: { flags: true } }])
    await deliver(subject, name, [mail({ flags: ['\\Flagged'] })])
    await until('the new message is told', () => exists.some((each) => each.count === 3))
    await until('its flags are told', () => flags.some((each) => each.uid === 3 && each.flags.includes('\\Flagged')))
    await fromOutside(subject, name, ['UID STORE 1 +FLAGS (\\Answered)'])
    await until('a change is told', () => flags.some((each) => each.flags.includes('\\Answered')))
    await fromOutside(subject, name, ['UID STORE 2 +FLAGS (\\Deleted)', 'EXPUNGE'])
    await until('the expunge is told', () => expunge.length === 1)
    expect((await mailbox.search({})).toString()).toBe('1,3')
  })

  itNeeds(subject, 'NOTIFY')('is told nothing any more', async () => {
    const name = await mailboxWith(subject)
    await using client = await open(subject, {}, { idle: false })
    const told = record(client, 'status')
    await client.notify.set([{ mailboxes: { mailboxes: name }, events: MESSAGES }])
    await deliver(subject, name, mails(1))
    await until('it is told', () => told.length > 0)
    await client.notify.none()
    const before = told.length
    await deliver(subject, name, mails(1))
    expect((await client.status(name, { messages: true })).messages).toBe(2)
    expect(told.length).toBe(before)
    expect(client.notify.watched).toBeNull()
  })
}

function filters(subject: Subject): void {
  itNeeds(subject, 'FILTERS')('keeps searches under names', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, [...mails(2), mail({ flags: ['\\Flagged'] })])
    await client.filters.set('important', { flagged: true }, { description: 'Wichtig: Größe' })
    await client.filters.set('both', 'FILTER important UNSEEN')
    expect(await client.filters.get('important')).toMatchObject({ shared: false, description: 'Wichtig: Größe' })
    expect((await client.filters.list()).map((each) => each.name).sort()).toEqual(['both', 'important'])
    await using mailbox = await client.select(name)
    expect((await mailbox.search({ filter: 'important' })).toString()).toBe('3')
    expect((await mailbox.search({ filter: 'both' })).toString()).toBe('3')
    await client.filters.delete('important')
    expect(await client.filters.get('important')).toBeNull()
    const error = await rejection(mailbox.search({ filter: 'important' }))
    expect(error).toMatchObject({ responseCode: { name: 'UNDEFINED-FILTER', filter: 'important' } })
    await client.filters.delete('both')
  })
}
