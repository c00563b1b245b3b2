import { describe, expect, it } from 'vitest'
import { ArgumentError, CapabilityError, ResponseError } from 'imapkit'
import { rejection } from '../behaviour/tools.js'
import { scene } from './client-tools.js'

const greeting = (more = ''): string => `S: * PREAUTH [CAPABILITY IMAP4rev1 ${more}] ready\n`

describe('list()', () => {
  it('asks for all that the server can tell, since RETURN makes some servers tell nothing else', async () => {
    await using it = await scene(`${greeting('LIST-EXTENDED SPECIAL-USE')}
      C: <t> LIST "" * RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)
      S: * LIST (\\HasNoChildren) "/" INBOX
      S: * LIST (\\HasNoChildren \\Sent) "/" Sent
      S: <t> OK done
    `)
    // None is subscribed, and that is told too.
    expect(await it.client.list()).toMatchObject([
      { name: 'INBOX', subscribed: false, specialUse: null },
      { name: 'Sent', subscribed: false, specialUse: '\\Sent' },
    ])
    await it.done
  })

  it('is plain on a plain server, and does not tell what it was not told', async () => {
    await using it = await scene(`${greeting()}
      C: <t> LIST "" %
      S: * LIST (\\Noselect) "." "#news"
      S: * LIST () "." INBOX
      S: <t> OK done
    `)
    const all = await it.client.list('%')
    expect(all).toMatchObject([
      { name: '#news', selectable: false },
      { name: 'INBOX', selectable: true },
    ])
    expect(all.some((each) => 'subscribed' in each)).toBe(false)
    await it.done
  })

  it('joins what LSUB and LIST tell where LIST-EXTENDED is missing', async () => {
    await using it = await scene(`${greeting('SPECIAL-USE')}
      C: <l> LIST "" *
      C: <s> LSUB "" *
      S: * LSUB () "/" INBOX
      S: * LSUB (\\Marked) "/" Sent
      S: * LSUB () "/" Gone
      S: * LIST (\\HasNoChildren) "/" INBOX
      S: * LIST (\\Sent) "/" Sent
      S: * LIST () "/" Other
      S: <s> OK done
      S: <l> OK done
    `)
    expect(await it.client.list('*', { subscribed: true })).toEqual([
      { name: 'INBOX', delimiter: '/', attributes: ['\\HasNoChildren'], specialUse: null, selectable: true, subscribed: true }, // prettier-ignore
      {
        name: 'Sent',
        delimiter: '/',
        attributes: ['\\Sent'],
        specialUse: '\\Sent',
        selectable: true,
        subscribed: true,
      },
      { name: 'Gone', delimiter: '/', attributes: ['\\NonExistent'], specialUse: null, selectable: false, subscribed: true }, // prettier-ignore
    ])
    await it.done
  })

  it('does not take the parent of a subscribed name for one', async () => {
    await using it = await scene(`${greeting()}
      C: <l> LIST work/ %
      C: <s> LSUB work/ %
      S: * LIST () "/" work/a
      S: * LIST () "/" work/b
      S: <l> OK done
      S: * LSUB (\\Noselect) "/" work/a
      S: * LSUB () "/" work/b
      S: <s> OK done
    `)
    const found = await it.client.list('%', { subscribed: true, reference: 'work/' })
    expect(found.map((each) => each.name)).toEqual(['work/b'])
    await it.done
  })

  it('tells special uses of subscribed mailboxes without LIST-EXTENDED', async () => {
    await using it = await scene(`${greeting('SPECIAL-USE')}
      C: <l> LIST "" *
      C: <s> LSUB "" *
      S: * LIST (\\Trash) "/" Trash
      S: * LIST (\\Sent) "/" Sent
      S: * LIST () "/" INBOX
      S: <l> OK done
      S: * LSUB () "/" INBOX
      S: * LSUB () "/" Trash
      S: * LSUB () "/" Gone
      S: <s> OK done
    `)
    const found = await it.client.list('*', { subscribed: true, specialUse: true })
    expect(found.map((each) => each.name)).toEqual(['Trash'])
    await it.done
  })

  it('tells who is subscribed where that is asked for', async () => {
    await using it = await scene(`${greeting()}
      C: <l> LIST "" *
      C: <s> LSUB "" *
      S: * LIST () "/" INBOX
      S: * LIST () "/" Other
      S: <l> OK done
      S: * LSUB () "/" INBOX
      S: <s> OK done
    `)
    const found = await it.client.list('*', { return: ['subscribed'] })
    expect(found.map((each) => [each.name, each.subscribed])).toEqual([
      ['INBOX', true],
      ['Other', false],
    ])
    await it.done
  })

  it('runs several patterns as several commands, and tells each mailbox once', async () => {
    await using it = await scene(`${greeting()}
      C: <t> LIST "" a*
      S: * LIST () "/" a
      S: * LIST () "/" ab
      S: <t> OK done
      C: <t> LIST "" *b
      S: * LIST () "/" ab
      S: * LIST () "/" b
      S: <t> OK done
    `)
    expect((await it.client.list(['a*', '*b'])).map((each) => each.name)).toEqual(['a', 'ab', 'b'])
    await it.done
  })

  it('runs several patterns as one with LIST-EXTENDED', async () => {
    await using it = await scene(`${greeting('LIST-EXTENDED')}
      C: <t> LIST "" (a* *b) RETURN (SUBSCRIBED CHILDREN)
      S: * LIST (\\Subscribed) "/" ab
      S: <t> OK done
    `)
    expect(await it.client.list(['a*', '*b'])).toMatchObject([{ name: 'ab', subscribed: true }])
    await it.done
  })

  it.each([
    ['recursive', { subscribed: true, recursive: true }],
    ['remote', { subscribed: true, remote: true }],
  ])('needs LIST-EXTENDED for %s, and sends nothing without it', async (_, options) => {
    await using it = await scene(`${greeting()}C: <t> NOOP\nS: <t> OK done`)
    expect(await rejection(it.client.list('*', options))).toMatchObject({ needs: 'LIST-EXTENDED' })
    await it.client.noop()
    await it.done
  })

  it('cannot be made to tell of children without LIST-EXTENDED', async () => {
    await using it = await scene(greeting())
    const error = await rejection(it.client.list('*', { return: ['children'] }))
    expect(error).toBeInstanceOf(CapabilityError)
    expect(error).toMatchObject({ needs: 'LIST-EXTENDED' })
  })
})

