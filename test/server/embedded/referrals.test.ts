import { ImapServer } from 'imapkit/testing'
import { describe, expect, it } from 'vitest'
import { RawClient } from '../../unit/testing/raw-client.js'
import { capabilities, scene, tagged } from './tools.js'

describe('LOGIN-REFERRALS (RFC 2221)', () => {
  const start = () =>
    ImapServer.start({
      security: 'plaintext',
      users: { mike: { password: 'a' }, matthew: { password: 'b' }, ann: { password: 'c' } },
      extensions: {
        referrals: {
          users: { mike: 'imap://mike@server2/', matthew: { url: 'imap://matthew@server2/', admitted: true } },
        },
      },
    })

  it('sends a user elsewhere, or lets him in and tells him', async () => {
    await using server = await start()
    await using client = await RawClient.open({ port: server.port })
    expect(await capabilities(client)).toContain('LOGIN-REFERRALS')
    expect(await tagged(client, 'LOGIN mike a')).toMatch(/^NO \[REFERRAL imap:\/\/mike@server2\/\] \S/)
    const plain = Buffer.from('\0mike\0a').toString('base64')
    expect(await tagged(client, `AUTHENTICATE PLAIN ${plain}`)).toMatch(/^NO \[REFERRAL imap:\/\/mike@server2\/\] \S/)
    expect(await tagged(client, 'SELECT INBOX')).toMatch(/^BAD /)
    expect(await tagged(client, 'LOGIN matthew b')).toMatch(/^OK \[REFERRAL imap:\/\/matthew@server2\/\] \S/)
    await client.ok('SELECT INBOX')
  })

  it('tells nothing to who has no right password, and nothing about others', async () => {
    await using server = await start()
    await using client = await RawClient.open({ port: server.port })
    expect(await tagged(client, 'LOGIN mike wrong')).not.toContain('REFERRAL')
    expect(await tagged(client, 'LOGIN ann c')).toMatch(/^OK \[CAPABILITY /)
  })

  it('is not there unless somebody is elsewhere', async () => {
    await using at = await scene()
    expect(await capabilities(at.client)).not.toContain('LOGIN-REFERRALS')
    expect(await capabilities(at.client)).not.toContain('MAILBOX-REFERRALS')
    expect(await tagged(at.client, 'RLIST "" "*"')).toMatch(/^BAD /)
  })
})

describe('MAILBOX-REFERRALS (RFC 2193)', () => {
  const remote = 'IMAP://user;AUTH=*@SERVER2/REMOTE'
  const options = {
    extensions: {
      referrals: {
        mailboxes: {
          REMOTE: [remote, 'IMAP://user;AUTH=*@SERVER3/REMOTE'],
          'SHARED/FOO': 'IMAP://user;AUTH=*@SERVER2/SHARED/FOO',
        },
      },
    },
  }

  it.each([
    ['SELECT REMOTE', `${remote} IMAP://user;AUTH=*@SERVER3/REMOTE`],
    ['EXAMINE REMOTE', `${remote} IMAP://user;AUTH=*@SERVER3/REMOTE`],
    ['STATUS REMOTE (MESSAGES)', `${remote} IMAP://user;AUTH=*@SERVER3/REMOTE`],
    ['DELETE "SHARED/FOO"', 'IMAP://user;AUTH=*@SERVER2/SHARED/FOO'],
    ['CREATE "SHARED/FOO"', 'IMAP://user;AUTH=*@SERVER2/SHARED/FOO'],
    ['CREATE "SHARED/FOO/a b"', 'IMAP://user;AUTH=*@SERVER2/SHARED/FOO/a%20b'],
    ['APPEND SHARED/FOO {1+}\r\nx', 'IMAP://user;AUTH=*@SERVER2/SHARED/FOO'],
    ['COPY 1 "SHARED/FOO"', 'IMAP://user;AUTH=*@SERVER2/SHARED/FOO'],
    ['RENAME SHARED/FOO SHARED/FOO/x', 'IMAP://user;AUTH=*@SERVER2/SHARED/FOO IMAP://user;AUTH=*@SERVER2/SHARED/FOO/x'],
  ])('refers %s', async (command, urls) => {
    await using at = await scene({ INBOX: ['A: b\n\nx\n'] }, options)
    expect(await capabilities(at.client)).toContain('MAILBOX-REFERRALS')
    await at.client.ok('SELECT INBOX')
    expect((await tagged(at.client, command)).startsWith(`NO [REFERRAL ${urls}] `)).toBe(true)
  })

  it('asks for a literal only where the mailbox is here', async () => {
    await using at = await scene({}, options)
    expect(await tagged(at.client, 'APPEND REMOTE {10}')).toMatch(/^NO \[REFERRAL /)
  })

  it('lists what is elsewhere in RLIST, RLSUB and with REMOTE only', async () => {
    await using at = await scene({ here: [] }, options)
    const { client } = at
    await client.ok('SUBSCRIBE REMOTE')
    const names = async (command: string) =>
      (await client.ok(command)).map((line) => line.split(' ').at(-1)).sort((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1))
    expect(await names('LIST "" "*"')).toEqual(['INBOX', 'here'])
    expect(await names('RLIST "" "*"')).toEqual(['INBOX', 'REMOTE', 'SHARED/FOO', 'here'])
    expect(await names('LSUB "" "*"')).toEqual(['INBOX', 'here'])
    expect(await names('RLSUB "" "*"')).toEqual(['INBOX', 'REMOTE', 'here'])
    expect((await client.ok('RLSUB "" R%'))[0]).toMatch(/^\* LSUB \(\) "\/" REMOTE$/)
    expect((await client.ok('LIST (REMOTE) "" "R*"'))[0]).toMatch(/^\* LIST \(\\Remote\b[^)]*\) "\/" REMOTE$/)
    expect(await names('LIST (REMOTE SUBSCRIBED) "" "*"')).toEqual(['INBOX', 'REMOTE', 'here'])
    for (const broken of ['RLIST', 'RLIST ""', 'RLIST () "" "*"', 'RLIST "" "*" RETURN ()', 'RLSUB "" ("a" "b")']) {
      expect(`${broken}: ${await tagged(client, broken)}`).toMatch(/: BAD /)
    }
  })

  it('renames nothing across servers', async () => {
    await using at = await scene({ here: [] }, options)
    expect(await tagged(at.client, 'RENAME here REMOTE/x')).toMatch(/^NO \[CANNOT\]/)
    await at.client.ok('RENAME here there')
  })
})
