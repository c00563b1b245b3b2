import { ArgumentError, CapabilityError, uids, type ConnectOptions, type ImapEvents } from 'imapkit'
import { describe, expect, it } from 'vitest'
import { rejection, until } from '../behaviour/tools.js'
import { scene as play, type Scene } from './client-tools.js'

/** Plays a dialogue behind a greeting with these capabilities. */
function scene(capabilities: string, script: string, more: Partial<ConnectOptions> = {}): Promise<Scene> {
  return play(`S: * PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] ready\n${script}`, more)
}

const text = (value: Uint8Array | null | undefined) => value && Buffer.from(value).toString()
const letters = (rights: Iterable<string> | undefined) => [...(rights ?? [])].join('')

describe('client.quota', () => {
  it('asks, and sets', async () => {
    await using it = await scene(
      'QUOTA QUOTASET QUOTA=RES-STORAGE QUOTA=RES-MESSAGE',
      `
      C: <a> GETQUOTAROOT INBOX
      S: * QUOTAROOT INBOX "#user/alice"
      S: * QUOTA "#user/alice" (STORAGE 54 111 MESSAGE 42 1000)
      S: <a> OK done
      C: <a> SETQUOTA #user/alice (STORAGE 510)
      S: * QUOTA "#user/alice" (STORAGE 58 512)
      S: <a> OK Rounded quota
      C: <a> GETQUOTA #user/alice
      S: * QUOTA "#user/alice" (STORAGE 58 512)
      S: <a> OK done
      C: <a> STATUS INBOX (DELETED DELETED-STORAGE)
      S: * STATUS INBOX (DELETED 4 DELETED-STORAGE 8)
      S: <a> OK done
    `,
    )
    const { quota } = it.client
    const { roots, quotas } = await quota.ofMailbox('INBOX')
    expect([roots, quotas[0]?.resources.get('MESSAGE')]).toEqual([['#user/alice'], { usage: 42, limit: 1000 }])
    const set = await quota.set('#user/alice', { STORAGE: 510 })
    expect(set?.resources.get('STORAGE')?.limit).toBe(512)
    expect((await quota.get('#user/alice')).resources.get('STORAGE')?.usage).toBe(58)
    expect(await it.client.status('INBOX', { deleted: true, deletedStorage: true })).toEqual({
      deleted: 4,
      deletedStorage: 8,
    })
    await it.done
  })

  it('sends nothing that the server lacks, or that cannot be right', async () => {
    await using it = await scene('QUOTA QUOTA=RES-MESSAGE', 'C: <t> NOOP\nS: <t> OK done')
    expect(await rejection(it.client.quota.set('', { MESSAGE: 1 }))).toMatchObject({ needs: 'QUOTASET' })
    expect(await rejection(it.client.quota.set('', { MESSAGE: -1 }))).toBeInstanceOf(ArgumentError)
    expect(await rejection(it.client.status('INBOX', { deletedStorage: true }))).toBeInstanceOf(CapabilityError)
    await it.client.noop()
    await it.done
  })
})

