import { describe, expect, it } from 'vitest'
import { RawClient } from '../../unit/testing/raw-client.js'
import type { ServerOptions } from 'imapkit/testing'
import { capabilities, scene, tagged, without } from './tools.js'

const mail = 'Subject: x\n\nx\n'
const ALL = 'lrswipkxtencda'

/** A server with alice and bob, and a client of each. */
async function two(options: ServerOptions = {}) {
  const users = {
    alice: { password: 'secret', mailboxes: { INBOX: [mail], Team: [mail, mail], 'Team/Sub': [] } },
    bob: { password: 'secret' },
  }
  const at = await scene({}, { users, ...options })
  const bob = await RawClient.open({ port: at.server.port })
  await bob.ok('LOGIN bob secret')
  return {
    ...at,
    alice: at.client,
    bob,
    async [Symbol.asyncDispose]() {
      await bob[Symbol.asyncDispose]()
      await at[Symbol.asyncDispose]()
    },
  }
}

describe('ACL (RFC 4314)', () => {
  it('announces the rights beyond those of RFC 2086', async () => {
    await using at = await scene()
    expect(await capabilities(at.client)).toEqual(expect.arrayContaining(['ACL', 'RIGHTS=kxten']))
  })

  it('changes, tells and deletes lists; c and d stand for their members and come with them', async () => {
    await using at = await scene({ 'INBOX/Drafts': [] })
    const { client } = at
    expect(await client.ok('GETACL INBOX/Drafts')).toEqual([`* ACL INBOX/Drafts alice ${ALL}`])
    await client.ok('SETACL INBOX/Drafts Chris lrswi')
    await client.ok('SETACL INBOX/Drafts Chris +cda')
    await client.ok('SeTacl INBOX/Drafts David lrswida')
    await client.ok('Setacl INBOX/Drafts Byron lrswikda')
    await client.ok('SETACL INBOX/Drafts $team w')
    await client.ok('SETACL INBOX/Drafts -Fred wetd')
    await client.ok('SETACL INBOX/Drafts Byron -si')
    expect(await client.ok('getacl INBOX/Drafts')).toEqual([
      `* ACL INBOX/Drafts alice ${ALL} Chris lrswikxtecda David lrswiteda Byron lrwktecda $team w -Fred wted`,
    ])
    await client.ok('DELETEACL INBOX/Drafts Chris')
    await client.ok('DELETEACL INBOX/Drafts $team')
    await client.ok('SETACL INBOX/Drafts David ""')
    expect(await client.ok('GETACL INBOX/Drafts')).toEqual([
      `* ACL INBOX/Drafts alice ${ALL} Byron lrwktecda -Fred wted`,
    ])
  })

  it('refuses what is no right and no identifier', async () => {
    await using at = await scene({ 'INBOX/Drafts': [] })
    const { client } = at
    expect(await tagged(client, 'SETACL INBOX/Drafts John lrQswicda')).toBe('BAD Uppercase rights are not allowed')
    expect(await tagged(client, 'SETACL INBOX/Drafts John lrqswicda')).toBe('BAD The q right is not supported')
    for (const broken of [
      'SETACL INBOX/Drafts John lr1',
      'SETACL INBOX/Drafts John l+r',
      'SETACL INBOX/Drafts "" lr',
      'SETACL INBOX/Drafts {3+}\r\na\tb lr',
      'SETACL INBOX/Drafts {2+}\r\n\xc3( lr',
      'SETACL INBOX/Drafts John',
      'DELETEACL INBOX/Drafts',
      'GETACL INBOX/Drafts x',
      'LISTRIGHTS INBOX/Drafts',
      'MYRIGHTS',
    ]) {
      expect(`${broken}: ${await tagged(client, broken)}`).toMatch(/: BAD /)
    }
    expect(await client.ok('GETACL INBOX/Drafts')).toEqual([`* ACL INBOX/Drafts alice ${ALL}`])
    for (const command of ['GETACL none', 'SETACL none x l', 'MYRIGHTS none', 'LISTRIGHTS none x']) {
      expect(`${command}: ${await tagged(client, command)}`).toMatch(/: NO \[NONEXISTENT\]/)
    }
  })

  it('tells what can be granted, and leaves an owner what he needs', async () => {
    await using at = await scene()
    const { client } = at
    expect(await client.ok('LISTRIGHTS INBOX smith')).toEqual([
      '* LISTRIGHTS INBOX smith "" l r s w i p k x t e n c d a',
    ])
    expect(await client.ok('LISTRIGHTS INBOX alice')).toEqual(['* LISTRIGHTS INBOX alice la r s w i p k x t e n c d'])
    expect(await client.ok('LISTRIGHTS INBOX {3+}\r\n\u00c2\u00aab')).toEqual([
      '* LISTRIGHTS INBOX {3}',
      '\u00c2\u00aab "" l r s w i p k x t e n c d a',
    ])
    await client.ok('DELETEACL INBOX alice')
    expect(await client.ok('MYRIGHTS INBOX')).toEqual(['* MYRIGHTS INBOX la'])
    expect(await client.ok('GETACL INBOX')).toEqual(['* ACL INBOX'])
    expect(await tagged(client, 'SELECT INBOX')).toMatch(/^NO \[NOPERM\]/)
    await client.ok('SETACL INBOX alice lrswipkxtea')
    await client.ok('SELECT INBOX')
  })
})

