import { describe, expect, it } from 'vitest'
import { select } from '../../src/commands/select.js'
import { noop } from '../../src/commands/simple.js'
import type { Traits } from '../../src/commands/command.js'
import type { Connection } from '../../src/connection/connection.js'
import { uids } from '../../src/model/number-set.js'
import type { Untagged } from '../../src/model/response.js'
import { command, named, open, type Peer, rejection, type Emitted } from '../unit/connection/support.js'

async function selected(): Promise<{ connection: Connection; peer: Peer; events: Emitted[] }> {
  const made = await open()
  const selecting = made.connection.run(select('INBOX'))
  await made.peer.answer(
    'OK [READ-WRITE] ok',
    '* FLAGS (\\Seen)',
    '* 3 EXISTS',
    '* LIST () "/" INBOX',
    '* 1 FETCH (UID 10 FLAGS ())',
  )
  await selecting
  made.events.length = 0
  return made
}

/** A command that takes the responses of one type, and keeps what it was offered. */
function taking(type: string, traits: Traits, offered: Untagged[] = []) {
  return command({
    name: 'XTAKE',
    traits,
    safe: true,
    collector: {
      untagged: (response) => {
        offered.push(response)
        return response.type === type
      },
    },
  })
}

describe('what nobody asked for', () => {
  it('is told as flags, status and list, with the UID where it is known', async () => {
    const { connection, peer, events } = await selected()
    const running = connection.run(noop())
    await peer.answer(
      'OK',
      '* 1 FETCH (FLAGS (\\Seen))',
      '* 2 FETCH (UID 20 FLAGS (a) MODSEQ (7))',
      '* 3 FETCH (UID 30)',
      '* STATUS other (MESSAGES 4)',
      '* LIST (\\Noselect) NIL x',
      '* 4 EXISTS',
    )
    await running
    expect(named(events, 'flags')).toEqual([
      { mailbox: 'INBOX', seq: 1, uid: 10, flags: ['\\Seen'] },
      { mailbox: 'INBOX', seq: 2, uid: 20, flags: ['a'], modSeq: 7n },
    ])
    expect(named(events, 'status')).toMatchObject([{ mailbox: 'other', status: { messages: 4 } }])
    expect(named(events, 'list')).toMatchObject([{ mailbox: { name: 'x' } }])
    expect(named(events, 'exists')).toEqual([{ mailbox: 'INBOX', count: 4, previous: 3 }])
    connection.close()
  })

  it('is not told when somebody asked', async () => {
    const { connection, peer, events } = await selected()
    const set = uids('1:*')
    const all = Promise.all([
      connection.run(taking('LIST', { answers: 'LIST' })),
      connection.run(taking('STATUS', { answers: 'STATUS' })),
      connection.run(taking('FETCH', { flags: { access: 'read', set } })),
    ])
    const tags = [await peer.command(), await peer.command(), await peer.command()].map(({ tag }) => tag)
    peer.send(
      '* 1 FETCH (FLAGS (\\Seen))',
      '* STATUS other (MESSAGES 4)',
      '* LIST () NIL x',
      ...tags.map((tag) => `${tag} OK`),
    )
    await all
    expect(events).toEqual([])
    connection.close()
  })

  it('is told as flags when a command took the message that did not ask for flags', async () => {
    const { connection, peer, events } = await selected()
    const running = connection.run(taking('FETCH', {}))
    await peer.answer('OK', '* 1 FETCH (FLAGS (x))')
    await running
    expect(named(events, 'flags')).toHaveLength(1)
    connection.close()
  })

  it('is not told of the answer to a call that has ended, but of other messages', async () => {
    const { connection, peer, events } = await selected()
    const controller = new AbortController()
    const traits: Traits = { flags: { access: 'read', set: uids('10') } }
    const aborted = rejection(connection.run(taking('FETCH', traits), { signal: controller.signal }))
    const { tag } = await peer.command()
    controller.abort()
    await aborted
    const next = connection.run(noop())
    const after = await peer.command()
    peer.send('* 1 FETCH (UID 10 FLAGS (x))', '* 2 FETCH (UID 20 FLAGS (x))', `${tag} OK`, `${after.tag} OK`)
    await next
    expect(named(events, 'flags').map(({ uid }) => uid)).toEqual([20])
    connection.close()
  })

  it('is kept from the events while another mailbox is being selected', async () => {
    const { connection, peer, events } = await selected()
    const selecting = connection.run(select('B'))
    await peer.answer('OK', '* OK [CLOSED]', '* 7 EXISTS', '* 1 FETCH (UID 1 FLAGS (a))')
    await selecting
    expect(events.map(([name]) => name)).toEqual(['state', 'state'])
    connection.close()
  })
})