describe('client.acl', () => {
  it('asks, changes and removes', async () => {
    await using it = await scene(
      'ACL RIGHTS=texk',
      `
      C: <a> GETACL INBOX/Drafts
      S: * ACL INBOX/Drafts Fred rwipslxetad Chris lrswi
      S: <a> OK Getacl complete
      C: <a> SETACL INBOX/Drafts Chris +cda
      S: * ACL INBOX/Templates Chris lrswicda
      S: <a> OK Setacl complete
      C: <a> LISTRIGHTS INBOX/Drafts Chris
      S: * LISTRIGHTS INBOX/Drafts Chris la r swicdkxte
      S: <a> OK Listrights completed
      C: <a> DELETEACL INBOX/Drafts Chris
      S: <a> OK Deleteacl complete
      C: <a> MYRIGHTS INBOX/Drafts
      S: * MYRIGHTS INBOX/Drafts rwiptsldaex
      S: <a> OK Myrights complete
    `,
    )
    const { acl } = it.client
    expect(letters((await acl.get('INBOX/Drafts')).get('Chris'))).toBe('lrswi')
    await acl.set('INBOX/Drafts', 'Chris', { add: 'cda' })
    const { always, optional } = await acl.listRights('INBOX/Drafts', 'Chris')
    expect([letters(always), ...optional.map(letters)]).toEqual(['la', 'r', 'swikxte'])
    await acl.delete('INBOX/Drafts', 'Chris')
    expect(letters(await acl.myRights('INBOX/Drafts'))).toBe('rwiptslaex')
    expect(it.client.capabilities.values('RIGHTS')).toEqual(['TEXK'])
    await it.done
    expect(it.warnings).toEqual([])
  })

  it('rejects what the server refuses, and what it lacks', async () => {
    await using it = await scene('ACL', 'C: <a> SETACL INBOX John lrqs\nS: <a> BAD The q right is not supported')
    expect(await rejection(it.client.acl.set('INBOX', 'John', { replace: 'lrqs' }))).toMatchObject({ status: 'BAD' })
    await it.done
    await using bare = await scene('', '')
    expect(await rejection(bare.client.acl.get('INBOX'))).toMatchObject({ needs: 'ACL' })
  })

  it('costs one answer when one cannot be read', async () => {
    await using it = await scene(
      'ACL',
      `
      C: <a> MYRIGHTS INBOX
      S: * MYRIGHTS INBOX
      S: <a> OK done
      C: <a> MYRIGHTS INBOX
      S: * MYRIGHTS INBOX lrs
      S: <a> OK done
    `,
    )
    expect(await rejection(it.client.acl.myRights('INBOX'))).toMatchObject({ code: 'ERR_IMAP_PROTOCOL' })
    expect(letters(await it.client.acl.myRights('INBOX'))).toBe('lrs')
    await it.done
  })
})

describe('client.metadata', () => {
  it('stores and reads entries, the long ones in literals', async () => {
    await using it = await scene(
      'METADATA',
      `
      C: <a> SETMETADATA INBOX (/private/comment {33}
      S: + ready for data
      C: My new comment across
      C: two lines.)
      S: <a> OK SETMETADATA complete
      C: <a> GETMETADATA (MAXSIZE 1024) INBOX (/shared/comment /private/comment)
      S: * METADATA "INBOX" (/private/comment "My own comment")
      S: <a> OK [METADATA LONGENTRIES 2199] GETMETADATA complete
      C: <a> GETMETADATA "" /shared/comment
      S: * METADATA "" (/shared/comment {3}
      S: Grü)
      S: <a> OK done
    `.replace('{3}', '{4}'),
    )
    const { metadata } = it.client
    await metadata.set('INBOX', { '/private/comment': 'My new comment across\r\ntwo lines.' })
    const { entries, longest } = await metadata.get('INBOX', ['/shared/comment', '/private/comment'], { maxSize: 1024 })
    expect([[...entries.keys()], text(entries.get('/private/comment')), longest]).toEqual([
      ['/private/comment'],
      'My own comment',
      2199,
    ])
    expect(await metadata.text('', '/shared/comment')).toBe('Grü')
    await it.done
  })

  it.each([
    ['MAXSIZE 1024', { name: 'METADATA', problem: 'MAXSIZE', size: 1024 }],
    ['TOOMANY', { name: 'METADATA', problem: 'TOOMANY' }],
    ['NOPRIVATE', { name: 'METADATA', problem: 'NOPRIVATE' }],
  ])('tells why the server will not take an entry: %s', async (code, expected) => {
    await using it = await scene(
      'METADATA',
      `C: <a> SETMETADATA INBOX (/private/comment x)\nS: <a> NO [METADATA ${code}] no`.replace(' x)', ' "x")'),
    )
    const error = await rejection(it.client.metadata.set('INBOX', { '/private/comment': 'x' }))
    expect(error).toMatchObject({ status: 'NO', responseCode: expected })
    await it.done
  })

  it('has only the entries of the server with METADATA-SERVER', async () => {
    await using it = await scene('METADATA-SERVER', 'C: <a> GETMETADATA "" /shared/admin\nS: <a> OK done')
    expect(await it.client.metadata.text('', '/shared/admin')).toBeNull()
    expect(await rejection(it.client.metadata.text('INBOX', '/shared/comment'))).toMatchObject({ needs: 'METADATA' })
    await it.done
  })

  it('tells of changes by others', async () => {
    const told: object[] = []
    await using it = await scene(
      'METADATA ENABLE',
      `
      C: <a> ENABLE METADATA
      S: * ENABLED METADATA
      S: <a> OK done
      C: <a> GETMETADATA INBOX /shared/comment
      S: * METADATA "INBOX" /shared/comment /private/comment
      S: * METADATA "INBOX" (/shared/comment "new")
      S: <a> OK done
      C: <a> NOOP
      S: * METADATA "" /shared/comment
      S: <a> OK done
    `,
      { on: { metadata: (change) => told.push(change) } },
    )
    await it.client.enable(['METADATA'])
    expect(await it.client.metadata.text('INBOX', '/shared/comment')).toBe('new')
    await it.client.noop()
    expect(told).toEqual([
      { mailbox: 'INBOX', entries: ['/shared/comment', '/private/comment'] },
      { mailbox: '', entries: ['/shared/comment'] },
    ])
    await it.done
  })
})

