import { describe, expect, it } from 'vitest'
import { capabilities, scene, tagged, without } from './tools.js'

const kib = (count: number): string => `A: b\r\n\r\n${'x'.repeat(count * 1024 - 8)}`
const quota = (limits: Readonly<Record<string, number>>) => ({ extensions: { quota: limits } })
const alice = '"#user/alice"'

describe('QUOTA (RFC 9208)', () => {
  it('announces what can be limited', async () => {
    await using at = await scene()
    const announced = (await capabilities(at.client)).filter((name) => name.startsWith('QUOTA'))
    expect(announced.sort()).toEqual([
      'QUOTA',
      'QUOTA=RES-ANNOTATION-STORAGE',
      'QUOTA=RES-MAILBOX',
      'QUOTA=RES-MESSAGE',
      'QUOTA=RES-STORAGE',
      'QUOTASET',
    ])
  })

  it('tells usage and limits of a root, and the root of a mailbox, whether it exists or not', async () => {
    await using at = await scene(
      { INBOX: [kib(2), kib(1)], box: ['A: b\n\nx\n'] },
      quota({ STORAGE: 512, MESSAGE: 1000 }),
    )
    const { client } = at
    expect(await client.ok(`GETQUOTA ${alice}`)).toEqual(['* QUOTA #user/alice (STORAGE 4 512 MESSAGE 3 1000)'])
    for (const name of ['INBOX', 'not-there']) {
      expect(await client.ok(`GETQUOTAROOT ${name}`)).toEqual([
        `* QUOTAROOT ${name} #user/alice`,
        '* QUOTA #user/alice (STORAGE 4 512 MESSAGE 3 1000)',
      ])
    }
    expect(await tagged(client, 'GETQUOTA "!partition/sda4"')).toMatch(/^NO \[NONEXISTENT\]/)
    for (const broken of ['GETQUOTA', 'GETQUOTA a b', 'GETQUOTAROOT', 'GETQUOTAROOT INBOX ']) {
      expect(`${broken}: ${await tagged(client, broken)}`).toMatch(/: BAD /)
    }
  })

  it('sets all limits at once: what is not named has none any more', async () => {
    await using at = await scene({ INBOX: ['A: b\n\nx\n'] }, quota({ STORAGE: 111, MESSAGE: 1000 }))
    const { client } = at
    expect(await client.ok(`SETQUOTA ${alice} (STORAGE 510)`)).toEqual(['* QUOTA #user/alice (STORAGE 1 510)'])
    expect(await client.ok(`SETQUOTA ${alice} (mailbox 7 message 9223372036854775807)`)).toEqual([
      '* QUOTA #user/alice (MAILBOX 1 7 MESSAGE 1 9223372036854775807)',
    ])
    expect(await client.ok(`SETQUOTA ${alice} ()`)).toEqual(['* QUOTA #user/alice ()'])
    expect(await tagged(client, `SETQUOTA ${alice} (BLOCKS 1)`)).toMatch(/^NO /)
    expect(await client.ok(`GETQUOTA ${alice}`)).toEqual(['* QUOTA #user/alice ()'])
    for (const broken of [
      'STORAGE 1',
      '(STORAGE)',
      '(STORAGE -1)',
      '(STORAGE 9223372036854775808)',
      '(STORAGE 1 STORAGE 2)',
      '(STORAGE 1 )',
      '(STORAGE 1) x',
    ]) {
      expect(`${broken}: ${await tagged(client, `SETQUOTA ${alice} ${broken}`)}`).toMatch(/: BAD /)
    }
  })

  it('refuses what goes beyond with OVERQUOTA, before the octets come where that is known', async () => {
    await using at = await scene({ INBOX: [kib(2), kib(2)], box: [] }, quota({ STORAGE: 5, MESSAGE: 3 }))
    const { client, server } = at
    expect(await tagged(client, 'APPEND box (\\Seen) {2048}')).toMatch(/^NO \[OVERQUOTA\]/)
    expect(await tagged(client, `APPEND box {2048+}\r\n${kib(2)}`)).toMatch(/^NO \[OVERQUOTA\]/)
    await client.ok(`APPEND box {1024+}\r\n${kib(1)}`)
    await client.ok('SELECT INBOX')
    expect(await tagged(client, 'COPY 1:2 box')).toMatch(/^NO \[OVERQUOTA\]/)
    await client.ok(`SETQUOTA ${alice} (MESSAGE 3)`)
    expect(await tagged(client, 'UID COPY 1 box')).toMatch(/^NO \[OVERQUOTA\]/)
    expect(server.user('alice').mailbox('box').messages).toHaveLength(1)
    // What moves within the root takes no more room there.
    await client.ok('MOVE 1:2 box')
    await client.ok(`SETQUOTA ${alice} (MAILBOX 2)`)
    expect(await tagged(client, 'CREATE more')).toMatch(/^NO \[OVERQUOTA\]/)
    expect(server.user('alice').mailboxes).toEqual(['INBOX', 'box'])
    await client.ok('DELETE box')
    await client.ok('CREATE more')
  })

  it('tells in STATUS what EXPUNGE would set free', async () => {
    await using at = await scene({
      INBOX: [{ raw: kib(1), flags: ['\\Deleted'] }, kib(1), { raw: 'A: b\n\nx\n', flags: ['\\Deleted'] }],
    })
    expect(await at.client.ok('STATUS INBOX (MESSAGES DELETED DELETED-STORAGE)')).toEqual([
      '* STATUS INBOX (MESSAGES 3 DELETED 2 DELETED-STORAGE 1035)',
    ])
  })

  it('keeps to itself what others use', async () => {
    await using at = await scene({}, { users: { alice: { password: 'secret' }, bob: {} } })
    expect(await tagged(at.client, 'GETQUOTA "#user/bob"')).toMatch(/^NO \[NOPERM\]/)
    expect(await tagged(at.client, 'SETQUOTA "#user/bob" (STORAGE 1)')).toMatch(/^NO \[NOPERM\]/)
  })

  it('is as RFC 2087 has it where only QUOTA is announced', async () => {
    await using at = await scene({}, { capabilities: ['IMAP4rev1', 'QUOTA'], ...quota({ STORAGE: 512, MAILBOX: 9 }) })
    const { client } = at
    expect(await client.ok(`GETQUOTA ${alice}`)).toEqual(['* QUOTA #user/alice (STORAGE 0 512)'])
    expect(await client.ok(`SETQUOTA ${alice} (STORAGE 100)`)).toEqual(['* QUOTA #user/alice (STORAGE 0 100)'])
    expect(await tagged(client, `SETQUOTA ${alice} (MAILBOX 1)`)).toMatch(/^NO /)
    expect(await tagged(client, 'STATUS INBOX (DELETED-STORAGE)')).toMatch(/^BAD /)
  })

  it('has no SETQUOTA without QUOTASET, and nothing where it is not offered', async () => {
    await using at = await scene({}, { capabilities: without('QUOTASET'), ...quota({ MESSAGE: 0 }) })
    const { client, server } = at
    expect(await tagged(client, `SETQUOTA ${alice} (STORAGE 1)`)).toMatch(/^BAD /)
    expect(await tagged(client, 'APPEND INBOX {6+}\r\nA: b\r\n')).toMatch(/^NO \[OVERQUOTA\]/)
    server.setCapabilities((all) => all.filter((name) => !name.startsWith('QUOTA')))
    await client.ok('APPEND INBOX {6+}\r\nA: b\r\n')
    expect(await tagged(client, `GETQUOTA ${alice}`)).toMatch(/^BAD /)
    expect(await tagged(client, 'GETQUOTAROOT INBOX')).toMatch(/^BAD /)
  })
})
