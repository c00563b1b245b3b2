import type { Annotations, ImapClient, ImapEvents, Mailbox, QuotaInfo, Right, UidSet } from 'imapkit'
import { expectTypeOf, it } from 'vitest'

declare const client: ImapClient
declare const mailbox: Mailbox
declare const set: UidSet

it('facets tell what they give', () => {
  expectTypeOf(client.acl.myRights('a')).resolves.toEqualTypeOf<ReadonlySet<Right>>()
  expectTypeOf(client.quota.set('', {})).resolves.toEqualTypeOf<QuotaInfo | undefined>()
  expectTypeOf(client.metadata.text('', '/shared/comment')).resolves.toEqualTypeOf<string | null>()
  expectTypeOf<ImapEvents['metadata'][0]['entries']>().toEqualTypeOf<readonly string[]>()
})

it('listing takes options of extensions, and no others', () => {
  void client.list('*', { myRights: true, metadata: ['/shared/comment'] })
  // @ts-expect-error entries are named in an array
  void client.list('*', { metadata: '/shared/comment' })
  // @ts-expect-error nobody knows this
  void client.list('*', { colour: true })
})

it('NOTIFY takes events by their names', () => {
  void client.notify.set([{ mailboxes: { subtree: 'a' }, events: ['MessageNew', 'MessageExpunge'] }])
  // @ts-expect-error names have one case
  void client.notify.set([{ mailboxes: 'personal', events: ['messageNew'] }])
  // @ts-expect-error there is no such set of mailboxes
  void client.notify.set([{ mailboxes: 'all', events: [] }])
})

it('annotations are items, criteria and changes', async () => {
  const [message] = await mailbox.fetch(set, { annotations: { entries: '/comment' } }).toArray()
  expectTypeOf(message?.annotations).toEqualTypeOf<Annotations | undefined>()
  void mailbox.search({ annotation: { entry: '/comment', value: 'x' } })
  void mailbox.store(set, { annotations: { '/comment': { 'value.priv': null } } })
  // @ts-expect-error what is stored is private or shared
  void mailbox.store(set, { annotations: { '/comment': { value: 'x' } } })
  void mailbox.sort([{ key: 'annotation', value: { entry: '/comment', attribute: 'value.priv' } }])
  // @ts-expect-error the key needs a value
  void mailbox.sort([{ key: 'annotation' }])
})
