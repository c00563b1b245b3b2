import { duplexPair, Transform, type Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { Access, Extra, no } from 'imapkit/testing'
import type { Account, Feature, Located, MemoryMailbox, Session, StoredMessage } from 'imapkit/testing'
import { capabilities, scene, tagged, without } from './tools.js'

const mail = 'Subject: x\n\nx\n'

describe('a feature of the user', () => {
  const colours = new Extra<StoredMessage, string>(() => 'NIL')
  const colour: Feature = {
    capabilities: ['X-COLOUR'],
    optionalCapabilities: ['X-COLOUR='],
    fetchItems: {
      'X-COLOUR': {
        needs: ['X-COLOUR'],
        read: () => ({ label: 'X-COLOUR', write: (out, each) => void out.text(`X-COLOUR ${colours.get(each)}`) }),
      },
    },
    storeItems: {
      'X-COLOUR': {
        needs: ['X-COLOUR'],
        read(args, _session, { change }) {
          args.sp()
          const wanted = change === 'remove' ? 'NIL' : args.atom()
          return {
            check: ({ uid }) => {
              if (uid === 3) throw no('This one has no colour', 'CANNOT')
            },
            apply(message) {
              if (colours.get(message) === wanted) return false
              colours.set(message, wanted)
              return true
            },
            tells: [{ label: 'X-COLOUR', write: (out, each) => void out.text(`X-COLOUR ${colours.get(each)}`) }],
          }
        },
      },
    },
    appendOptions: {
      'X-COLOUR': {
        needs: ['X-COLOUR'],
        read(args) {
          args.sp()
          const wanted = args.atom()
          return (message) => colours.set(message, wanted)
        },
      },
    },
    appendData: {
      'X-TWICE': {
        needs: ['X-COLOUR'],
        read(args) {
          args.sp()
          const text = args.string()
          return () => Buffer.concat([text, text])
        },
      },
    },
    hooks: {
      needs: ['X-COLOUR'],
      onAdd(_session, _mailbox, added) {
        for (const message of added) if (message.origin !== null) colours.set(message, colours.get(message.origin))
      },
    },
  }

  it('is announced, read, stored, appended and copied', async () => {
    await using at = await scene({ INBOX: [mail, mail, mail], box: [] }, { features: [colour] })
    const { client, server } = at
    expect(await capabilities(client)).toContain('X-COLOUR')
    await client.ok('SELECT INBOX')
    const other = await at.another('INBOX')
    expect(await client.ok('STORE 1:2 X-COLOUR red')).toEqual(['* 1 FETCH (X-COLOUR red)', '* 2 FETCH (X-COLOUR red)'])
    expect(await other.ok('NOOP')).toEqual(['* 1 FETCH (FLAGS ())', '* 2 FETCH (FLAGS ())'])
    expect(await client.ok('STORE 1 +X-COLOUR.SILENT blue')).toEqual([])
    expect(await tagged(client, 'STORE 2:3 X-COLOUR green')).toMatch(/^NO \[CANNOT\]/)
    expect(await client.ok('FETCH 1:3 X-COLOUR')).toEqual([
      '* 1 FETCH (X-COLOUR blue)',
      '* 2 FETCH (X-COLOUR red)',
      '* 3 FETCH (X-COLOUR NIL)',
    ])
    await client.ok('COPY 1 box')
    await client.ok('APPEND box (\\Seen) X-COLOUR pink X-TWICE "A: b"')
    expect(server.user('alice').mailbox('box').messages[1]?.raw.toString()).toBe('A: bA: b')
    await client.ok('SELECT box')
    expect(await client.ok('FETCH 1:2 X-COLOUR')).toEqual(['* 1 FETCH (X-COLOUR blue)', '* 2 FETCH (X-COLOUR pink)'])
    for (const broken of [
      'STORE 1 X-COLOUR',
      'STORE 1 X-COLOR red',
      'APPEND box X-COLOUR {1+}\r\nx',
      'APPEND box X-OTHER {1+}\r\nx',
    ]) {
      expect(`${broken}: ${await tagged(client, broken)}`).toMatch(/: BAD /)
    }
  })

  it('is gone without its capability, also while the server runs', async () => {
    await using at = await scene({ INBOX: [mail] }, { features: [colour] })
    const { client, server } = at
    await client.ok('SELECT INBOX')
    await client.ok('FETCH 1 X-COLOUR')
    server.setCapabilities((all) => all.filter((name) => name !== 'X-COLOUR'))
    expect(await tagged(client, 'FETCH 1 X-COLOUR')).toMatch(/^BAD /)
    expect(await tagged(client, 'STORE 1 X-COLOUR red')).toMatch(/^BAD /)
    expect(await capabilities(client)).not.toContain('X-COLOUR')
  })

  it('cannot take the name of another', async () => {
    await expect(scene({}, { features: [colour, colour] })).rejects.toThrow('Two features define')
  })
})

describe('capabilities', () => {
  it('may have values, follow from options, and be announced at times only', async () => {
    const feature: Feature = {
      capabilities: ['X-LEVEL=1', 'X-LATER'],
      announces: ({ host = 'none' }) => [`X-HOST=${host}`],
      announcedWhen: { 'X-LATER': (session) => session.state !== 'not-authenticated' },
      commands: [
        {
          name: 'XLEVEL',
          states: ['any'],
          needs: ['X-LEVEL='],
          run: (session) => ({ text: session.values('x-level').join() }),
        },
      ],
    }
    await using at = await scene({}, { features: [feature], capabilities: (all) => [...all, 'X-LEVEL=Two'] })
    expect(await capabilities(at.client)).toEqual(
      expect.arrayContaining(['X-LEVEL=1', 'X-LATER', 'X-HOST=none', 'X-LEVEL=Two']),
    )
    await at.client.ok('NOOP')
    expect(await tagged(at.client, 'XLEVEL')).toBe('OK 1,Two')
  })
})

describe('hooks', () => {
  it('have a say in every command', async () => {
    const seen: string[] = []
    const feature: Feature = {
      hooks: {
        beforeCommand(_session, { name }) {
          if (name === 'CHECK') throw no('Not now', 'INUSE')
        },
        onComplete: (_session, { name }, completion) =>
          name === 'NOOP' ? { ...completion, code: 'X-SEEN' } : completion,
        onSelect: (session, { mailbox }) => void session.out.line(`* OK [X-OPEN] ${mailbox.name}`),
        onUnselect: (_session, { mailbox }) => void seen.push(`left ${mailbox.name}`),
        onLogout: () => void seen.push('logged out'),
        onCreate: (_session, { name }) => `X-MADE ${name}`,
        limit: (_session, { name }, messages) => (name === 'FETCH' ? messages.slice(0, 1) : messages),
        beforeAdd(_session, mailbox, messages) {
          if (mailbox.name === 'full') throw no(`No room for ${messages.length}`, 'OVERQUOTA')
        },
        onUpdates: (_session, updates) => {
          if (updates?.arrived.length === 1) seen.push(`arrived ${updates.arrived[0]?.uid}`)
        },
      },
    }
    await using at = await scene(
      { INBOX: [mail, mail], full: [] },
      { features: [feature], capabilities: without('OBJECTID') },
    )
    const { client, server } = at
    expect(await client.ok('SELECT INBOX')).toContain('* OK [X-OPEN] INBOX')
    expect(await tagged(client, 'CHECK')).toBe('NO [INUSE] Not now')
    expect(await tagged(client, 'NOOP')).toBe('OK [X-SEEN] NOOP completed')
    expect(await tagged(client, 'CREATE new')).toBe('OK [X-MADE new] CREATE completed')
    expect(await client.ok('FETCH 1:2 UID')).toEqual(['* 1 FETCH (UID 1)'])
    expect(await tagged(client, 'COPY 1:2 full')).toBe('NO [OVERQUOTA] No room for 2')
    expect(await tagged(client, 'APPEND full {1+}\r\nx')).toBe('NO [OVERQUOTA] No room for 1')
    server.user('alice').mailbox('INBOX').deliver(mail)
    await client.ok('NOOP')
    await client.ok('UNSELECT')
    await client.ok('LOGOUT')
    await client.rest()
    expect(seen).toEqual(['arrived 3', 'left INBOX', 'logged out'])
  })

  it('decide who is let in, and what a fault leaves time for', async () => {
    const feature: Feature = {
      hooks: {
        onLogin: (session) => {
          if (session.server.settings.offer.has('X-CLOSED')) throw no('Go elsewhere', 'REFERRAL imap://elsewhere/')
          return { code: 'X-IN', text: 'Come in' }
        },
        onDelay: (session, { tag }) => {
          session.out.line(`* OK [INPROGRESS ("${tag}" 0 1)] Slow`)
          return () => session.out.line(`* OK [INPROGRESS ("${tag}" 1 1)] Done`)
        },
      },
    }
    await using at = await scene({}, { features: [feature] })
    at.server.fault({ command: 'NOOP', delay: 5 })
    expect((await at.client.ok('NOOP')).map((line) => line.slice(-4))).toEqual(['Slow', 'Done'])
    at.server.setCapabilities((all) => [...all, 'X-CLOSED'])
    await expect(at.another()).rejects.toThrow('NO [REFERRAL imap://elsewhere/] Go elsewhere')
    expect(at.server.connections.map(({ state }) => state)).toContain('not-authenticated')
  })

  it('may name other mailboxes, with fewer rights', async () => {
    class Shared extends Access {
      readonly bob: Account

      constructor(account: Account, bob: Account) {
        super(account)
        this.bob = bob
      }

      override locate(name: string): Located {
        return name.startsWith('Bob/') ? { account: this.bob, name: name.slice(4) } : super.locate(name)
      }

      override nameOf(mailbox: MemoryMailbox): string {
        return this.bob.find(mailbox.name) === mailbox ? `Bob/${mailbox.name}` : mailbox.name
      }

      override rights(mailbox: MemoryMailbox): string {
        return this.bob.find(mailbox.name) === mailbox ? 'lrs' : super.rights(mailbox)
      }
    }
    const feature: Feature = {
      hooks: {
        access({ server }, access) {
          const bob = server.account('bob')
          return bob === undefined ? access : new Shared(access.account, bob)
        },
      },
    }
    const users = {
      alice: { password: 'secret', mailboxes: { INBOX: [mail] } },
      bob: { mailboxes: { Team: [mail] } },
    }
    await using at = await scene({}, { users, features: [feature] })
    const { client, server } = at
    expect(await client.ok('STATUS Bob/Team (MESSAGES)')).toEqual(['* STATUS Bob/Team (MESSAGES 1)'])
    const lines = await client.run('SELECT Bob/Team')
    expect(lines).toContain('* OK [PERMANENTFLAGS (\\Seen)] Flags')
    expect(await tagged(client, 'STORE 1 +FLAGS (\\Deleted)')).toMatch(/^NO \[NOPERM\]/)
    await client.ok('STORE 1 FLAGS (\\Seen \\Deleted)')
    expect(server.user('bob').mailbox('Team').messages[0]?.flags).toEqual(['\\Seen'])
    expect(await tagged(client, 'EXPUNGE')).toMatch(/^NO \[NOPERM\]/)
    expect(await tagged(client, 'MOVE 1 INBOX')).toMatch(/^NO \[NOPERM\]/)
    await client.ok('COPY 1 INBOX')
    for (const command of [
      'COPY 1 Bob/Team',
      'APPEND Bob/Team {1+}\r\nx',
      'DELETE Bob/Team',
      'CREATE Bob/Team/sub',
      'RENAME Bob/Team x',
    ]) {
      expect(`${command}: ${await tagged(client, command)}`).toMatch(/: NO \[NOPERM\]/)
    }
    expect(await tagged(client, 'STATUS Bob/None (MESSAGES)')).toMatch(/^NO \[NONEXISTENT\]/)
  })
})

describe('a session', () => {
  const sessions: Session[] = []
  const spy: Feature = {
    hooks: {
      onLogin(session) {
        sessions.push(session)
        return undefined
      },
    },
  }

  it('tells of its own accord between commands, in IDLE, and at the end of a command', async () => {
    await using at = await scene({}, { features: [spy] })
    const session = sessions.at(-1) as Session
    const say = (text: string): void => session.unsolicited(() => session.out.line(`* OK ${text}`))
    say('between')
    expect(await at.client.line()).toBe('* OK between')
    at.client.send('a IDLE\r\n')
    expect(await at.client.line()).toMatch(/^\+ /)
    say('idle')
    expect(await at.client.line()).toBe('* OK idle')
    at.client.send('DONE\r\n')
    expect(await at.client.line()).toMatch(/^a OK/)
    at.server.fault({ command: 'NOOP', delay: 20 })
    at.client.send('b NOOP\r\n')
    while (!session.busy) await new Promise((resolve) => setTimeout(resolve, 1))
    say('later')
    expect(await at.client.line()).toBe('* OK later')
    expect(await at.client.line()).toMatch(/^b OK/)
  })

  it('is as new when nobody is logged in any more', async () => {
    await using at = await scene({ INBOX: [mail] }, { features: [spy] })
    const session = sessions.at(-1) as Session
    await at.client.ok('ENABLE IMAP4rev2')
    session.fetchHead = ({ uid }) => `* ${uid} UIDFETCH (`
    session.translate = (text) => text.toUpperCase()
    session.tellExpunged = (gone) => session.out.line(`* VANISHED ${gone.length}`)
    await at.client.ok('SELECT INBOX')
    expect(await at.client.ok('STORE 1 FLAGS (\\Deleted)')).toEqual(['* 1 UIDFETCH (UID 1 FLAGS (\\Deleted))'])
    expect(await at.client.run('EXPUNGE')).toEqual(['* VANISHED 1', 'OK EXPUNGE COMPLETED'])
    session.logOut()
    expect(session.state).toBe('not-authenticated')
    expect(await tagged(at.client, 'SELECT INBOX')).toMatch(/^BAD .*not-authenticated state/)
    await at.client.ok('LOGIN alice secret')
    at.server.user('alice').mailbox('INBOX').deliver(mail)
    await at.client.ok('SELECT INBOX')
    expect(await at.client.ok('STORE 1 FLAGS (\\Deleted)')).toEqual(['* 1 FETCH (FLAGS (\\Deleted \\Recent))'])
    expect(await at.client.ok('EXPUNGE')).toEqual(['* 1 EXPUNGE'])
  })

  it('goes on through a layer, with what came early', async () => {
    const flip = () =>
      new Transform({
        transform: (chunk: Buffer, _encoding, done) => done(null, Buffer.from(chunk.map((octet) => octet ^ 1))),
      })
    const layer = (below: Duplex): Duplex => {
      const [inner, outer] = duplexPair()
      inner.pipe(flip()).pipe(below)
      below.pipe(flip()).pipe(inner)
      return outer
    }
    const feature: Feature = {
      commands: [{ name: 'XFLIP', states: ['any'], run: ({ line }) => ({ after: () => line.through(layer) }) }],
    }
    await using at = await scene({}, { features: [feature] })
    const flipped = (text: string): string =>
      Buffer.from(Buffer.from(text).map((octet) => octet ^ 1)).toString('latin1')
    at.client.send(`a XFLIP\r\n${flipped('b NOOP\r\n')}`)
    expect(await at.client.line()).toBe('a OK XFLIP completed')
    at.client.send(flipped('c LOGOUT\r\n'))
    const rest = flipped(await at.client.rest())
    expect(rest).toMatch(/^b OK NOOP completed\r\n\* BYE [^\r\n]*\r\nc OK LOGOUT completed\r\n$/)
  })
})
