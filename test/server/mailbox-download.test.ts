import { describe, expect, it } from 'vitest'
import { ArgumentError, LimitError, uid, parts } from 'imapkit'
import { bench, mail } from './mailbox-tools.js'

const image = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 31) % 251))

/** Text in latin1, HTML in UTF-8, an image, and a message inside. */
const rich = Buffer.from(
  [
    'From: a@example.org',
    'Subject: =?utf-8?Q?caf=C3=A9?=',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=outer',
    '',
    '--outer',
    'Content-Type: text/plain; charset=iso-8859-1',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'caf=E9 and a long=',
    ' line',
    '--outer',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    '<p>caf\u00e9</p>',
    '--outer',
    'Content-Type: image/png; name="../../etc/pass:wd.png"',
    'Content-Disposition: attachment',
    'Content-Transfer-Encoding: base64',
    '',
    image.toString('base64').replace(/.{76}/g, '$&\r\n'),
    '--outer',
    'Content-Type: message/rfc822',
    '',
    mail(7, 'inside'),
    '--outer--',
    '',
  ].join('\r\n'),
)

describe('download', () => {
  it('decodes text by its encoding and its charset', async () => {
    await using at = await bench({ messages: [rich] })
    const text = await at.inbox.download(uid(1), '1')
    expect(text).toMatchObject({ contentType: 'text/plain', charset: 'iso-8859-1' })
    expect(text?.size).toBeUndefined()
    expect(await text?.text()).toBe('café and a long line')
    const html = await at.inbox.download(uid(1), '2')
    expect(html).toMatchObject({ contentType: 'text/html', size: 12 })
    expect(await html?.text()).toBe('<p>café</p>')
  })

  it('decodes an attachment as it comes, under a name that is safe', async () => {
    await using at = await bench({ messages: [rich], client: { limits: { piece: 10_000 } } })
    const file = await at.inbox.download(uid(1), '3')
    expect(file?.contentType).toBe('image/png')
    expect(file?.filename).toMatch(/^[^/\\:]+\.png$/)
    expect(Buffer.from((await file?.bytes()) ?? []).equals(image)).toBe(true)
    const chunks: Uint8Array[] = []
    for await (const chunk of file?.toReadable() ?? []) chunks.push(chunk as Uint8Array)
    expect(Buffer.concat(chunks).equals(image)).toBe(true)
    expect(at.outside.messages[0]?.flags).toEqual([])
  })

  it('gives a message inside as it is', async () => {
    await using at = await bench({ messages: [rich] })
    const inner = await at.inbox.download(uid(1), '4')
    expect(inner).toMatchObject({ contentType: 'message/rfc822' })
    expect(await inner?.text()).toBe(mail(7, 'inside'))
    const text = await at.inbox.download(uid(1), '4.1')
    expect(await text?.text()).toBe('inside\r\n')
  })

  it('without a part gives the whole message as it is', async () => {
    await using at = await bench({ messages: [rich] })
    const whole = await at.inbox.download(uid(1))
    expect(whole).toMatchObject({ contentType: 'message/rfc822', size: rich.length })
    expect(Buffer.from((await whole?.bytes()) ?? []).equals(rich)).toBe(true)
    // It can be read again.
    expect((await whole?.bytes())?.length).toBe(rich.length)
  })

  it('gives null for a message that is not there, and refuses a part that is not there', async () => {
    await using at = await bench({ messages: [rich] })
    expect(await at.inbox.download(uid(9))).toBeNull()
    expect(await at.inbox.download(uid(9), '1')).toBeNull()
    await expect(at.inbox.download(uid(1), '9')).rejects.toThrow(ArgumentError)
  })

  it('keeps no more in memory than allowed, and leaves the connection usable', async () => {
    await using at = await bench({ messages: [rich], client: { limits: { piece: 10_000, maxBytes: 150_000 } } })
    const file = await at.inbox.download(uid(1), '3')
    const error: unknown = await file?.bytes().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(LimitError)
    expect(error).toMatchObject({ limit: 'maxBytes' })
    await expect(file?.text({ maxBytes: 100 })).rejects.toThrow(LimitError)
    expect((await file?.bytes({ maxBytes: image.length }))?.length).toBe(image.length)
    await expect(at.inbox.parse(uid(1))).rejects.toThrow(LimitError)
    expect(await at.inbox.fetchOne(uid(1), { size: true })).toMatchObject({ size: rich.length })
  })

  it('takes the numbers that parts() gives', async () => {
    await using at = await bench({ messages: [rich] })
    const message = await at.inbox.fetchOne(uid(1), { bodyStructure: true })
    if (message === null) throw new Error('there is no message')
    const found = parts(message.bodyStructure)
    expect(found.text?.part).toBe('1')
    expect(found.html?.part).toBe('2')
    expect(found.attachments.map(({ part, type }) => [part, type])).toEqual([
      ['3', 'image/png'],
      ['4', 'message/rfc822'],
    ])
  })

  it('tells when the message is gone before it is read', async () => {
    await using at = await bench({ messages: [rich, mail(2)] })
    const file = await at.inbox.download(uid(1), '3')
    at.outside.expunge(1)
    await at.client.noop()
    await expect(file?.bytes()).rejects.toMatchObject({ code: 'ERR_IMAP_INCOMPLETE_FETCH' })
  })
})

describe('parse', () => {
  it('gives what mailparser makes of a message', async () => {
    await using at = await bench({ messages: [rich, mail(2)] })
    const mailed = await at.inbox.parse(uid(1))
    expect(mailed?.subject).toBe('café')
    expect(mailed?.text).toContain('café and a long line')
    expect(mailed?.attachments.map(({ contentType }) => contentType)).toContain('image/png')
    expect(await at.inbox.parse(uid(9))).toBeNull()
    expect(at.outside.messages[0]?.flags).toEqual([])
  })
})

describe('search', () => {
  it('gives a set, sequence numbers, or what was asked for', async () => {
    await using at = await bench({ messages: [mail(1), mail(2), mail(3)] })
    at.outside.expunge(1)
    await at.client.noop()
    expect((await at.inbox.search({ subject: 'mail' })).toString()).toBe('2:3')
    expect((await at.inbox.searchSeq({ subject: 'mail 3' })).toString()).toBe('2')
    expect(await at.inbox.search({}, { return: ['count', 'max'] })).toMatchObject({ count: 2, max: 3 })
    expect((await at.inbox.search({ subject: 'nothing' })).isEmpty).toBe(true)
  })

  it('refuses a key that it does not know', async () => {
    await using at = await bench({ messages: [mail(1)] })
    await expect(at.inbox.search({ unseen: true } as never)).rejects.toThrow(ArgumentError)
    await expect(at.inbox.search({ or: [] })).rejects.toThrow(ArgumentError)
    expect(at.sent()).toEqual([])
  })
})
