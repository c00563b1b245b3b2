import { createConnection } from 'node:net'
import { once } from 'node:events'
import { beforeAll, expect, it } from 'vitest'
import { describeReal, type RealHost } from './server.js'

/** Sends commands in one go and returns all that the server says until it closes the connection. */
async function dialogue(host: string, port: number, lines: readonly string[]): Promise<string> {
  const socket = createConnection({ host, port })
  let received = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => (received += chunk))
  socket.write([...lines, 'z LOGOUT', ''].join('\r\n'))
  await once(socket, 'close')
  return received
}

// What the other files of this folder take for granted about the server that they share.
describeReal('the real Dovecot', (server) => {
  const talk = (host: RealHost, ...lines: readonly string[]): Promise<string> => {
    const { host: address, port } = server.options({ host, security: 'plaintext' })
    return dialogue(address, port, lines)
  }
  let mailbox: string

  beforeAll(async () => {
    mailbox = server.mailboxName('starter')
    await server.populate(mailbox, 700)
  })

  it('holds the messages it was given, with flags and dates', async () => {
    const text = await talk(
      'HOST',
      'a LOGIN alice alice-secret',
      `b STATUS ${mailbox} (MESSAGES)`,
      `c EXAMINE ${mailbox}`,
      'd FETCH 1 (FLAGS INTERNALDATE)',
    )
    expect(text).toContain(`* STATUS ${mailbox} (MESSAGES 700)`)
    expect(text).toMatch(/\* 1 FETCH \(FLAGS \(.*\\Seen.*\) INTERNALDATE "01-Mar-2018 00:03:07 \+0000"\)/)
  })

  it('changes behind the back of its clients', async () => {
    await server.doveadm('expunge', '-u', 'alice', 'mailbox', mailbox, '1:200')
    expect(await talk('HOST', 'a LOGIN alice alice-secret', `b STATUS ${mailbox} (MESSAGES)`)).toContain('MESSAGES 500')
  })

  it.each([
    ['STRICT_HOST', 'b NOOP', /a NO \[PRIVACYREQUIRED\]/],
    ['MINIMAL_HOST', 'b CAPABILITY', /\* CAPABILITY IMAP4rev1\r\n/],
    ['LIMIT_HOST', `b STATUS ${'x'.repeat(2000)} (MESSAGES)`, /b BAD .*too (long|large)/i],
  ] as const)('answers differently on %s', async (host, command, answer) => {
    expect(await talk(host, 'a LOGIN alice alice-secret', command)).toMatch(answer)
  })

  it.each([
    ['nologin', 'NO [CONTACTADMIN]'],
    ['unavailable', 'NO [UNAVAILABLE]'],
    ['referred', 'NO [REFERRAL imap://'],
    ['tinyquota', 'a OK'],
    ['proxied', 'a OK'],
    ['carol@example.test', 'a OK'],
  ])('has the account %s', async (user, answer) => {
    expect(await talk('HOST', `a LOGIN "${user}" "${server.password(user)}"`)).toContain(answer)
  })
})
