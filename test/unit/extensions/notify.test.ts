import { describe, expect, it } from 'vitest'
import { bodyStructureItem, flagsItem, modSeqItem, sectionItem, uidItem } from '../../../src/commands/fetch-items.js'
import { notifyNone, notifySet, type NotifyGroup, type NotifyMailboxes } from '../../../src/extensions/notify.js'
import { ArgumentError, CapabilityError } from '../../../src/model/errors.js'
import { encode, wrong } from '../commands/helpers.js'

const NEW = ['MessageNew', 'MessageExpunge'] as const

describe('NOTIFY on the wire', () => {
  it.each<[NotifyMailboxes, string]>([
    ['selected', 'selected'],
    ['selected-delayed', 'selected-delayed'],
    ['inboxes', 'inboxes'],
    ['personal', 'personal'],
    ['subscribed', 'subscribed'],
    [{ subtree: 'Lists' }, 'subtree Lists'],
    [{ mailboxes: ['INBOX', 'Entwürfe', 'Sent Mail'] }, 'mailboxes (INBOX Entw&APw-rfe "Sent Mail")'],
    [{ mailboxes: ['misc'] }, 'mailboxes misc'],
  ])('%o', (mailboxes, text) => {
    expect(encode(notifySet([{ mailboxes, events: NEW }]))).toBe(
      `A1 NOTIFY SET (${text} (MessageNew MessageExpunge))\r\n`,
    )
  })

  it('asks for the status, and for items of new messages (RFC 5465 §3.1)', () => {
    const groups: NotifyGroup[] = [
      {
        mailboxes: 'selected',
        events: NEW,
        items: [
          { item: uidItem, ask: true },
          { item: sectionItem, ask: { section: '', headers: ['from', 'to', 'subject'] } },
        ],
      },
      { mailboxes: { subtree: 'Lists' }, events: NEW },
    ]
    expect(encode(notifySet(groups, { status: true }))).toBe(
      'A1 NOTIFY SET STATUS (selected (MessageNew (UID BODY.PEEK[HEADER.FIELDS (from to subject)]) MessageExpunge)) ' +
        '(subtree Lists (MessageNew MessageExpunge))\r\n',
    )
  })

  it('always asks for the UID of new messages', () => {
    const items = [{ item: flagsItem, ask: true }]
    const events = ['MessageExpunge', 'FlagChange', 'MessageNew', 'AnnotationChange'] as const
    expect(encode(notifySet([{ mailboxes: 'selected-delayed', events, items }]))).toBe(
      'A1 NOTIFY SET (selected-delayed (MessageExpunge FlagChange MessageNew (UID FLAGS) AnnotationChange))\r\n',
    )
  })

  it('asks for nothing, and ends all', () => {
    expect(encode(notifySet([{ mailboxes: 'selected', events: [] }]))).toBe('A1 NOTIFY SET (selected NONE)\r\n')
    expect(encode(notifyNone())).toBe('A1 NOTIFY NONE\r\n')
    expect(notifyNone().needs).toBe('NOTIFY')
  })

  it('watches mailboxes in several ways', () => {
    const groups: NotifyGroup[] = [
      { mailboxes: { mailboxes: 'INBOX' }, events: NEW },
      { mailboxes: 'personal', events: ['SubscriptionChange', 'MailboxName', 'MailboxMetadataChange'] },
      { mailboxes: 'inboxes', events: ['ServerMetadataChange'] },
    ]
    expect(encode(notifySet(groups))).toBe(
      'A1 NOTIFY SET (mailboxes INBOX (MessageNew MessageExpunge)) ' +
        '(personal (SubscriptionChange MailboxName MailboxMetadataChange)) (inboxes (ServerMetadataChange))\r\n',
    )
  })

  it('needs what the items need', () => {
    const group: NotifyGroup = { mailboxes: 'selected', events: NEW, items: [{ item: modSeqItem, ask: true }] }
    expect(() => encode(notifySet([group]))).toThrow(CapabilityError)
    expect(encode(notifySet([group]), { has: ['CONDSTORE'] })).toContain('(UID MODSEQ)')
  })
})

describe('NOTIFY refuses', () => {
  const items = [{ item: bodyStructureItem, ask: true }]
  it.each<[string, readonly NotifyGroup[]]>([
    ['nothing', []],
    ['what is no list', wrong({ mailboxes: 'selected', events: NEW })],
    ['what is no group', wrong(['selected'])],
    ['mailboxes of no kind', [{ mailboxes: wrong('all'), events: NEW }]],
    ['mailboxes of two kinds', [{ mailboxes: wrong({ subtree: 'a', mailboxes: 'b' }), events: NEW }]],
    ['no mailbox', [{ mailboxes: { mailboxes: [] }, events: NEW }]],
    ['a mailbox without a name', [{ mailboxes: { subtree: '' }, events: NEW }]],
    ['events that are no list', [{ mailboxes: 'personal', events: wrong('MessageNew') }]],
    ['an event that is none', [{ mailboxes: 'personal', events: wrong(['messageNew']) }]],
    ['MessageNew alone', [{ mailboxes: 'personal', events: ['MessageNew'] }]],
    ['MessageExpunge alone', [{ mailboxes: 'personal', events: ['MessageExpunge'] }]],
    ['FlagChange alone', [{ mailboxes: 'selected', events: ['FlagChange'] }]],
    ['AnnotationChange with half of it', [{ mailboxes: 'selected', events: ['AnnotationChange', 'MessageNew'] }]],
    ['an event of mailboxes for the selected one', [{ mailboxes: 'selected', events: ['MailboxName'] }]],
    ['items of other mailboxes', [{ mailboxes: 'personal', events: NEW, items }]],
    ['items without messages', [{ mailboxes: 'selected', events: [], items }]],
    [
      'two groups for the selected mailbox',
      [
        { mailboxes: 'selected', events: NEW },
        { mailboxes: 'selected-delayed', events: NEW },
      ],
    ],
  ])('%s', (_, groups) => {
    expect(() => notifySet(groups)).toThrow(ArgumentError)
  })
})
