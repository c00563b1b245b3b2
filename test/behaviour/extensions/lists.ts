import { hasFlag, xlist } from 'imapkit'
import { expect } from 'vitest'
import { mails } from '../mails.js'
import { itNeeds, mailboxWith, newName, open, type Subject } from '../subject.js'

/** Names of mailboxes and what is told of them: NAMESPACE, CHILDREN, LIST-*, SPECIAL-USE, XLIST, STATUS=SIZE. */
export function lists(subject: Subject): void {
  itNeeds(subject, 'NAMESPACE')('tells where mailboxes may be made', async () => {
    await using client = await open(subject)
    const { personal } = await client.namespace()
    expect(personal.length).toBeGreaterThan(0)
    expect(personal[0]?.prefix).toBe(subject.prefix ?? '')
    expect(personal[0]?.delimiter).toMatch(/^[./]$/)
  })

  itNeeds(subject, 'CHILDREN')('tells which mailboxes have children', async () => {
    await using client = await open(subject)
    const parent = await mailboxWith(subject)
    const delimiter = (await client.list(parent))[0]?.delimiter ?? '/'
    const child = `${parent}${delimiter}child`
    await client.createMailbox(child)
    const attributes = async (name: string) => (await client.list(name))[0]?.attributes ?? []
    expect(hasFlag(await attributes(parent), '\\HasChildren')).toBe(true)
    expect(hasFlag(await attributes(child), '\\HasNoChildren')).toBe(true)
  })

  itNeeds(subject, 'LIST-EXTENDED')('lists by several patterns, only what is subscribed', async () => {
    await using client = await open(subject)
    const names = [newName(subject, 'a'), newName(subject, 'b'), newName(subject, 'c')]
    for (const name of names) await client.createMailbox(name)
    await client.subscribe(names[1] ?? '')
    // Some servers subscribe what is created.
    await client.unsubscribe(names[2] ?? '')
    const found = await client.list(names.slice(1), { subscribed: true })
    expect(found.map((each) => [each.name, each.subscribed])).toEqual([[names[1], true]])
    const all = await client.list(names, { return: ['subscribed', 'children'] })
    expect(all.map((each) => each.name).sort()).toEqual([...names].sort())
    expect(all.find((each) => each.name === names[1])?.subscribed).toBe(true)
    expect(all.find((each) => each.name === names[2])?.subscribed).toBe(false)
  })

  itNeeds(subject, 'LIST-STATUS')('tells the status of what it lists', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, mails(3))
    const [info] = await client.list(name, { status: { messages: true, uidNext: true } })
    expect(info).toMatchObject({ name, status: { messages: 3, uidNext: 4 } })
  })

  itNeeds(subject, 'SPECIAL-USE')('names the mailboxes of special use', async () => {
    const wanted = ['\\Archive', '\\Drafts', '\\Junk', '\\Sent', '\\Trash']
    await using client = await open(subject)
    const uses = async (special: boolean) => {
      const found = await client.list('*', { specialUse: special })
      return found.map((each) => each.specialUse).filter((use) => use !== null && wanted.includes(use))
    }
    // The embedded server makes them when they are asked for.
    if (subject.name === 'embedded') {
      for (const use of wanted) await client.createMailbox(newName(subject), { specialUse: use as '\\Sent' })
    }
    expect((await uses(true)).sort()).toEqual(wanted)
    expect((await uses(false)).sort()).toEqual(wanted)
  })

  itNeeds(subject, 'CREATE-SPECIAL-USE')('makes a mailbox with a special use', async () => {
    await using client = await open(subject, { user: 'bob' })
    const name = newName(subject, 'important')
    await client.createMailbox(name, { specialUse: '\\Important' })
    expect((await client.list(name))[0]).toMatchObject({ name, specialUse: '\\Important' })
  })

  itNeeds(subject, 'STATUS=SIZE')('tells the size of a mailbox', async () => {
    await using client = await open(subject)
    const given = mails(3)
    const octets = given.reduce((sum, { raw }) => sum + raw.length, 0)
    const name = await mailboxWith(subject, given)
    expect(await client.status(name, { size: true })).toEqual({ size: octets })
  })

  itNeeds(subject, 'SPECIAL-USE')('finds the mailboxes of special use', async () => {
    await using client = await open(subject)
    if (subject.name === 'embedded' && (await client.specialUses()).get('\\Drafts')?.by !== 'attribute') {
      await client.createMailbox(newName(subject), { specialUse: '\\Drafts' })
    }
    const uses = await client.specialUses({ override: { '\\Archive': 'Mine' } })
    expect(uses.get('\\Drafts')?.by).toBe('attribute')
    expect(uses.get('\\Archive')).toEqual({ mailbox: 'Mine', by: 'override' })
  })

  itNeeds(subject, 'XLIST')('lists by XLIST', async () => {
    await using client = await open(subject)
    const found = await client.run(xlist())
    expect(found.map((each) => each.name)).toContain('INBOX')
  })
}