describe('list() with rights and entries', () => {
  const entry = '/shared/vendor/cmu/cyrus-imapd/color'

  it('is one command with LIST-MYRIGHTS and LIST-METADATA', async () => {
    await using it = await scene(
      'LIST-EXTENDED LIST-STATUS LIST-MYRIGHTS LIST-METADATA METADATA ACL',
      `
      C: <a> LIST "" % RETURN (MYRIGHTS METADATA (${entry} /shared/comment) STATUS (MESSAGES))
      S: * LIST () "." "INBOX"
      S: * MYRIGHTS "INBOX" lrswipkxtecda
      S: * METADATA INBOX ("${entry}" "#b71c1c")
      S: * METADATA INBOX (/shared/comment NIL)
      S: * STATUS INBOX (MESSAGES 17)
      S: * STATUS Lists/Lemonade (MESSAGES 501)
      S: * METADATA INBOX /shared/comment
      S: * LIST () "." "foo"
      S: * METADATA "foo" ("${entry}" NIL)
      S: * LIST (\\NonExistent) "." "bar"
      S: <a> OK List completed.
    `,
    )
    const news: string[] = []
    it.client.on('status', ({ mailbox }) => news.push(`status ${mailbox}`))
    it.client.on('metadata', ({ mailbox }) => news.push(`metadata ${mailbox}`))
    const found = await it.client.list('%', {
      return: [],
      myRights: true,
      metadata: [entry, '/shared/comment'],
      status: { messages: true },
    })
    expect(found.map((each) => [each.name, each.myRights && letters(each.myRights), each.status?.messages])).toEqual([
      ['INBOX', 'lrswipkxtea', 17],
      ['foo', undefined, undefined],
      ['bar', undefined, undefined],
    ])
    const colours = found.map((each) => each.metadata && [...each.metadata].map(([name, value]) => [name, text(value)]))
    expect(colours).toEqual([
      [
        [entry, '#b71c1c'],
        ['/shared/comment', null],
      ],
      [[entry, null]],
      undefined,
    ])
    // What NOTIFY tells meanwhile is news, and no part of the answer.
    expect(news).toEqual(['status Lists/Lemonade', 'metadata INBOX'])
    await it.done
  })

  it('is a command for each mailbox elsewhere; one that is refused costs a warning', async () => {
    await using it = await scene(
      'ACL METADATA',
      `
      C: <l> LIST "" *
      S: * LIST () "/" a
      S: * LIST (\\Noselect) "/" b
      S: * LIST (\\NonExistent) "/" c
      S: <l> OK done
      C: <a> MYRIGHTS a
      S: * MYRIGHTS a lr
      S: <a> OK done
      C: <b> MYRIGHTS b
      S: <b> NO [NOPERM] no
      C: <a> GETMETADATA a /shared/comment
      S: * METADATA a (/shared/comment "x")
      S: <a> OK done
      C: <b> GETMETADATA b /shared/comment
      S: * METADATA b (/shared/comment NIL)
      S: <b> OK done
    `,
    )
    const found = await it.client.list('*', { myRights: true, metadata: ['/shared/comment'] })
    expect(
      found.map((each) => [each.name, letters(each.myRights), text(each.metadata?.get('/shared/comment'))]),
    ).toEqual([
      ['a', 'lr', 'x'],
      ['b', '', null],
      ['c', '', undefined],
    ])
    expect(found[1]).not.toHaveProperty('myRights')
    expect(it.warnings).toHaveLength(1)
    await it.done
  })

  it('is refused where nothing can tell it, and where it cannot be right', async () => {
    await using it = await scene('LIST-EXTENDED', 'C: <t> NOOP\nS: <t> OK done')
    expect(await rejection(it.client.list('*', { myRights: true }))).toMatchObject({ needs: 'LIST-MYRIGHTS' })
    expect(await rejection(it.client.list('*', { metadata: ['/shared/a'] }))).toMatchObject({ needs: 'LIST-METADATA' })
    for (const options of [{ metadata: [] }, { metadata: ['/comment'] }, { metadata: '/shared/a' }, { myRights: 1 }]) {
      expect(await rejection(it.client.list('*', options as object))).toBeInstanceOf(ArgumentError)
    }
    await it.client.noop()
    await it.done
  })
})

