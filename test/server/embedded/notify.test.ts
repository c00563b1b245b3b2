import { describe, expect, it } from 'vitest'
import { RawClient } from '../../unit/testing/raw-client.js'
import { scene, tagged, without } from './tools.js'

const mail = 'Subject: Re: good morning\nFrom: alice@example.org\n\nx\n'
const events = '(MessageNew MessageExpunge)'

describe('NOTIFY (RFC 5465)', () => {
  it('tells of other mailboxes by STATUS, ahead where that is asked for', async () => {
    await using at = await scene({ 'Lists/Lemonade': [mail], 'Lists/Im2000': [], misc: [] })
    const { client, server } = at
    expect(await client.ok(`NOTIFY SET STATUS (selected NONE) (subtree Lists ${events})`)).toEqual([
      '* STATUS Lists (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 1700000001)',
      '* STATUS Lists/Lemonade (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 1700000002)',
      '* STATUS Lists/Im2000 (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 1700000003)',
    ])
    server.user('alice').mailbox('misc').deliver(mail)
    server.user('alice').mailbox('Lists/Lemonade').deliver(mail)
    expect(await client.line()).toBe('* STATUS Lists/Lemonade (MESSAGES 2 UIDNEXT 3)')
    server.user('alice').mailbox('Lists/Lemonade').expunge([1, 2])
    expect(await client.line()).toBe('* STATUS Lists/Lemonade (MESSAGES 0 UIDNEXT 3)')
    expect(await client.ok('NOTIFY SET (mailboxes (misc none) (MessageNew MessageExpunge FlagChange))')).toEqual([])
    server.user('alice').mailbox('Lists/Lemonade').deliver(mail)
    server.user('alice').mailbox('misc').store(1, ['\\Seen'])
    expect(await client.line()).toBe('* STATUS misc (UIDVALIDITY 1700000004 UNSEEN 0)')
    await client.ok('ENABLE CONDSTORE')
    server.user('alice').mailbox('misc').store(1, [])
    expect(await client.line()).toBe('* STATUS misc (UIDVALIDITY 1700000004 UNSEEN 1 HIGHESTMODSEQ 4)')
    expect(await client.ok('NOTIFY NONE')).toEqual([])
    server.user('alice').mailbox('misc').deliver(mail)
    expect(await client.ok('NOOP')).toEqual([])
  })

  it('tells of the selected mailbox at once, with items of new messages', async () => {
    await using at = await scene({ INBOX: [mail, mail] })
    const { client, server } = at
    const inbox = server.user('alice').mailbox('INBOX')
    await client.ok('SELECT INBOX')
    await client.ok(
      'NOTIFY SET (selected (MessageNew (uid body.peek[header.fields (from)]) MessageExpunge FlagChange))',
    )
    inbox.deliver(mail)
    expect(await client.line()).toBe('* 3 EXISTS')
    expect(await client.line()).toBe('* 3 RECENT')
    expect(await client.line()).toBe('* 3 FETCH (UID 3 BODY[HEADER.FIELDS (from)] {27}')
    for (const line of ['From: alice@example.org', '', ')']) expect(await client.line()).toBe(line)
    inbox.store(2, ['$Junk'])
    expect(await client.line()).toBe('* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Junk)')
    expect(await client.line()).toBe('* 2 FETCH (UID 2 FLAGS ($Junk \\Recent))')
    inbox.expunge(1)
    expect(await client.line()).toBe('* 1 EXPUNGE')
    // What the client stores itself is told without the items.
    expect((await client.ok('APPEND INBOX {6+}\r\nA: b\r\n')).at(0)).toBe('* 3 EXISTS')
    client.send('i IDLE\r\n')
    expect(await client.line()).toMatch(/^\+/)
    inbox.expunge(2)
    expect(await client.line()).toBe('* 1 EXPUNGE')
    client.send('DONE\r\n')
    expect(await client.line()).toMatch(/^i OK/)
    inbox.expunge(3)
    expect(await client.line()).toBe('* 1 EXPUNGE')
  })

  it('keeps removals for a command that may tell them with SELECTED-DELAYED', async () => {
    await using at = await scene({ INBOX: [mail, mail] })
    const { client, server } = at
    const inbox = server.user('alice').mailbox('INBOX')
    await client.ok('NOTIFY SET (selected-delayed (MessageNew MessageExpunge))')
    await client.ok('SELECT INBOX')
    inbox.store(1, ['\\Seen'])
    inbox.expunge(1)
    inbox.deliver(mail)
    expect(await client.line()).toBe('* 3 EXISTS')
    expect(await client.line()).toBe('* 3 RECENT')
    expect(await client.ok('NOOP')).toEqual(['* 1 EXPUNGE'])
  })

  it('tells nothing of the selected mailbox where that was not asked for', async () => {
    await using at = await scene({ INBOX: [mail, mail] })
    const { client, server } = at
    await client.ok('SELECT INBOX')
    await client.ok(`NOTIFY SET (personal ${events})`)
    server.user('alice').mailbox('INBOX').expunge(1)
    server.user('alice').mailbox('INBOX').deliver(mail)
    expect(await client.ok('NOOP')).toEqual([])
    // What comes of a command of its own it has to know.
    await client.ok('STORE 2 +FLAGS.SILENT (\\Deleted)')
    expect(await client.ok('EXPUNGE')).toEqual(['* 2 EXPUNGE', '* 1 EXPUNGE', '* 1 EXISTS', '* 1 RECENT'])
  })

  it('tells of names and subscriptions by LIST, not of what the client does itself', async () => {
    await using at = await scene({ old: [], 'old/below': [] })
    const { client, server } = at
    const alice = server.user('alice')
    const other = await at.another()
    await client.ok('NOTIFY SET (personal (MailboxName SubscriptionChange))')
    await client.ok('CREATE mine')
    await client.ok('SUBSCRIBE mine')
    expect(await client.ok('NOOP')).toEqual([])
    alice.createMailbox('new')
    expect(await client.line()).toBe('* LIST (\\HasNoChildren) "/" new')
    alice.deleteMailbox('new')
    expect(await client.line()).toBe('* LIST (\\NonExistent \\HasNoChildren) "/" new')
    alice.renameMailbox('old', 'next')
    expect(await client.line()).toBe('* LIST (\\HasChildren) "/" next ("OLDNAME" (old))')
    alice.createMailbox('next/more')
    expect(await client.line()).toBe('* LIST (\\HasNoChildren) "/" next/more')
    expect(await client.line()).toBe('* LIST (\\HasChildren) "/" next')
    await other.ok('SUBSCRIBE next')
    expect(await client.line()).toBe('* LIST (\\Subscribed \\HasChildren) "/" next')
    await client.ok('NOTIFY SET (subscribed (SubscriptionChange))')
    await other.ok('UNSUBSCRIBE next')
    expect(await client.line()).toBe('* LIST (\\HasChildren) "/" next')
  })

  it('tells of entries by METADATA', async () => {
    await using at = await scene({ misc: [] })
    const other = await at.another()
    await at.client.ok('NOTIFY SET (mailboxes INBOX (MailboxMetadataChange)) (personal (ServerMetadataChange))')
    await other.ok('SETMETADATA misc (/shared/comment "x")')
    await other.ok('SETMETADATA INBOX (/shared/comment "x")')
    await other.ok('SETMETADATA "" (/shared/comment "x")')
    expect(await at.client.line()).toBe('* METADATA INBOX /shared/comment')
    expect(await at.client.line()).toBe('* METADATA "" /shared/comment')
  })

  it('watches what may be read, and says what may only be listed', async () => {
    await using at = await scene({}, { users: { alice: { password: 'secret' }, bob: { password: 'secret' } } })
    await using bob = await RawClient.open({ port: at.server.port })
    await bob.ok('LOGIN bob secret')
    const name = '#users/alice/INBOX'
    expect(await bob.ok(`NOTIFY SET STATUS (mailboxes ${name} ${events})`)).toEqual([])
    await at.client.ok('SETACL INBOX bob l')
    expect(await bob.ok(`NOTIFY SET STATUS (mailboxes ${name} ${events})`)).toEqual([`* LIST (\\NoAccess) "/" ${name}`])
    at.server.user('alice').mailbox('INBOX').deliver(mail)
    await at.client.ok('SETACL INBOX bob lr')
    expect(await bob.ok('NOOP')).toEqual([])
    at.server.user('alice').mailbox('INBOX').deliver(mail)
    expect(await bob.line()).toBe(`* STATUS ${name} (MESSAGES 2 UIDNEXT 3)`)
  })

  it('ends when too much happens', async () => {
    await using at = await scene({ a: [], b: [], c: [] }, { extensions: { notifications: 2 } })
    await at.client.ok(`NOTIFY SET (inboxes ${events})`)
    for (const name of ['a', 'b', 'c']) at.server.user('alice').mailbox(name).deliver(mail)
    expect(await at.client.line()).toMatch(/^\* OK \[NOTIFICATIONOVERFLOW\]/)
    at.server.user('alice').mailbox('a').deliver(mail)
    expect(await at.client.ok('NOOP')).toEqual([])
  })

  it('refuses events that it does not know, and what is no NOTIFY', async () => {
    await using at = await scene()
    expect(await tagged(at.client, 'NOTIFY SET (personal (MessageNew MessageExpunge MessageEaten))')).toMatch(
      /^NO \[BADEVENT \(MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange MailboxMetadataChange ServerMetadataChange\)\]/,
    )
    for (const broken of [
      '',
      ' SET',
      ' ALL',
      ' NONE x',
      ' SET (selected (MessageNew))',
      ' SET (selected (MessageExpunge))',
      ' SET (selected (FlagChange))',
      ' SET (selected (MailboxName))',
      ' SET (selected NONE) (selected-delayed NONE)',
      ' SET (personal (MessageNew (uid) MessageExpunge))',
      ' SET (personal ())',
      ' SET (personal MessageNew MessageExpunge)',
      ' SET (everything NONE)',
      ' SET (subtree NONE)',
    ]) {
      expect(`${broken}: ${await tagged(at.client, `NOTIFY${broken}`)}`).toMatch(/: BAD /)
    }
    at.server.setCapabilities(without('NOTIFY'))
    expect(await tagged(at.client, 'NOTIFY NONE')).toMatch(/^BAD /)
  })
})
