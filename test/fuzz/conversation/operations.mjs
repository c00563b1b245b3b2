// What a program does with a client, each by its name. They get the client and the mailbox that is selected; what they
// give is thrown away, so that only how they end counts.
import { built } from '../built.mjs'

const { headers, savedResult, section, seqs, uid, uids } = await built('index.js')

const MESSAGE = 'Subject: a\r\n\r\nhello\r\n'
const ENVELOPES = { envelope: true, flags: true, bodyStructure: true, size: true, internalDate: true }

async function all(iterable, most = Infinity, each = () => undefined) {
  let count = 0
  for await (const one of iterable) {
    await each(one)
    if (++count >= most) return
  }
}

/** Reads a body to its end, or leaves it after some chunks. */
async function body(stream, most = Infinity) {
  await all(stream, most)
}

export const operations = {
  select: async (it) => void (it.mailbox = await it.client.select('INBOX')),
  'select condstore': async (it) => void (it.mailbox = await it.client.select('Sent', { condstore: true })),
  'select qresync': async (it) =>
    void (it.mailbox = await it.client.select('INBOX', {
      qresync: { uidValidity: 17, modSeq: 90060115194045000n, knownUids: uids('1:9') },
    })),
  examine: async (it) => void (it.mailbox = await it.client.examine('INBOX')),
  list: (it) => it.client.list('*'),
  'list all': (it) => it.client.list(['*', '%'], { subscribed: true, status: { messages: true, unseen: true } }),
  lsub: (it) => it.client.lsub(),
  uses: (it) => it.client.specialUses(),
  status: (it) => it.client.status('INBOX', { messages: true, unseen: true, uidNext: true, uidValidity: true }),
  create: (it) => it.client.createMailbox('new'),
  delete: (it) => it.client.deleteMailbox('old'),
  rename: (it) => it.client.renameMailbox('old', 'n\u00e9w'),
  subscribe: (it) => it.client.subscribe('INBOX'),
  append: (it) => it.client.append('INBOX', MESSAGE, { flags: ['\\Seen'] }),
  'append many': (it) => it.client.append('INBOX', [{ content: MESSAGE }, { content: Buffer.from(MESSAGE) }]),
  'append stream': (it) =>
    it.client.append('Sent', { stream: [Buffer.alloc(9000, 'x'), Buffer.alloc(9000, 'y')], size: 18_000 }),
  catenate: (it) => it.client.append('INBOX', { catenate: [{ url: '/INBOX/;UID=5' }, { text: 'x\r\n' }] }),
  noop: (it) => it.client.noop(),
  namespace: (it) => it.client.namespace(),
  enable: (it) => it.client.enable(['QRESYNC', 'UTF8=ACCEPT']),
  id: (it) => it.client.id({ name: 'fuzz' }),
  compress: (it) => it.client.compress(),
  unauthenticate: (it) => it.client.unauthenticate(),
  authenticate: (it) => it.client.authenticate({ user: 'ann', password: 'hunter2secret' }),
  quota: (it) => it.client.quota.ofMailbox('INBOX'),
  'set quota': (it) => it.client.quota.set('', { STORAGE: 10 }),
  acl: (it) => it.client.acl.get('INBOX'),
  rights: (it) => it.client.acl.myRights('INBOX'),
  'list rights': (it) => it.client.acl.listRights('INBOX', 'ann'),
  metadata: (it) => it.client.metadata.get('INBOX', ['/shared/comment', '/private/x'], { maxSize: 2000 }),
  'set metadata': (it) => it.client.metadata.set('INBOX', { '/private/comment': 'x', '/private/y': null }),
  annotation: (it) => it.client.annotation.get('INBOX', '/comment'),
  language: (it) => it.client.language.use(['de']),
  comparator: (it) => it.client.language.comparator(),
  notify: (it) => it.client.notify.set([{ mailboxes: 'selected', events: ['MessageNew', 'MessageExpunge'] }]),
  filters: (it) => it.client.filters.list(),
  conversions: (it) => it.client.convert.available(),
  'make url': (it) => it.client.url.generate(['imap://ann@mail.example/INBOX/;UID=5;URLAUTH=anonymous']),
  'fetch url': (it) => it.client.url.fetch(['imap://ann@mail.example/INBOX/;UID=5;URLAUTH=anonymous:internal:00ff']),
  url: (it) => it.client.fetchUrl('/INBOX/;UID=5/;SECTION=1'),
  'search in': (it) => it.client.searchIn({ mailboxes: ['INBOX'] }, { seen: false }),
  'imap2 find': (it) => it.client.imap2.findMailboxes(),
  'imap2 fetch': (it) => it.client.imap2.fetch(seqs('1:3'), { flags: true, text: true }),
  logout: (it) => it.client.logout(),
  close: (it) => it.client.close(),
  listen: (it) => {
    for (const event of ['exists', 'expunge', 'flags', 'vanished']) it.client.on(event, it.hear)
  },

  fetch: (it) => all(it.mailbox.fetch(uids('1:*'), ENVELOPES)),
  'fetch seq': (it) => all(it.mailbox.fetch(seqs('1:3'), { flags: true, uid: true, modSeq: true })),
  'fetch wide': (it) => all(it.mailbox.fetch(uids('1:4000000000'), { flags: true, emailId: true, preview: true })),
  'fetch sections': (it) =>
    all(
      it.mailbox.fetch(uids(5, 7), {
        sections: { all: section(), text: section('TEXT'), some: headers(['Subject', 'From']) },
      }),
    ),
  'fetch left': (it) => all(it.mailbox.fetch(uids('1:*'), ENVELOPES), 1),
  'fetch inside': (it) => all(it.mailbox.fetch(uids('1:*'), { flags: true }), 9, () => it.client.noop()),
  'fetch changed': (it) =>
    all(it.mailbox.fetch(uids('1:*'), { flags: true }, { changedSince: 12345n, vanished: it.hear })),
  'fetch one': (it) => it.mailbox.fetchOne(uid(7), { envelope: true, bodyStructure: true }),
  'fetch tolerant': (it) => all(it.mailbox.fetch(uids(5, 7, 9), ENVELOPES, { onIncomplete: 'skip' })),
  stream: (it) => all(it.mailbox.stream(uids('1:*')), Infinity, (one) => body(one)),
  'stream part': (it) => all(it.mailbox.stream(uids(5, 9), '1', { single: true }), Infinity, (one) => body(one)),
  'stream left': (it) => all(it.mailbox.stream(uids('1:*')), 2, (one) => body(one, 1)),
  'stream unread': (it) => all(it.mailbox.stream(uids('1:*'))),
  download: async (it) => body((await it.mailbox.download(uid(5), '1')) ?? []),
  'download text': async (it) => (await it.mailbox.download(uid(5), '1'))?.text(),
  'download bytes': async (it) => (await it.mailbox.download(uid(7)))?.bytes({ maxBytes: 50 }),
  parse: (it) => it.mailbox.parse(uid(5)),
  convert: (it) => it.mailbox.convert(uids(5), { to: 'image/jpeg', binary: ['1'] }),
  search: (it) => it.mailbox.search({ seen: false, from: 'ann' }),
  'search return': (it) => it.mailbox.search({ text: 'caf\u00e9' }, { return: ['min', 'max', 'count', 'all'] }),
  'search save': async (it) => {
    await it.mailbox.search({ flagged: true }, { return: ['save'] })
    await it.mailbox.store(savedResult, { add: ['\\Flagged'] })
  },
  'search partial': (it) => it.mailbox.search({ seen: true }, { partial: '1:2' }),
  'search seq': (it) => it.mailbox.searchSeq({ deleted: false }),
  sort: (it) => it.mailbox.sort([{ key: 'date', reverse: true }], { seen: false }),
  thread: (it) => it.mailbox.thread('REFERENCES', {}),
  watch: async (it) => {
    const watch = await it.mailbox.watchSearch({ seen: false })
    await it.client.noop()
    await watch.stop()
  },
  store: (it) => it.mailbox.store(uids(5, 7), { add: ['\\Seen', '$Done'] }),
  'store star': (it) => it.mailbox.store(seqs('2:*'), { remove: ['\\Seen'] }),
  'store unchanged': (it) => it.mailbox.store(uids('1:9'), { replace: ['\\Seen'], unchangedSince: 12n, silent: true }),
  copy: (it) => it.mailbox.copy(uids('1:9'), 'Archive'),
  move: (it) => it.mailbox.move(uids(5), 'Archive', { allowNonAtomic: true }),
  replace: (it) => it.mailbox.replace(uid(7), MESSAGE, { allowNonAtomic: true }),
  'delete messages': (it) => it.mailbox.delete(uids(7, 9), { allowFullExpunge: true }),
  expunge: (it) => it.mailbox.expunge(),
  'expunge some': (it) => it.mailbox.expunge(uids(7)),
  check: (it) => it.mailbox.check(),
  unselect: (it) => it.mailbox.unselect(),
  'close mailbox': (it) => it.mailbox.close(),
  abort: (it) => all(it.mailbox.fetch(uids('1:*'), ENVELOPES, { signal: it.signal })),
  'abort append': (it) => it.client.append('INBOX', MESSAGE, { signal: it.signal }),
  'time out': (it) => it.client.noop({ timeout: 5 }),
}

export const names = Object.keys(operations)

/** Whether there is what an operation works on: no mailbox may be selected, or one that is for reading only. */
export function canRun(name, it) {
  const [, method] = /it\.mailbox\.(\w+)\(/.exec(String(operations[name])) ?? []
  return method === undefined || typeof it.mailbox?.[method] === 'function'
}
