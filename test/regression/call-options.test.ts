// Options of a call that cannot be were taken for none, threw at once, or rejected with a plain TypeError.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seqs, uid, uids, type CallOptions, type ImapClient, type Mailbox } from 'imapkit'
import { collect, rejection } from '../behaviour/tools.js'
import { opened } from './peer.js'

const ARGUMENT = { code: 'ERR_IMAP_ARGUMENT' }
const set = uids(5)
const content = (name: string, args: string): string[] => {
  if (name !== 'UID FETCH') return []
  return [args.includes('RFC822.SIZE') ? '* 1 FETCH (UID 5 RFC822.SIZE 9)' : '* 1 FETCH (UID 5 BODY[] "123456789")']
}

let it1: Awaited<ReturnType<typeof opened>>
beforeAll(async () => {
  it1 = await opened(3, ({ name, args }) => content(name, args))
})
afterAll(() => it1[Symbol.asyncDispose]())

/** Every way to call, with options that the types do not allow. */
const ofMailbox: Record<string, (mailbox: Mailbox, options: CallOptions) => Promise<unknown>> = {
  fetch: (mailbox, options) => mailbox.fetch(set, { flags: true }, options).toArray(),
  fetchOne: (mailbox, options) => mailbox.fetchOne(uid(5), { flags: true }, options),
  stream: (mailbox, options) => collect(mailbox.stream(set, '', options)),
  download: (mailbox, options) => mailbox.download(uid(5), '', options),
  parse: (mailbox, options) => mailbox.parse(uid(5), options),
  search: (mailbox, options) => mailbox.search({}, options),
  searchSeq: (mailbox, options) => mailbox.searchSeq({}, options),
  store: (mailbox, options) => mailbox.store(seqs(1), { add: ['\\Seen'] }, options),
  copy: (mailbox, options) => mailbox.copy(set, 'other', options),
  move: (mailbox, options) => mailbox.move(set, 'other', options),
  delete: (mailbox, options) => mailbox.delete(set, options),
  expunge: (mailbox, options) => mailbox.expunge(undefined, options),
  check: (mailbox, options) => mailbox.check(options),
  close: (mailbox, options) => mailbox.close(options),
  unselect: (mailbox, options) => mailbox.unselect(options),
}
const ofClient: Record<string, (client: ImapClient, options: CallOptions) => Promise<unknown>> = {
  authenticate: (client, options) => client.authenticate({ user: 'a', password: 'b' }, options),
  noop: (client, options) => client.noop(options),
  logout: (client, options) => client.logout(options),
  enable: (client, options) => client.enable(['X'], options),
  id: (client, options) => client.id(null, options),
  select: (client, options) => client.select('INBOX', options),
  examine: (client, options) => client.examine('INBOX', options),
  list: (client, options) => client.list('*', options),
  lsub: (client, options) => client.lsub('*', options),
  status: (client, options) => client.status('INBOX', { messages: true }, options),
  createMailbox: (client, options) => client.createMailbox('a', options),
  deleteMailbox: (client, options) => client.deleteMailbox('a', options),
  renameMailbox: (client, options) => client.renameMailbox('a', 'b', options),
  subscribe: (client, options) => client.subscribe('a', options),
  append: (client, options) => client.append('a', 'x', options),
  namespace: (client, options) => client.namespace(options),
}

describe.each<[string, unknown]>([
  ['null', null],
  ['text', 'fast'],
  ['a timeout that is text', { timeout: 'abc' }],
  ['a timeout that is no number', { timeout: Number.NaN }],
  ['a negative timeout', { timeout: -1 }],
  ['a signal that is none', { signal: 'stop' }],
])('Options that are %s', (_title, options) => {
  it.each(Object.keys(ofMailbox))('are refused by %s() of a mailbox', async (name) => {
    expect(await rejection(Promise.resolve(ofMailbox[name]?.(it1.mailbox, options as CallOptions)))).toMatchObject(
      ARGUMENT,
    )
  })

  it.each(Object.keys(ofClient))('are refused by %s() of a client', async (name) => {
    expect(await rejection(Promise.resolve(ofClient[name]?.(it1.client, options as CallOptions)))).toMatchObject(
      ARGUMENT,
    )
    expect(it1.log).toEqual(['SELECT INBOX'])
  })
})

it.each([
  ['markSeen', { markSeen: 'yes' }],
  ['onIncomplete', { onIncomplete: 'ignore' }],
])('A fetch took anything for %s', async (_title, options) => {
  const fetched = it1.mailbox.fetch(set, { flags: true }, options as object)
  expect(await rejection(fetched.toArray())).toMatchObject(ARGUMENT)
})

describe.each([
  ['no number', Number.NaN],
  ['text', 'abc'],
  ['null', null],
  ['negative', -1],
])('maxBytes that is %s', (_title, given) => {
  const maxBytes = given as number
  it('switched the bound off', async () => {
    await using it = await opened(3, ({ name, args }) => content(name, args))
    const file = await it.mailbox.download(uid(5))
    expect(await rejection(Promise.resolve(file?.bytes({ maxBytes })))).toMatchObject(ARGUMENT)
    expect(await rejection(Promise.resolve(file?.text({ maxBytes })))).toMatchObject(ARGUMENT)
    expect(await rejection(it.mailbox.parse(uid(5), { maxBytes }))).toMatchObject(ARGUMENT)
    expect(await rejection(Promise.resolve(file?.bytes({ maxBytes: 8 })))).toMatchObject({ code: 'ERR_IMAP_LIMIT' })
    expect((await file?.bytes({ maxBytes: 9 }))?.toString()).toBe('123456789')
  })
})
