import { pipeline } from 'node:stream/promises'
import { ArgumentError, LimitError, parts, uids, type Uid } from 'imapkit'
import { describe, expect, it } from 'vitest'
import { ATTACHMENT, bigMail, mail, MIXED, sha256 } from './mails.js'
import { mailboxWith, open, type Subject } from './subject.js'
import { bytesOf, rejection } from './tools.js'

const FIRST = 1 as Uid

const simple = (type: string, encoding: string, body: Buffer) => {
  const { raw } = mail({
    fields: ['MIME-Version: 1.0', `Content-Type: ${type}`, `Content-Transfer-Encoding: ${encoding}`],
    body: '',
  })
  return { raw: Buffer.concat([raw, body]) }
}

/** Parts, decoded. */
export function downloads(subject: Subject): void {
  describe('downloads', () => {
    it('finds text, html and attachments', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, [MIXED]))
      const found = await mailbox.fetchOne(FIRST, { bodyStructure: true })
      if (found === null) throw new Error('the message is gone')
      const { text, html, attachments, inline } = parts(found.bodyStructure)
      expect(text).toMatchObject({ part: '1.1', type: 'text/plain' })
      expect(html).toMatchObject({ part: '1.2', type: 'text/html' })
      expect(attachments).toMatchObject([{ part: '2', type: 'application/octet-stream' }])
      expect(inline).toEqual([])
    })

    it('decodes base64, and makes the file name safe for disk', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, [MIXED]))
      const file = await mailbox.download(FIRST, '2')
      expect(file?.contentType).toBe('application/octet-stream')
      expect(file?.filename).toMatch(/Prüfung\.bin$/)
      expect(file?.filename).not.toMatch(/[/\\]/)
      expect(sha256((await file?.bytes()) ?? new Uint8Array())).toBe(sha256(ATTACHMENT))
    })

    it('decodes text by its transfer encoding and charset', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, [MIXED]))
      expect(await (await mailbox.download(FIRST, '1.1'))?.text()).toBe('Grüße, soft break. Fünf = 5.')
      const html = await mailbox.download(FIRST, '1.2')
      expect(html).toMatchObject({ contentType: 'text/html', charset: 'utf-8' })
      expect(await html?.text()).toBe('<p>Grüße, 漢字 ☃</p>\r\n')
    })

    it.each([
      [
        'utf-8 8bit',
        simple('text/plain; charset=utf-8', '8bit', Buffer.from('Žluťoučký kůň\r\n')),
        'Žluťoučký kůň\r\n',
      ],
      [
        'iso-8859-1',
        simple('text/plain; charset=ISO-8859-1', '8bit', Buffer.from('déjà vu\r\n', 'latin1')),
        'déjà vu\r\n',
      ],
      [
        'windows-1252',
        simple('text/plain; charset=windows-1252', 'quoted-printable', Buffer.from('=80 5 =93x=94\r\n')),
        '€ 5 “x”\r\n',
      ],
      ['koi8-r', simple('text/plain; charset=koi8-r', 'base64', Buffer.from('8NLJ18XU\r\n')), 'Привет'],
      ['shift_jis', simple('text/plain; charset=Shift_JIS', 'base64', Buffer.from('k/qWew==\r\n')), '日本'],
      ['gb18030', simple('text/plain; charset=gb2312', 'base64', Buffer.from('1tDOxA==\r\n')), '中文'],
      ['no charset', simple('text/plain', '7bit', Buffer.from('plain\r\n')), 'plain\r\n'],
    ])('reads text in %s', async (_, given, expected) => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, [given]))
      expect(await (await mailbox.download(FIRST, '1'))?.text()).toBe(expected)
    })

    it('decodes a large attachment as it streams', async () => {
      await using client = await open(subject, {}, { limits: { piece: 100_001 } })
      const content = bigMail(1_500_000, 40, true).raw
      const given = simple(
        'application/pdf',
        'base64',
        Buffer.from(content.toString('base64').replace(/.{1,76}/g, '$&\r\n')),
      )
      await using mailbox = await client.select(await mailboxWith(subject, [given]))
      const file = await mailbox.download(FIRST, '1')
      if (file === null) throw new Error('the message is gone')
      const chunks: Uint8Array[] = []
      await pipeline(file.toReadable(), async function (input: AsyncIterable<Uint8Array>) {
        for await (const chunk of input) {
          chunks.push(chunk)
          if (chunks.length % 7 === 0) await mailbox.store(FIRST, { add: ['\\Flagged'] })
        }
      })
      expect(sha256(...chunks)).toBe(sha256(content))
      expect(sha256(await bytesOf(file))).toBe(sha256(content))
    })

    it('gives the message itself without a part', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, [MIXED]))
      const whole = await mailbox.download(FIRST)
      expect(sha256((await whole?.bytes()) ?? new Uint8Array())).toBe(sha256(MIXED.raw))
    })

    it('refuses to take more than maxBytes', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, [MIXED, bigMail(200_000, 41)]))
      const file = await mailbox.download(FIRST, '2')
      expect(await rejection(Promise.resolve(file?.bytes({ maxBytes: 2999 })))).toBeInstanceOf(LimitError)
      expect((await file?.bytes({ maxBytes: 3000 }))?.length).toBe(3000)
      expect(await rejection(mailbox.parse(2 as Uid, { maxBytes: 100_000 }))).toBeInstanceOf(LimitError)
      await client.noop()
    })

    it('parses by mailparser', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, [MIXED]))
      const parsed = await mailbox.parse(FIRST)
      expect(parsed?.subject).toBe('Grüße aus Türkiye')
      expect(parsed?.from?.value[0]).toMatchObject({ name: 'Ğülşen Çelik', address: 'gulsen@example.com.tr' })
      expect(parsed?.text).toContain('Grüße, soft break.')
      expect(parsed?.attachments.length).toBe(1)
      expect(sha256(parsed?.attachments[0]?.content ?? new Uint8Array())).toBe(sha256(ATTACHMENT))
    })

    it('gives null for a message, and an error for a part, that is not there', async () => {
      await using client = await open(subject)
      await using mailbox = await client.examine(await mailboxWith(subject, [MIXED]))
      expect(await mailbox.download(99 as Uid, '1')).toBeNull()
      expect(await mailbox.download(99 as Uid)).toBeNull()
      expect(await mailbox.parse(99 as Uid)).toBeNull()
      expect(await rejection(mailbox.download(FIRST, '7'))).toBeInstanceOf(ArgumentError)
      expect(await rejection(mailbox.download(FIRST, '0.1'))).toBeInstanceOf(ArgumentError)
    })

    it('downloads the parts of many messages at once', async () => {
      await using client = await open(subject)
      const given = Array.from({ length: 30 }, (_, i) =>
        simple('text/plain', 'base64', Buffer.from(Buffer.from(`part ${i}`).toString('base64'))),
      )
      await using mailbox = await client.examine(await mailboxWith(subject, given))
      const found = await mailbox.fetch(uids('1:*'), {}).toArray()
      const texts = await Promise.all(found.map(async ({ uid }) => (await mailbox.download(uid, '1'))?.text()))
      expect(texts).toEqual(given.map((_, i) => `part ${i}`))
    })
  })
}
