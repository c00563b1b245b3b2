import { connect, uids } from 'imapkit'
import { expect } from 'vitest'
import { mails } from '../mails.js'
import { fromOutside, itNeeds, mailboxWith, open, type Subject } from '../subject.js'
import { record, until } from '../tools.js'

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
}