describe('list() with status', () => {
  it('is one command with LIST-STATUS', async () => {
    await using it = await scene(`${greeting('LIST-EXTENDED LIST-STATUS')}
      C: <t> LIST "" * RETURN (SUBSCRIBED CHILDREN STATUS (MESSAGES UNSEEN))
      S: * LIST () "/" INBOX
      S: * STATUS INBOX (MESSAGES 3 UNSEEN 1)
      S: * LIST (\\NoSelect) "/" x
      S: <t> OK done
    `)
    const found = await it.client.list('*', { status: { messages: true, unseen: true } })
    expect(found.map((each) => each.status)).toEqual([{ messages: 3, unseen: 1 }, undefined])
    await it.done
  })

  it('is pipelined STATUS without it; a refusal costs that mailbox its status, and a warning', async () => {
    await using it = await scene(`${greeting()}
      C: <t> LIST "" *
      S: * LIST () "/" a
      S: * LIST (\\Noselect) "/" b
      S: * LIST () "/" c
      S: * LIST () "/" d
      S: <t> OK done
      C: <a> STATUS a (MESSAGES)
      C: <c> STATUS c (MESSAGES)
      C: <d> STATUS d (MESSAGES)
      S: * STATUS d (MESSAGES 4)
      S: <d> OK done
      S: <c> NO [NOPERM] not yours
      S: * STATUS a (MESSAGES 1)
      S: <a> OK done
    `)
    const found = await it.client.list('*', { status: { messages: true } })
    expect(found.map((each) => [each.name, each.status])).toEqual([
      ['a', { messages: 1 }],
      ['b', undefined],
      ['c', undefined],
      ['d', { messages: 4 }],
    ])
    expect(it.warnings).toEqual(['The server answered STATUS with NO: not yours'])
    await it.done
  })

  it('does not fill the queue with the STATUS of a long list', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `m${index}`)
    const script = [
      greeting().trim(),
      'C: <t> LIST "" *',
      ...names.map((name) => `S: * LIST () "/" ${name}`),
      'S: <t> OK done',
      ...names.flatMap((name) => [`C: <t> STATUS ${name} (MESSAGES)`, `S: * STATUS ${name} (MESSAGES 1)`, 'S: <t> OK']),
    ]
    await using it = await scene(script.join('\n'), { limits: { queue: 64 }, pipelining: 1 })
    const found = await it.client.list('*', { status: { messages: true } })
    expect(found.every((each) => each.status?.messages === 1)).toBe(true)
    expect(found.map((each) => each.name)).toEqual(names)
    await it.done
  })

  it('rejects when the connection is lost in between', async () => {
    await using it = await scene(`${greeting()}
      C: <t> LIST "" *
      S: * LIST () "/" a
      S: * LIST () "/" b
      S: <t> OK done
      C: <t> STATUS a (MESSAGES)
      S-close
    `)
    expect(await rejection(it.client.list('*', { status: { messages: true } }))).toMatchObject({
      code: 'ERR_IMAP_CONNECTION',
    })
  })

  it('has one bound for all its commands', async () => {
    await using it = await scene(`${greeting()}
      C: <t> LIST "" *
      S: * LIST () "/" a
      S: <t> OK done
      C: <t> STATUS a (MESSAGES)
      S-wait 200
      S: * STATUS a (MESSAGES 1)
      S: <t> OK done
      C: <t> NOOP
      S: <t> OK done
    `)
    const error = await rejection(it.client.list('*', { status: { messages: true }, timeout: 60 }))
    expect(error).toMatchObject({ code: 'ERR_IMAP_TIMEOUT', phase: 'command', connection: 'kept', command: 'LIST' })
    await it.client.noop()
    await it.done
  })

  it.each([
    ['nothing', {}],
    ['only what is false', { messages: false }],
    ['an unknown item', { count: true }],
  ])('refuses a query for %s, whatever the server has', async (_, status) => {
    for (const more of ['', 'LIST-STATUS LIST-EXTENDED']) {
      await using it = await scene(`${greeting(more)}C: <t> NOOP\nS: <t> OK done`)
      expect(await rejection(it.client.list('*', { status: status as never }))).toBeInstanceOf(ArgumentError)
      await it.client.noop()
      await it.done
    }
  })
})