describe('annotations', () => {
  it('of messages are fetched, stored and searched', async () => {
    await using it = await scene(
      'ANNOTATE-EXPERIMENT-1',
      `
      C: <a> SELECT INBOX (ANNOTATE)
      S: * 3 EXISTS
      S: * OK [UIDVALIDITY 1] ok
      S: * OK [ANNOTATIONS 20480 NOPRIVATE] ok
      S: <a> OK [READ-WRITE] done
      C: <a> UID STORE 7 ANNOTATION (/comment (value.shared "My new comment"))
      S: <a> OK Store complete
      C: <a> UID FETCH 7 (UID ANNOTATION (/comment value))
      S: * 1 FETCH (UID 7 ANNOTATION (/comment (value.priv NIL value.shared "My new comment")))
      S: <a> OK Fetch complete
      C: <a> UID SEARCH ANNOTATION /comment value "comment"
      S: * SEARCH 7
      S: <a> OK Search complete
    `,
    )
    const inbox = await it.client.select('INBOX', { annotate: true })
    expect(inbox.annotations).toEqual({ name: 'ANNOTATIONS', access: 'read-write', maxSize: 20480, noPrivate: true })
    await inbox.store(uids(7), { annotations: { '/comment': { 'value.shared': 'My new comment' } } })
    const [message] = await inbox.fetch(uids(7), { annotations: { entries: '/comment' } }).toArray()
    const comment = message?.annotations.get('/comment')
    expect([comment?.get('value.priv'), text(comment?.get('value.shared'))]).toEqual([null, 'My new comment'])
    expect((await inbox.search({ annotation: { entry: '/comment', value: 'comment' } })).toString()).toBe('7')
    await it.done
  })

  it('of messages are stored with them, and sorted by', async () => {
    await using it = await scene(
      'ANNOTATE-EXPERIMENT-1 SORT LITERAL+',
      `
      C: <a> APPEND drafts (\\Draft) ANNOTATION (/comment (value.priv "Don't send until I say so")) {14+}
      C: Subject: x
      C:
      C:
      S: <a> OK APPEND completed
      C: <a> EXAMINE INBOX
      S: * 3 EXISTS
      S: <a> OK [READ-ONLY] done
      C: <a> UID SORT (REVERSE ANNOTATION /altsubject value.shared DATE) UTF-8 ALL
      S: * SORT 2 3 1
      S: <a> OK Sort complete
    `,
    )
    const annotations = { '/comment': { 'value.priv': "Don't send until I say so" } }
    await it.client.append('drafts', 'Subject: x\r\n\r\n', { flags: ['\\Draft'], annotations })
    const inbox = await it.client.examine('INBOX')
    expect(inbox.annotations).toBeUndefined()
    const value = { entry: '/altsubject', attribute: 'value.shared' } as const
    expect(await inbox.sort([{ key: 'annotation', value, reverse: true }, 'date'])).toEqual([2, 3, 1])
    await it.done
  })

  it('of mailboxes are had by the commands from before METADATA', async () => {
    await using it = await scene(
      'ANNOTATEMORE',
      `
      C: <a> SETANNOTATION INBOX "/comment" ("value.priv" "My comment")
      S: <a> OK done
      C: <a> GETANNOTATION INBOX "/comment" "value.priv"
      S: * ANNOTATION "INBOX" "/comment" ("value.priv" "My comment")
      S: <a> OK done
    `,
    )
    await it.client.annotation.set('INBOX', { '/comment': { 'value.priv': 'My comment' } })
    const [found] = await it.client.annotation.get('INBOX', '/comment', 'value.priv')
    expect(text(found?.entries.get('/comment')?.get('value.priv'))).toBe('My comment')
    await it.done
  })
})