describe('mailboxes of others', () => {
  it('are not there without a right, and appear with it', async () => {
    await using at = await two()
    const { alice, bob } = at
    expect(await bob.ok('NAMESPACE')).toEqual(['* NAMESPACE (("" "/")) (("#users/" "/")) NIL'])
    for (const command of ['SELECT #users/alice/Team', 'GETACL #users/alice/Team', 'MYRIGHTS #users/alice/Team']) {
      expect(await tagged(bob, command)).toBe('NO [NONEXISTENT] There is no such mailbox')
    }
    expect(await bob.ok('LIST "" *')).toHaveLength(1)
    await alice.ok('SETACL Team anyone lr')
    await alice.ok('SETACL Team bob si')
    await alice.ok('SETACL Team -bob i')
    expect((await bob.ok('LIST "" *')).at(-1)).toMatch(/^\* LIST \(.*\) "\/" #users\/alice\/Team$/)
    expect(await bob.ok('MYRIGHTS #users/alice/Team')).toEqual(['* MYRIGHTS #users/alice/Team lrs'])
    expect(await bob.ok('STATUS #users/alice/Team (MESSAGES)')).toEqual(['* STATUS #users/alice/Team (MESSAGES 2)'])
    expect(await tagged(bob, 'GETACL #users/alice/Team')).toMatch(/^NO \[NOPERM\]/)
    const lines = await bob.run('SELECT #users/alice/Team')
    expect(lines).toContain('* OK [PERMANENTFLAGS (\\Seen)] Flags')
    expect(lines.at(-1)).toMatch(/^OK \[READ-WRITE\]/)
    expect(await tagged(bob, 'COPY 1 #users/alice/Team')).toMatch(/^NO \[NOPERM\]/)
    await bob.ok('SUBSCRIBE #users/alice/Team')
    expect(await bob.ok('LIST (SUBSCRIBED) "" "#users/*"')).toEqual([
      '* LIST (\\Subscribed \\HasNoChildren) "/" #users/alice/Team',
    ])
  })

  it('keep of the flags of a new message those that may be set', async () => {
    await using at = await two()
    const { alice, bob } = at
    await alice.ok('SETACL Team bob rwis')
    await bob.ok('APPEND INBOX (\\Draft \\Deleted $Forwarded) {6+}\r\nA: b\r\n')
    await bob.ok('SELECT INBOX')
    await bob.ok('COPY 1 #users/alice/Team')
    await alice.ok('SETACL Team bob rsti')
    await bob.ok('COPY 1 #users/alice/Team')
    await bob.ok('APPEND #users/alice/Team (\\Seen \\Answered) {6+}\r\nA: b\r\n')
    const flags = at.server
      .user('alice')
      .mailbox('Team')
      .messages.map((message) => message.flags)
    expect(flags.slice(2)).toEqual([['\\Draft', '$Forwarded'], ['\\Deleted'], ['\\Seen']])
  })

  it('tell when rights on the open mailbox change', async () => {
    await using at = await two()
    const { alice, bob } = at
    await alice.ok('SETACL Team bob lrs')
    await bob.ok('SELECT #users/alice/Team')
    expect(await bob.ok('NOOP')).toEqual([])
    await alice.ok('SETACL Team bob +te')
    expect(await bob.ok('NOOP')).toEqual([
      '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)',
      '* OK [PERMANENTFLAGS (\\Deleted \\Seen)] Your rights have changed',
    ])
    expect(await bob.ok('NOOP')).toEqual([])
    await bob.ok('STORE 1 +FLAGS (\\Deleted)')
    await bob.ok('EXPUNGE')
    expect(at.server.user('alice').mailbox('Team').messages).toHaveLength(1)
  })

  it('are created with k above, inherit its list, and are deleted with x', async () => {
    await using at = await two()
    const { alice, bob, server } = at
    await alice.ok('SETACL Team bob lr')
    expect(await tagged(bob, 'CREATE #users/alice/Team/New')).toMatch(/^NO \[NOPERM\]/)
    await alice.ok('SETACL Team bob lrkx')
    await bob.ok('CREATE #users/alice/Team/New/Deep')
    expect(server.user('alice').mailboxes).toContain('Team/New/Deep')
    for (const name of ['Team/New', 'Team/New/Deep']) {
      expect(await alice.ok(`GETACL ${name}`)).toEqual([`* ACL ${name} alice ${ALL} bob lrkxc`])
    }
    await bob.ok('RENAME #users/alice/Team/New/Deep #users/alice/Team/Moved')
    expect(await bob.ok('MYRIGHTS #users/alice/Team/Moved')).toEqual(['* MYRIGHTS #users/alice/Team/Moved lrkxc'])
    await bob.ok('DELETE #users/alice/Team/Moved')
    expect(await tagged(bob, 'RENAME #users/alice/Team/New mine')).toMatch(/^NO \[CANNOT\]/)
    expect(await tagged(bob, 'CREATE #users/alice/Top')).toMatch(/^NO \[NOPERM\]/)
    expect(await tagged(bob, 'CREATE #users/nobody/Top')).toMatch(/^NO \[CANNOT\]/)
    expect(await tagged(bob, 'DELETE #users/alice/INBOX')).toMatch(/^NO \[NONEXISTENT\]/)
  })

  it('do not exist where ACL is not offered', async () => {
    await using at = await two({ capabilities: without('ACL') })
    expect(await at.bob.ok('NAMESPACE')).toEqual(['* NAMESPACE (("" "/")) NIL NIL'])
    for (const command of [
      'SETACL INBOX x l',
      'GETACL INBOX',
      'MYRIGHTS INBOX',
      'LISTRIGHTS INBOX x',
      'DELETEACL INBOX x',
    ]) {
      expect(`${command}: ${await tagged(at.bob, command)}`).toMatch(/: BAD /)
    }
  })
})

describe('ACL (RFC 2086)', () => {
  it('has its nine rights and no others where RIGHTS= is not announced', async () => {
    await using at = await scene({}, { capabilities: without('RIGHTS=kxten') })
    const { client } = at
    expect(await client.ok('MYRIGHTS INBOX')).toEqual(['* MYRIGHTS INBOX lrswipcda'])
    await client.ok('SETACL INBOX Fred lrcd')
    expect(await tagged(client, 'SETACL INBOX Fred k')).toMatch(/^BAD /)
    expect(await client.ok('GETACL INBOX')).toEqual(['* ACL INBOX alice lrswipcda Fred lrcd'])
    expect(await client.ok('LISTRIGHTS INBOX smith')).toEqual(['* LISTRIGHTS INBOX smith "" l r s w i p c d a'])
  })
})