describe('status() and lsub()', () => {
  it('give what the server tells', async () => {
    await using it = await scene(`${greeting()}
      C: <t> STATUS INBOX (MESSAGES UIDNEXT)
      S: * STATUS INBOX (MESSAGES 3 UIDNEXT 9)
      S: <t> OK done
      C: <t> LSUB "" *
      S: * LSUB () "/" INBOX
      S: <t> OK done
      C: <t> STATUS gone (MESSAGES)
      S: <t> NO [NONEXISTENT] none
    `)
    const counts = await it.client.status('inbox', { messages: true, uidNext: true })
    const total: number = counts.messages + counts.uidNext
    expect(total).toBe(12)
    expect((await it.client.lsub()).map((each) => each.name)).toEqual(['INBOX'])
    const error = await rejection(it.client.status('gone', { messages: true }))
    expect(error).toBeInstanceOf(ResponseError)
    expect(error).toMatchObject({ responseCode: { name: 'NONEXISTENT' } })
    await it.done
  })
})

describe('namespace()', () => {
  it('keeps its answer', async () => {
    await using it = await scene(`${greeting('NAMESPACE')}
      C: <t> NAMESPACE
      S: * NAMESPACE (("" "/")) NIL (("#shared/" "/"))
      S: <t> OK done
    `)
    expect(it.client.namespaces).toBeNull()
    const answer = await it.client.namespace()
    expect(answer.shared).toEqual([{ prefix: '#shared/', delimiter: '/' }])
    expect(it.client.namespaces).toBe(answer)
    await it.done
  })

  it('needs NAMESPACE', async () => {
    await using it = await scene(greeting())
    expect(await rejection(it.client.namespace())).toMatchObject({ needs: 'NAMESPACE' })
    expect(it.client.namespaces).toBeNull()
  })
})