describe('client.filters', () => {
  it('stores, tells, uses and removes them', async () => {
    await using it = await scene(
      'FILTERS',
      `
      C: <a> SETMETADATA "" (/private/filters/values/boss "FROM boss@example.com")
      S: <a> OK SETMETADATA complete
      C: <a> GETMETADATA (DEPTH 1) "" (/private/filters/values /private/filters/descriptions /shared/filters/values /shared/filters/descriptions)
      S: * METADATA "" (/private/filters/values/boss "FROM boss@example.com")
      S: <a> OK done
      C: <a> SELECT INBOX
      S: * 1 EXISTS
      S: <a> OK [READ-WRITE] done
      C: <a> UID SEARCH FILTER boss UNSEEN
      S: * SEARCH 5
      S: <a> OK done
      C: <a> UID SEARCH FILTER gone
      S: <a> NO [UNDEFINED-FILTER gone] no
      C: <a> SETMETADATA "" (/private/filters/values/boss NIL /private/filters/descriptions/boss NIL /shared/filters/values/boss NIL /shared/filters/descriptions/boss NIL)
      S: <a> OK done
      C: <a> GETMETADATA "" (/private/filters/values/boss /private/filters/descriptions/boss /shared/filters/values/boss /shared/filters/descriptions/boss)
      S: <a> OK done
    `,
    )
    const { filters } = it.client
    await filters.set('boss', { from: 'boss@example.com' })
    expect(await filters.list()).toMatchObject([{ name: 'boss', criteria: 'FROM boss@example.com' }])
    const inbox = await it.client.select('INBOX')
    expect((await inbox.search({ filter: 'boss', seen: false })).toString()).toBe('5')
    const error = await rejection(inbox.search({ filter: 'gone' }))
    expect(error).toMatchObject({ responseCode: { name: 'UNDEFINED-FILTER', filter: 'gone' } })
    await filters.delete('boss')
    expect(await filters.get('boss')).toBeNull()
    await it.done
  })
})

