import { describe, expect, it } from 'vitest'
import { ArgumentError, binary, CapabilityError, connect, uid } from '../../src/index.js'
import { ImapServer } from '../../src/testing/index.js'

const encoded = [
  'Subject: figures',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'see below',
  '--b',
  'Content-Type: application/octet-stream',
  'Content-Transfer-Encoding: base64',
  '',
  'AAECAwQ=',
  '--b--',
  '',
].join('\r\n')

function start(without: readonly string[] = []): Promise<ImapServer> {
  return ImapServer.start({
    users: { alice: { password: 'secret', mailboxes: { INBOX: [encoded] } } },
    capabilities: (all) => all.filter((each) => !without.includes(each)),
  })
}

describe('parts that the server decodes', () => {
  it.each([[[]], [['BINARY']], [['IMAP4rev2']]])('come with their sizes, without %s', async (without) => {
    await using server = await start(without)
    await using client = await connect(server.connectOptions('alice'))
    await using inbox = await client.examine('INBOX')
    const sections = { all: binary('2'), some: binary('2', { offset: 1, count: 2 }) }
    const message = await inbox.fetchOne(uid(1), { sections, binarySizes: ['2'] })
    expect([...(message?.sections.all ?? [])]).toEqual([0, 1, 2, 3, 4])
    expect([...(message?.sections.some ?? [])]).toEqual([1, 2])
    expect(message?.binarySizes.get('2')).toBe(5)
  })

  it('need BINARY or IMAP4rev2', async () => {
    await using server = await start(['BINARY', 'IMAP4rev2'])
    await using client = await connect(server.connectOptions('alice'))
    await using inbox = await client.examine('INBOX')
    const error: unknown = await inbox.fetchOne(uid(1), { binarySizes: ['2'] }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(CapabilityError)
    expect((error as CapabilityError).needs).toBe('BINARY')
  })

  it.each(['', 'HEADER', '1.MIME', '0', 'x'])('are named by a number, not by %j', (part) => {
    expect(() => binary(part)).toThrow(ArgumentError)
  })
})
