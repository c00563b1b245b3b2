import {
  ArgumentError,
  binary,
  formatImapPath,
  parseImapUrl,
  ResponseError,
  uids,
  type ImapClient,
  type ImapUrl,
  type Uid,
  type UrlContent,
} from 'imapkit'
import { expect } from 'vitest'
import { ATTACHMENT, mail, mails, MIXED } from '../mails.js'
import { rejection } from '../tools.js'
import { itNeeds, mailboxWith, newName, open, type Subject } from '../subject.js'

/** What stores and moves: UIDPLUS, MOVE, BINARY, MULTIAPPEND, CATENATE, APPENDLIMIT=, REPLACE, URLAUTH. */
export function storing(subject: Subject): void {
  itNeeds(subject, 'UIDPLUS')('tells the UIDs of what it appends and copies', async () => {
    await using client = await open(subject)
    const [name, target] = [await mailboxWith(subject, mails(2)), await mailboxWith(subject, mails(1))]
    await using mailbox = await client.select(name)
    const { uid, uidValidity } = await client.append(name, 'Subject: third\r\n\r\nx\r\n')
    expect([uid, uidValidity]).toEqual([3, mailbox.uidValidity])
    // Courier copies what the session has been told of.
    await client.noop()
    const { uidMap } = await mailbox.copy(uids('1,3'), target)
    expect([...(uidMap ?? [])]).toEqual([
      [1, 2],
      [3, 3],
    ])
    expect(uidMap?.uidValidity).toBe((await client.status(target, { uidValidity: true })).uidValidity)
  })

  itNeeds(subject, 'UIDPLUS')('expunges nothing but what it is told to', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, [mail({ flags: ['\\Deleted'] }), ...mails(3)])
    await using mailbox = await client.select(name)
    await mailbox.delete(uids('3:4'))
    expect((await mailbox.search({})).toString()).toBe('1:2')
    expect(mailbox.exists).toBe(2)
  })

  itNeeds(subject, 'MOVE')('moves in one step', async () => {
    await using client = await open(subject)
    const target = newName(subject, 'Größe')
    await client.createMailbox(target)
    await using mailbox = await client.select(await mailboxWith(subject, mails(5)))
    const { uidMap } = await mailbox.move(uids('1:2,5'), target)
    if (uidMap !== undefined) expect([...uidMap].map(([from]) => from)).toEqual([1, 2, 5])
    expect((await mailbox.search({})).toString()).toBe('3:4')
    expect(mailbox.exists).toBe(2)
    expect(await client.status(target, { messages: true })).toEqual({ messages: 3 })
  })

  itNeeds(subject, 'BINARY')('fetches a part decoded by the server', async () => {
    await using client = await open(subject)
    await using mailbox = await client.examine(await mailboxWith(subject, [MIXED]))
    const found = await mailbox.fetchOne(1 as Uid, { sections: { attachment: binary('2') }, binarySizes: ['2'] })
    expect(Buffer.from(found?.sections.attachment ?? []).equals(ATTACHMENT)).toBe(true)
    expect(found?.binarySizes.get('2')).toBe(ATTACHMENT.length)
  })

  storingMore(subject)
}

/** Whoever asks, as far as a test can know: servers differ in what they take for their name. */
async function authorize(
  client: ImapClient,
  subject: Subject,
  path: Omit<ImapUrl, 'scheme' | 'host'>,
): Promise<string> {
  const { host, port = 143, auth } = subject.options({ security: 'plaintext' })
  const places = [{ host: 'localhost', port }, { host: 'localhost' }, { host, port }, { host }]
  let refusal: unknown
  for (const place of places) {
    try {
      const [url] = await client.url.generate([{ scheme: 'imap', user: auth.user, ...place, ...path }])
      if (url !== undefined) return url
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error
      refusal = error
    }
  }
  throw refusal
}