describe('client.notify', () => {
  const NEW = ['MessageNew', 'MessageExpunge'] as const

  it('has news told as events, at any time', async () => {
    const told: unknown[] = []
    const note =
      <K extends 'status' | 'list' | 'metadata' | 'exists' | 'flags' | 'expunge'>(name: K) =>
      (news: ImapEvents[K][0]) =>
        told.push([name, news])
    const on = {
      status: note('status'),
      list: note('list'),
      metadata: note('metadata'),
      exists: note('exists'),
      flags: note('flags'),
      expunge: note('expunge'),
    }
    await using it = await scene(
      'NOTIFY',
      `
      C: <a> NOTIFY SET STATUS (selected (MessageNew (UID FLAGS) MessageExpunge FlagChange)) (subtree Lists (MessageNew MessageExpunge MailboxName))
      S: * STATUS Lists/Lemonade (UIDVALIDITY 4 UIDNEXT 9999 MESSAGES 500)
      S: <a> OK done
      C: <a> SELECT INBOX
      S: * 126 EXISTS
      S: <a> OK [READ-WRITE] INBOX selected
      S: * STATUS Lists/Lemonade (UIDNEXT 10000 MESSAGES 501)
      S: * 127 EXISTS
      S: * 127 FETCH (UID 127001 FLAGS (\\Recent))
      S: * LIST () "/" "Lists/New" ("OLDNAME" ("Lists/Old"))
      S: * METADATA "INBOX" /shared/comment
      S: * 127 EXPUNGE
    `,
      { on },
    )
    const groups = [
      { mailboxes: 'selected', events: [...NEW, 'FlagChange'], fetch: { flags: true } },
      { mailboxes: { subtree: 'Lists' }, events: [...NEW, 'MailboxName'] },
    ] as const
    await it.client.notify.set(groups, { status: true })
    expect(it.client.notify.watched).toEqual(groups)
    await it.client.select('INBOX')
    await until('all is told', () => told.length >= 7)
    expect(told).toMatchObject([
      ['status', { mailbox: 'Lists/Lemonade', status: { uidValidity: 4, uidNext: 9999, messages: 500 } }],
      ['status', { mailbox: 'Lists/Lemonade', status: { uidNext: 10000, messages: 501 } }],
      ['exists', { mailbox: 'INBOX', count: 127, previous: 126 }],
      ['flags', { mailbox: 'INBOX', seq: 127, uid: 127001, flags: ['\\Recent'] }],
      ['list', { mailbox: { name: 'Lists/New', oldName: 'Lists/Old' } }],
      ['metadata', { mailbox: 'INBOX', entries: ['/shared/comment'] }],
      ['expunge', { mailbox: 'INBOX', seq: 127 }],
    ])
    await it.done
    expect(it.warnings).toEqual([])
  })

  it('knows that the server gave up, even right behind its answer', async () => {
    await using it = await scene(
      'NOTIFY',
      `
      C: <a> NOTIFY SET (personal (MessageNew MessageExpunge))
      S: <a> OK done
      S: * OK [NOTIFICATIONOVERFLOW] too much
      C: <a> NOTIFY SET (inboxes (MessageNew MessageExpunge))
      S: <a> OK done
      C: <a> NOTIFY NONE
      S: <a> OK done
    `,
    )
    const { notify } = it.client
    await notify.set([{ mailboxes: 'personal', events: NEW }])
    await until('the server gives up', () => it.warnings.length === 1)
    expect(notify.watched).toBeNull()
    expect(it.warnings[0]).toContain('too much')
    await notify.set([{ mailboxes: 'inboxes', events: NEW }])
    expect(notify.watched).toHaveLength(1)
    await notify.none()
    expect(notify.watched).toBeNull()
    await it.done
  })

  it('tells which events there are, when the server refuses', async () => {
    await using it = await scene(
      'NOTIFY',
      `
      C: <a> NOTIFY SET (personal (MailboxMetadataChange))
      S: <a> NO [BADEVENT (MessageNew MessageExpunge FlagChange)] no
      C: <t> NOOP
      S: <t> OK done
    `,
    )
    const error = await rejection(it.client.notify.set([{ mailboxes: 'personal', events: ['MailboxMetadataChange'] }]))
    const events = ['MessageNew', 'MessageExpunge', 'FlagChange']
    expect(error).toMatchObject({ responseCode: { name: 'BADEVENT', events } })
    expect(it.client.notify.watched).toBeNull()
    const refused = { mailboxes: 'personal', events: ['MessageNew'] } as const
    expect(await rejection(it.client.notify.set([refused]))).toBeInstanceOf(ArgumentError)
    expect(await rejection(it.client.notify.set({} as never))).toBeInstanceOf(ArgumentError)
    const unknown = { mailboxes: 'selected', events: NEW, fetch: { colour: true } as object } as const
    expect(await rejection(it.client.notify.set([unknown]))).toBeInstanceOf(ArgumentError)
    await it.client.noop()
    await it.done
  })
})