describe('offering', () => {
  it('gives a FETCH to all in flight, and anything else to the first that takes it', async () => {
    const { connection, peer } = await selected()
    const offered: Untagged[][] = [[], [], []]
    const all = Promise.all(offered.map((list, i) => connection.run(taking(i === 2 ? 'LIST' : 'FETCH', {}, list))))
    const tags = [await peer.command(), await peer.command(), await peer.command()].map(({ tag }) => tag)
    peer.send('* 1 FETCH (UID 10)', '* LIST () NIL x', `${tags[0]} OK`, '* SEARCH 1', `${tags[2]} OK`, `${tags[1]} OK`)
    await all
    expect(offered.map((list) => list.map(({ type }) => type))).toEqual([
      ['FETCH', 'LIST'],
      ['FETCH', 'LIST', 'SEARCH'],
      ['FETCH', 'LIST', 'SEARCH'],
    ])
    connection.close()
  })

  it('knows the UID of the message that an EXPUNGE removes', async () => {
    const { connection, peer, events } = await selected()
    const gone: (number | undefined)[] = []
    const running = connection.run(
      command({
        name: 'EXPUNGE',
        collect: ({ uidOf }) => ({
          untagged: (response) => {
            if (response.type !== 'EXPUNGE') return false
            gone.push(uidOf(response.number))
            return true
          },
          done: () => undefined,
        }),
      }),
    )
    await peer.answer('OK', '* 2 FETCH (UID 20)', '* 1 EXPUNGE', '* 1 EXPUNGE', '* 1 EXPUNGE')
    await running
    expect(gone).toEqual([10, 20, undefined])
    expect(named(events, 'expunge')).toEqual([
      { mailbox: 'INBOX', seq: 1, uid: 10 },
      { mailbox: 'INBOX', seq: 1, uid: 20 },
      { mailbox: 'INBOX', seq: 1 },
    ])
    expect(connection.selected).toMatchObject({ exists: 0 })
    connection.close()
  })

  it('changes the state before the promise settles', async () => {
    const { connection, peer } = await selected()
    let selectedThen: string | undefined
    const running = connection.run(select('C')).then(() => {
      selectedThen = connection.selected?.name
    })
    await peer.answer('OK [READ-ONLY] x', '* 1 EXISTS')
    await running
    expect(selectedThen).toBe('C')
    connection.close()
  })
})

describe('the trace', () => {
  it('is built only when somebody listens', async () => {
    let asked = 0
    const { connection, peer, events } = await open({
      listens: (event) => {
        if (event === 'trace') asked++
        return false
      },
    })
    const running = connection.run(noop())
    await peer.answer()
    await running
    expect(asked).toBeGreaterThan(0)
    expect(named(events, 'trace')).toEqual([])
    connection.close()
  })

  it('shows both directions, without secrets', async () => {
    const { connection, peer, events } = await open({ listens: () => true }, '* OK hi')
    const running = connection.run(
      command({
        name: 'LOGIN',
        encode: (w) =>
          void w
            .sp()
            .astring('me')
            .sp()
            .secret(() => void w.astring('hunter2')),
      }),
    )
    await peer.answer('OK [CAPABILITY A] in')
    await running
    const texts = named(events, 'trace').map(({ direction, text }) => `${direction} ${text.replace(/[A-Z]{6}\d/, 'T')}`)
    expect(texts).toEqual(['out T LOGIN me ***', 'in T OK [CAPABILITY A] in'])
    connection.close()
  })
})