/** What several messages, and messages made of others, are stored by: MULTIAPPEND, CATENATE, REPLACE and URLs. */
function storingMore(subject: Subject): void {
  const text = (found: UrlContent | null) => (found?.kind === 'message' ? Buffer.from(found.bytes).toString() : found)

  itNeeds(
    subject,
    'MULTIAPPEND',
    'UIDPLUS',
  )('appends several messages by one command', async () => {
    const sent: string[] = []
    const trace = (line: { readonly direction: string; readonly text: string }) => {
      if (line.direction === 'out') sent.push(line.text)
    }
    await using client = await open(subject, {}, { on: { trace } })
    const name = await mailboxWith(subject, mails(1))
    const stream = { stream: [Buffer.from('Subject: 3\r\n'), Buffer.from('\r\nc\r\n')], size: 17 }
    const results = await client.append(name, [
      { content: 'Subject: 2\n\nb\n', flags: ['\\Seen', '$x'], internalDate: new Date('2001-02-03T04:05:06Z') },
      { content: stream, flags: ['\\Draft'] },
    ])
    expect(results.map(({ uid }) => uid)).toEqual([2, 3])
    expect(sent.filter((line) => / APPEND /.test(line))).toHaveLength(1)
    await using mailbox = await client.examine(name)
    const second = await mailbox.fetchOne(2 as Uid, { flags: true, internalDate: true, size: true })
    expect(second?.flags).toEqual(expect.arrayContaining(['\\Seen', '$x']))
    expect(second?.internalDate).toEqual(new Date('2001-02-03T04:05:06Z'))
    expect((await mailbox.fetchOne(3 as Uid, { size: true }))?.size).toBe(17)
  })

  itNeeds(subject, 'MULTIAPPEND')('appends none of several messages when one is refused', async () => {
    await using client = await open(subject)
    const name = newName(subject)
    const error = await rejection(client.append(name, [{ content: 'a: b\n\nc\n' }, { content: 'd: e\n\nf\n' }]))
    expect(error).toBeInstanceOf(ResponseError)
    expect(error).toMatchObject({ responseCode: { name: 'TRYCREATE' } })
    await client.createMailbox(name)
    expect(await client.status(name, { messages: true })).toEqual({ messages: 0 })
  })

  itNeeds(subject, 'CATENATE')('makes a message of parts of others', async () => {
    await using client = await open(subject)
    const name = newName(subject, 'Größe 1')
    await client.createMailbox(name)
    await client.append(name, 'Subject: one\n\nfirst\n')
    const { uidValidity } = await client.status(name, { uidValidity: true })
    await client.append(
      name,
      {
        catenate: [
          { url: { mailbox: name, uidValidity, uid: 1, section: 'HEADER' } },
          { text: 'second\n' },
          { url: { mailbox: name, uid: 1, section: 'TEXT' } },
        ],
      },
      { flags: ['\\Draft'] },
    )
    const made = await client.fetchUrl(formatImapPath({ mailbox: name, uid: 2 }))
    expect(text(made)).toBe('Subject: one\r\n\r\nsecond\r\nfirst\r\n')
  })

  itNeeds(subject, 'CATENATE')('tells which part of a message could not be had', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, mails(1))
    const url = formatImapPath({ mailbox: name, uid: 99 })
    const error = await rejection(client.append(name, { catenate: [{ text: 'a: b\n\n' }, { url }] }))
    expect(error).toMatchObject({ responseCode: { name: 'BADURL', url } })
    expect(await client.status(name, { messages: true })).toEqual({ messages: 1 })
  })

  itNeeds(
    subject,
    'CATENATE',
    'URL-PARTIAL',
  )('makes a message of ranges of octets', async () => {
    await using client = await open(subject)
    const name = newName(subject)
    await client.createMailbox(name)
    await client.append(name, 'Subject: one\n\nfirst\n')
    const part = { mailbox: name, uid: 1, section: 'TEXT', partial: { offset: 1, length: 3 } }
    await client.append(name, { catenate: [{ text: 'a: b\n\n' }, { url: part }] })
    expect(text(await client.fetchUrl(formatImapPath({ mailbox: name, uid: 2 })))).toBe('a: b\r\n\r\nirs')
  })

  itNeeds(subject, 'APPENDLIMIT=')('knows how large a message may be', async () => {
    await using client = await open(subject)
    const { appendLimit } = client.capabilities
    expect(appendLimit).toBeGreaterThan(1000)
    expect(await client.status('INBOX', { appendLimit: true })).toEqual({ appendLimit })
    const stream = { stream: [], size: (appendLimit ?? 0) + 1 }
    expect(await rejection(client.append('INBOX', stream))).toBeInstanceOf(ArgumentError)
  })

  itNeeds(
    subject,
    'REPLACE',
    'UIDPLUS',
  )('puts a message into the place of another one', async () => {
    await using client = await open(subject)
    await using mailbox = await client.select(await mailboxWith(subject, mails(3)))
    const { uid } = await mailbox.replace(2 as Uid, 'Subject: second\n\nversion\n', { flags: ['\\Draft'] })
    expect(uid).toBe(4)
    expect((await mailbox.search({})).toString()).toBe('1,3:4')
    expect(mailbox.exists).toBe(3)
    expect((await mailbox.fetchOne(4 as Uid, { flags: true }))?.flags).toContain('\\Draft')
  })

  itNeeds(subject, 'URLAUTH')('lets a part be fetched by its URL, until the key is another one', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, [MIXED])
    const urlAuth = { access: { identifier: 'authuser' }, expire: new Date('2099-01-01T00:00:00Z') }
    const url = await authorize(client, subject, { mailbox: name, uid: 1, section: '2', urlAuth })
    expect(parseImapUrl(url)).toMatchObject({ mailbox: name, uid: 1, section: '2', urlAuth: { mechanism: 'INTERNAL' } })
    const [found] = await client.url.fetch([url])
    expect(Buffer.from(Buffer.from(found?.bytes ?? []).toString(), 'base64').equals(ATTACHMENT)).toBe(true)
    expect(client.mailbox).toBe(null)
    await client.url.resetKeys(name)
    expect(await client.url.fetch([url])).toEqual([null])
  })

  itNeeds(subject, 'URLAUTH', 'URLAUTH=BINARY')(
    'fetches a part by its URL, decoded and with its structure',
    async () => {
      await using client = await open(subject)
      const name = await mailboxWith(subject, [MIXED])
      const urlAuth = { access: { identifier: 'authuser' } }
      const url = await authorize(client, subject, { mailbox: name, uid: 1, section: '2', urlAuth })
      const [decoded, structure] = await client.url.fetch([
        { url, content: 'BINARY', structure: true },
        { url, content: false, structure: true },
      ])
      expect(Buffer.from(decoded?.bytes ?? []).equals(ATTACHMENT)).toBe(true)
      expect(decoded?.bodyStructure).toMatchObject({ encoding: 'binary' })
      expect(structure).toMatchObject({ bytes: null, bodyStructure: { encoding: 'base64' } })
    },
    { dovecot: 'its process dies of an assertion when content is asked for as BINARY' },
  )

  itNeeds(subject, 'URLAUTH')('does not fetch by a URL that was tampered with', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, mails(2))
    const url = await authorize(client, subject, {
      mailbox: name,
      uid: 1,
      urlAuth: { access: { identifier: 'authuser' } },
    })
    expect(await client.url.fetch([url.replace(';UID=1', ';UID=2')])).toEqual([null])
  })

  itNeeds(subject, 'CONVERT')('converts text to another charset', async () => {
    await using client = await open(subject)
    const available = await client.convert.available('text/plain', 'text/plain')
    expect(available.flatMap(({ parameters }) => parameters.map((each) => each.toLowerCase()))).toContain('charset')
    const head = 'Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    const name = newName(subject)
    await client.createMailbox(name)
    await client.append(name, Buffer.from(`${head}Gr\xfc\xdfe\r\n`, 'latin1'))
    await using mailbox = await client.select(name)
    const query = { to: 'text/plain', parameters: { charset: 'utf-8' }, binary: ['1'], sizes: ['1'] }
    const [found] = await mailbox.convert(1 as Uid, query)
    expect(Buffer.from(found?.binary.get('1')?.bytes ?? []).toString()).toBe('Grüße\r\n')
    expect(found?.sizes.get('1')).toBe(9)
  })
}
