import { randomBytes } from 'node:crypto'
import { connect, uid, uids } from 'imapkit'
import { expect } from 'vitest'
import { bigMail, mails, sha256 } from '../mails.js'
import { fromOutside, itNeeds, mailboxWith, newName, offers, open, type Subject } from '../subject.js'
import { bytesOf, record, until } from '../tools.js'

const PASSWORD_MECHANISMS = ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-1', 'SCRAM-SHA-256'] as const

/** The connection itself: AUTH=*, SASL-IR, ID, ENABLE, IDLE, LITERAL*, COMPRESS=DEFLATE, UTF8=*, LANGUAGE. */
export function connection(subject: Subject): void {
  for (const mechanism of PASSWORD_MECHANISMS) {
    itNeeds(subject, `AUTH=${mechanism}`)(
      `logs in by ${mechanism}`,
      async () => {
        const { auth, ...options } = subject.options()
        const sent: string[] = []
        const trace = ({ direction, text }: { direction: string; text: string }) => {
          if (direction === 'out') sent.push(text)
        }
        await using client = await connect({ ...options, auth: { ...auth, mechanisms: [mechanism] }, on: { trace } })
        expect(client.state).toBe('authenticated')
        expect(sent.join('')).toContain(`AUTHENTICATE ${mechanism}`)
        expect(sent.join('')).not.toContain(auth.password)
        await client.noop()
      },
      /MD5|SCRAM/.test(mechanism) ? { imap4d: 'it announces the mechanism, and refuses everybody' } : {},
    )
  }

  itNeeds(subject, 'ID')('tells who it is', async () => {
    await using client = await open(subject)
    const told = await client.id({ name: 'imapkit', version: null })
    if (subject.name !== 'embedded') expect(told?.get('name')).toMatch(/dovecot|cyrus|courier|imap4d|mailutils/i)
    else expect(told).not.toBeNull()
  })

  itNeeds(subject, 'IDLE')(
    'is told of new and removed messages',
    async () => {
      const name = await mailboxWith(subject, mails(2))
      await using client = await open(subject, {}, { idle: { delayMs: 0 } })
      const [exists, expunge] = [record(client, 'exists'), record(client, 'expunge')]
      await using mailbox = await client.select(name)
      await client.append(name, 'Subject: third\r\n\r\nx\r\n')
      await until('exists', () => exists.some((each) => each.count === 3))
      await fromOutside(subject, name, ['UID STORE 1 +FLAGS (\\Deleted)', 'EXPUNGE'])
      await until('expunge', () => expunge.length === 1)
      expect(mailbox.exists).toBe(2)
      expect((await mailbox.search({ uid: uids('1:*') })).toString()).toBe('2:3')
    },
    { imap4d: 'it takes IDLE, and tells nothing until DONE' },
  )

  itNeeds(subject, 'COMPRESS=DEFLATE')('compresses uploads, downloads and all else', async () => {
    const name = await mailboxWith(subject)
    await using client = await open(subject, {}, { compress: true })
    expect(client.compressed).toBe(true)
    const [plain, noise] = [bigMail(3_000_000), randomBytes(1_500_000).toString('base64')]
    const texts = [plain.raw, Buffer.from(`Subject: noise\r\n\r\n${noise.replace(/.{76}/g, '$&\r\n')}\r\n`)]
    for (const text of texts) await client.append(name, text)
    await using mailbox = await client.select(name)
    for (const [index, text] of texts.entries()) {
      const download = await mailbox.download(uid(index + 1))
      expect(sha256(await bytesOf(download ?? failing()))).toBe(sha256(text))
    }
    const counts = await Promise.all(Array.from({ length: 100 }, () => client.status(name, { messages: true })))
    expect(counts.every(({ messages }) => messages === 2)).toBe(true)
    expect(await client.compress()).toBe(true)
  })

  itNeeds(subject, 'COMPRESS=DEFLATE')('puts few octets on the wire', async () => {
    const name = await mailboxWith(subject)
    const text = `Subject: long\r\n\r\n${'the same again and again\r\n'.repeat(50_000)}`
    await using client = await open(subject, {}, { compress: true })
    await client.append(name, text)
    await using mailbox = await client.select(name)
    const download = await mailbox.download(uid(1))
    expect(await bytesOf(download ?? failing())).toHaveLength(text.length)
    const { bytesIn, bytesOut } = client.traffic
    expect(bytesIn).toBeLessThan(text.length / 10)
    expect(bytesOut).toBeLessThan(text.length / 10)
  })

  itNeeds(subject, 'UNAUTHENTICATE')('lets another user have the connection', async () => {
    const name = await mailboxWith(subject, mails(1))
    const { auth } = subject.options()
    const compress = offers(subject, 'COMPRESS=DEFLATE')
    await using client = await open(subject, {}, { compress })
    await client.select(name)
    await client.unauthenticate()
    expect(client).toMatchObject({ state: 'not-authenticated', mailbox: null, compressed: false })
    expect(client.enabled.size).toBe(0)
    await client.authenticate(subject.options({ user: 'bob' }).auth)
    expect(client.compressed).toBe(compress)
    await client.unauthenticate()
    await client.authenticate(auth)
    expect(await client.status(name, { messages: true })).toEqual({ messages: 1 })
  })

  itNeeds(subject, 'UNSELECT')('leaves a mailbox without expunging', async () => {
    await using client = await open(subject)
    const name = await mailboxWith(subject, mails(2))
    const mailbox = await client.select(name)
    await mailbox.store(uids(1), { add: ['\\Deleted'] })
    await mailbox.unselect()
    expect(client.mailbox).toBeNull()
    expect(await client.status(name, { messages: true })).toEqual({ messages: 2 })
  })

  itNeeds(subject, 'UTF8=ACCEPT')('takes names and headers in UTF-8 as they are', async () => {
    await using client = await open(subject, {}, { enable: ['UTF8=ACCEPT'] })
    expect(client.enabled.has('UTF8=ACCEPT')).toBe(true)
    const name = newName(subject, 'Entwürfe ✓')
    await client.createMailbox(name)
    expect((await client.list(name)).map((each) => each.name)).toEqual([name])
    await client.append(name, 'From: a@example.org\r\nSubject: Grüße\r\n\r\nhello\r\n')
    await using mailbox = await client.select(name)
    const [message] = await mailbox.fetch(uids('1:*'), { envelope: true }).toArray()
    expect(message?.envelope.subject).toBe('Grüße')
    expect((await mailbox.search({ subject: 'Grüße' })).size).toBe(1)
  })
}

function failing(): never {
  throw new Error('there is nothing to download')
}
