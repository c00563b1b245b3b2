import { AbortError, CapabilityError, PartialResultError, StateError, uid, uids, type Uid } from 'imapkit'
import { describe, expect, it } from 'vitest'
import { rejection, until } from '../behaviour/tools.js'
import { scene, type Scene } from './client-tools.js'

const start = (capabilities: string): string => `
  S: * PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] ready
  C: <s> SELECT INBOX
  S: * 9 EXISTS
  S: <s> OK [READ-WRITE] in
`
const CONTEXT = start('ESEARCH CONTEXT=SEARCH')
const SORTING = start('SORT ESORT CONTEXT=SORT')
const WATCH = 'C: <w> UID SEARCH RETURN (ALL UPDATE CONTEXT) FLAGGED\n'
const SORT = 'C: <w> UID SORT RETURN (ALL UPDATE CONTEXT) (DATE) UTF-8 ALL\n'

const changes = (text: string): string => `S: * ESEARCH (TAG "<w>") UID ${text}\n`

/** Runs a script with INBOX selected. */
async function selected(script: string, more: Parameters<typeof scene>[1] = {}) {
  const it = await scene(script, more)
  return { ...it, inbox: await it.client.select('INBOX'), [Symbol.asyncDispose]: () => it[Symbol.asyncDispose]() }
}

const sent = (it: Scene): string[] =>
  it.trace.filter((line) => line.startsWith('out')).map((line) => line.replace(/^out (\S+ )?(?=[A-Z]+)/, ''))

describe('watchSearch', () => {
  it('keeps the result up to date, and cancels at the end', async () => {
    await using it = await selected(`${CONTEXT}${WATCH}${changes('ALL 2,5')}S: <w> OK done
      C: <n> NOOP
      S: * ESEARCH (TAG "<w>") UID ADDTO (1 1 3 7) REMOVEFROM (0 2)
      S: <n> OK done
      C: <m> NOOP
      S: * ESEARCH (TAG "other") UID ADDTO (0 9)
      S: * ESEARCH (TAG "<w>") UID REMOVEFROM (0 1,5)
      S: <m> OK done
      C: <c> CANCELUPDATE "<w>"
      S: <c> OK done
    `)
    const watch = await it.inbox.watchSearch({ flagged: true })
    const before = watch.uids
    expect([before.toString(), watch.isLive]).toEqual(['2,5', true])
    await it.client.noop()
    expect([before.toString(), watch.uids.toString()]).toEqual(['2,5', '1,5,7'])
    await it.client.noop()
    expect(watch.uids.toString()).toBe('7')
    await watch.stop()
    expect(watch.isLive).toBe(false)
    await watch.stop()
    await it.done
    expect(it.warnings).toEqual([])
  })

  it('hears what comes between the result and the end of the search', async () => {
    await using it = await selected(
      `${CONTEXT}${WATCH}${changes('ALL 2,5')}${changes('ADDTO (0 9)')}${changes('REMOVEFROM (0 2)')}S: <w> OK done\n`,
    )
    expect((await it.inbox.watchSearch({ flagged: true })).uids.toString()).toBe('5,9')
    await it.done
  })

  it('hears what comes in the same breath as the end of the search', async () => {
    await using it = await selected(`${CONTEXT}${WATCH}${changes('ALL 2')}S: <w> OK done\n${changes('ADDTO (0 9)')}`)
    const watch = await it.inbox.watchSearch({ flagged: true })
    await until('it came', () => watch.uids.has(9))
    await it.done
  })

  it('applies the examples of RFC 5267 §4.3.3 alike', async () => {
    for (const text of ['ADDTO (1 2733 1 2732 1 2731)', 'ADDTO (1 2733) ADDTO (1 2731:2732)', 'ADDTO (1 2731:2733)']) {
      await using it = await selected(
        `${CONTEXT}${WATCH}${changes('ALL 2734:2735')}S: <w> OK done\nC: <n> NOOP\n${changes(text)}S: <n> OK done\n`,
      )
      const watch = await it.inbox.watchSearch({ flagged: true })
      await it.client.noop()
      expect(watch.uids.toString()).toBe('2731:2735')
    }
  })

  it('gives changes to readers at their own pace', async () => {
    await using it = await selected(`${CONTEXT}${WATCH}${changes('ALL 2')}S: <w> OK done
      C: <n> NOOP
      S: * ESEARCH (TAG "<w>") UID ADDTO (0 4,5)
      S: * ESEARCH (TAG "<w>") UID REMOVEFROM (0 2,4)
      S: <n> OK done
      C: <m> NOOP
      S: * ESEARCH (TAG "<w>") UID ADDTO (0 2)
      S: <m> OK done
      C: <u> CLOSE
      S: <u> OK done
    `)
    const watch = await it.inbox.watchSearch({ flagged: true })
    const seen: string[] = []
    const reading = (async () => {
      for await (const { added, removed } of watch) seen.push(`+${added.toString()} -${removed.toString()}`)
    })()
    const slow = watch[Symbol.asyncIterator]()
    const left = watch[Symbol.asyncIterator]()
    expect(await left.return?.()).toEqual({ done: true, value: undefined })
    await it.client.noop()
    await until('the first change was read', () => seen.length > 0)
    await it.client.noop()
    expect(watch.uids.toString()).toBe('2,5')
    await it.inbox.close()
    await reading
    // One line of the server may be read as one step or with the next.
    expect(seen.at(-1)).toBe('+2 -')
    const { value } = (await slow.next()) as IteratorYieldResult<{ added: unknown; removed: unknown }>
    expect([String(value.added), String(value.removed)]).toEqual(['2,5', '2'])
    expect(await slow.next()).toEqual({ done: true, value: undefined })
    expect(await left.next()).toEqual({ done: true, value: undefined })
    expect(watch.isLive).toBe(false)
    await it.done
  })

  it('ends without a command when another mailbox is selected, and with the connection', async () => {
    await using it = await selected(`${CONTEXT}${WATCH}${changes('ALL 2')}S: <w> OK done
      C: <o> SELECT Other
      S: * 1 EXISTS
      S: <o> OK in
      ${WATCH}S: <w> OK done
    `)
    const watch = await it.inbox.watchSearch({ flagged: true })
    const other = await it.client.select('Other')
    const waiting = watch[Symbol.asyncIterator]().next()
    expect(await waiting).toEqual({ done: true, value: undefined })
    await watch.stop()
    expect(watch.uids.toString()).toBe('2')
    expect(await rejection(it.inbox.watchSearch({ flagged: true }))).toBeInstanceOf(StateError)
    const second = await other.watchSearch({ flagged: true })
    const reading = second[Symbol.asyncIterator]().next()
    it.client.close()
    expect(await reading).toEqual({ done: true, value: undefined })
    await second.stop()
    expect(second.isLive).toBe(false)
    await it.done
  })

  it('is a plain result where the server refuses updates', async () => {
    await using it = await selected(`${CONTEXT}${WATCH}${changes('ALL 2')}S: * NO [NOUPDATE "<w>"] Too many contexts
      S: <w> OK Search completed, will not notify.
    `)
    const watch = await it.inbox.watchSearch({ flagged: true })
    expect([watch.uids.toString(), watch.isLive]).toEqual(['2', false])
    expect(await watch[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined })
    await watch.stop()
    await it.done
    expect(it.warnings).toEqual([])
  })

  it('lets the client idle, though nobody listens to events', async () => {
    await using it = await selected(
      `${start('IDLE ESEARCH CONTEXT=SEARCH')}${WATCH}${changes('ALL 2')}S: <w> OK done
      C: <i> IDLE
      S: + idling
      S: * ESEARCH (TAG "<w>") UID ADDTO (0 8)
      C: DONE
      S: <i> OK done
      C: <c> CANCELUPDATE "<w>"
      S: <c> OK done
    `,
      { idle: { delayMs: 0 } },
    )
    {
      await using watch = await it.inbox.watchSearch({ flagged: true })
      await until('it came', () => watch.uids.has(8))
    }
    await it.done
    expect(sent(it).filter((line) => line === 'IDLE')).toEqual(['IDLE'])
  })

  it('cancels what was given up while it was on its way', async () => {
    await using it = await selected(`${CONTEXT}${WATCH}S-wait 30
      S: <w> OK done
      C: <c> CANCELUPDATE "<w>"
      S: <c> OK done
    `)
    const controller = new AbortController()
    const watching = it.inbox.watchSearch({ flagged: true }, { signal: controller.signal })
    await until('it is sent', () => sent(it).some((line) => line.includes('UPDATE')))
    controller.abort()
    expect(await rejection(watching)).toBeInstanceOf(AbortError)
    await it.done
  })

  it('warns of a CANCELUPDATE that fails while it is disposed', async () => {
    await using it = await selected(`${CONTEXT}${WATCH}${changes('ALL 2')}S: <w> OK done
      C: <c> CANCELUPDATE "<w>"
      S: <c> NO not now
    `)
    await (await it.inbox.watchSearch({ flagged: true }))[Symbol.asyncDispose]()
    expect(it.warnings).toHaveLength(1)
    await it.done
  })

  it.each([
    ['CONTEXT=SEARCH', 'ESEARCH CONTEXT=SORT'],
    ['ESEARCH', 'CONTEXT=SEARCH'],
  ])('needs %s before a byte is sent', async (needs, capabilities) => {
    await using it = await selected(start(capabilities))
    const error = await rejection(it.inbox.watchSearch({}))
    expect(error).toBeInstanceOf(CapabilityError)
    expect(error).toMatchObject({ needs })
    await it.done
    expect(sent(it)).toEqual(['SELECT INBOX'])
  })

  it('costs a warning, and nothing else, when a change cannot be read', async () => {
    await using it = await selected(`${CONTEXT}${WATCH}${changes('ALL 2')}S: <w> OK done
      C: <n> NOOP
      S: * ESEARCH (TAG "<w>") UID ADDTO 7
      S: * ESEARCH (TAG "<w>") UID ADDTO (0 8)
      S: <n> OK done
    `)
    const watch = await it.inbox.watchSearch({ flagged: true })
    await it.client.noop()
    expect(watch.uids.toString()).toBe('2,8')
    expect(it.warnings).toHaveLength(1)
  })
})

describe('watchSort', () => {
  const numbers = (list: readonly Uid[]) => [...list]

  it.each<[string, string, number[]]>([
    ['added in front', 'ADDTO (1 9,8)', [9, 8, 5, 3, 4]],
    ['added between', 'ADDTO (2 9 4 7)', [5, 9, 3, 7, 4]],
    ['added at the end', 'ADDTO (4 9)', [5, 3, 4, 9]],
    ['added beyond the end', 'ADDTO (40 9)', [5, 3, 4, 9]],
    ['added nowhere', 'ADDTO (0 9)', [5, 3, 4, 9]],
    ['added as a range, which ascends', 'ADDTO (1 11:9)', [9, 10, 11, 5, 3, 4]],
    ['removed', 'REMOVEFROM (2 3:4)', [5]],
    ['removed wherever they are', 'REMOVEFROM (0 3,5)', [4]],
    ['removed, the place being wrong', 'REMOVEFROM (1 4)', [5, 3]],
    ['moved', 'REMOVEFROM (1 5) ADDTO (3 5)', [3, 4, 5]],
  ])('%s', async (_title, text, wanted) => {
    await using it = await selected(
      `${SORTING}${SORT}${changes('ALL 5,3:4')}S: <w> OK done\nC: <n> NOOP\n${changes(text)}S: <n> OK done\n`,
    )
    const watch = await it.inbox.watchSort(['date'])
    const before = watch.uids
    await it.client.noop()
    expect(numbers(before)).toEqual([5, 3, 4])
    expect(numbers(watch.uids)).toEqual(wanted)
    await it.done
  })

  it('needs CONTEXT=SORT', async () => {
    await using it = await selected(start('SORT ESORT CONTEXT=SEARCH'))
    expect(await rejection(it.inbox.watchSort(['date']))).toMatchObject({ needs: 'CONTEXT=SORT' })
    await it.done
  })
})

describe('sort and thread', () => {
  it('wait for each other, since ESEARCH may answer either', async () => {
    await using it = await selected(`${start('SORT ESORT ESEARCH THREAD=REFS')}
      C: <a> UID SORT RETURN (ALL) (REVERSE DATE) UTF-8 ALL
      S: * ESEARCH UID ALL 3,1
      S: <a> OK done
      C: <b> UID SEARCH RETURN (ALL) ALL
      S: * ESEARCH UID ALL 1,3
      S: <b> OK done
      C: <c> UID THREAD REFS UTF-8 SEEN
      S: * THREAD (1 3)
      S: <c> OK done
    `)
    const [sorted, found, threads] = await Promise.all([
      it.inbox.sort([{ key: 'date', reverse: true }]),
      it.inbox.search({}),
      it.inbox.thread('REFS', { seen: true }),
    ])
    expect(sorted).toEqual([3, 1])
    expect(found.toString()).toBe('1,3')
    expect(threads).toEqual([{ message: 1, children: [{ message: 3, children: [] }] }])
    await it.done
  })

  it('are refused before a byte is sent', async () => {
    await using it = await selected(start('THREAD=REFS'))
    expect(await rejection(it.inbox.sort(['date']))).toMatchObject({ needs: 'SORT' })
    expect(await rejection(it.inbox.thread('REFERENCES'))).toMatchObject({ needs: 'THREAD=REFERENCES' })
    await it.done
    expect(sent(it)).toEqual(['SELECT INBOX'])
  })

  it('reject when the answer cannot be read, and the session goes on', async () => {
    await using it = await selected(`${start('SORT THREAD=REFS')}
      C: <a> UID THREAD REFS UTF-8 ALL
      S: * THREAD (1 2
      S: <a> OK done
      C: <b> UID SORT (DATE) UTF-8 ALL
      S: * SORT 1 x
      S: <b> OK done
      C: <c> SORT (DATE) UTF-8 ALL
      S: * SORT 2 1
      S: <c> OK done
    `)
    expect(await rejection(it.inbox.thread('REFS'))).toMatchObject({ code: 'ERR_IMAP_PROTOCOL' })
    expect(await rejection(it.inbox.sort(['date']))).toMatchObject({ code: 'ERR_IMAP_PROTOCOL' })
    expect(await it.inbox.sortSeq(['date'])).toEqual([2, 1])
    await it.done
  })
})

describe('searchIn', () => {
  const PREAUTH = 'S: * PREAUTH [CAPABILITY IMAP4rev1 MULTISEARCH ESEARCH] ready\n'

  it('searches without selecting (RFC 7377 §3)', async () => {
    await using it = await scene(`${PREAUTH}
      C: <a> ESEARCH IN (mailboxes folder1 subtree folder2) RETURN (ALL) UNSEEN
      S: * ESEARCH (TAG "<a>" MAILBOX "folder1" UIDVALIDITY 1) UID ALL 4001,4003,4005,4007,4009
      S: * ESEARCH (TAG "<a>" MAILBOX "folder2/banana" UIDVALIDITY 503) UID ALL 3002,4004
      S: * ESEARCH (TAG "<a>" MAILBOX "folder2/peach" UIDVALIDITY 3) UID ALL 921691
      S: <a> OK done
      C: <b> ESEARCH IN (mailboxes folder1 subtree-one folder2) RETURN (COUNT) SUBJECT chad
      S: * ESEARCH (TAG "<b>" MAILBOX "folder2/salmon" UIDVALIDITY 1111111) UID COUNT 4
      S: <b> OK done
    `)
    const found = await it.client.searchIn({ mailboxes: 'folder1', subtree: 'folder2' }, { seen: false })
    expect(found.map(({ mailbox, uidValidity, all }) => [mailbox, uidValidity, all.toString()])).toEqual([
      ['folder1', 1, '4001,4003,4005,4007,4009'],
      ['folder2/banana', 503, '3002,4004'],
      ['folder2/peach', 3, '921691'],
    ])
    const counted = await it.client.searchIn(
      { mailboxes: 'folder1', subtreeOne: 'folder2' },
      { subject: 'chad' },
      { return: ['count'] },
    )
    expect(counted).toEqual([{ mailbox: 'folder2/salmon', uidValidity: 1111111, count: 4 }])
    await it.done
  })

  it('rejects with what it has when the server stops early', async () => {
    await using it = await scene(`${PREAUTH}
      C: <a> ESEARCH IN (personal) RETURN (ALL) ALL
      S: * ESEARCH (TAG "<a>" MAILBOX a UIDVALIDITY 1) UID ALL 7
      S: <a> OK [LIMIT] enough
    `)
    const error = await rejection(it.client.searchIn({ personal: true }, {}))
    expect(error).toBeInstanceOf(PartialResultError)
    expect((error as PartialResultError).results).toEqual([{ mailbox: 'a', uidValidity: 1, all: uids(7) }])
    await it.done
  })

  it('is refused before a byte is sent', async () => {
    await using it = await scene('S: * PREAUTH [CAPABILITY IMAP4rev1 ESEARCH] ready\n')
    expect(await rejection(it.client.searchIn({ personal: true }, {}))).toMatchObject({ needs: 'MULTISEARCH' })
    await using other = await scene(PREAUTH)
    expect(await rejection(other.client.searchIn({ selected: true }, {}))).toBeInstanceOf(StateError)
    expect(await rejection(other.client.searchIn({}, {}))).toMatchObject({ code: 'ERR_IMAP_ARGUMENT' })
    await Promise.all([it.done, other.done])
  })
})

describe('fetch with partial', () => {
  const ask = (set: string, modifier = '') => `C: <f> UID FETCH ${set} (UID FLAGS)${modifier}\n`
  const messages = (...given: readonly number[]) =>
    given.map((each) => `S: * ${each - 25_000} FETCH (FLAGS (\\Seen) UID ${each})\n`).join('')
  const read = async (it: Awaited<ReturnType<typeof selected>>, options: { partial: string; changedSince?: bigint }) =>
    (await it.inbox.fetch(uids('25900:26600'), { flags: true }, options).toArray()).map((each) => each.uid)

  it('asks by the modifier (RFC 9394 §3.3)', async () => {
    await using it = await selected(`${start('PARTIAL ESEARCH CONDSTORE')}
      ${ask('25900:26600', ' (PARTIAL -1:-3)')}${messages(25996, 25997, 26600)}S: <f> OK done
      ${ask('25900:26600', ' (CHANGEDSINCE 98305 PARTIAL -1:-30)')}S: * 12 FETCH (FLAGS () MODSEQ (98306) UID 25997)
      S: <f> OK done
    `)
    expect(await read(it, { partial: '-1:-3' })).toEqual([25996, 25997, 26600])
    expect(await read(it, { partial: '-1:-30', changedSince: 98305n })).toEqual([25997])
    await it.done
  })

  it('searches first where the server lacks it, and for many', async () => {
    await using it = await selected(`${start('ESEARCH')}
      C: <a> UID SEARCH RETURN (ALL) UID 25900:26600
      S: * ESEARCH (TAG "<a>") UID ALL 25996:25997,26001,26600
      S: <a> OK done
      ${ask('25997,26001,26600')}${messages(25997, 26001, 26600)}S: <f> OK done
    `)
    expect(await read(it, { partial: '-1:-3' })).toEqual([25997, 26001, 26600])
    await it.done
    await using many = await selected(`${start('ESEARCH PARTIAL')}
      C: <a> UID SEARCH RETURN (PARTIAL 1:2000) UID 25900:26600
      S: * ESEARCH (TAG "<a>") UID PARTIAL (1:2000 26600)
      S: <a> OK done
      ${ask('26600')}${messages(26600)}S: <f> OK done
    `)
    expect(await read(many, { partial: '1:2000' })).toEqual([26600])
    await many.done
  })

  it('counts sequence numbers, and nothing of nothing', async () => {
    await using it = await selected(`${start('ESEARCH PARTIAL')}
      C: <a> UID SEARCH RETURN (PARTIAL 1:2) UID ${uid(7)}
      S: * ESEARCH (TAG "<a>") UID PARTIAL (1:2 NIL)
      S: <a> OK done
    `)
    expect(await it.inbox.fetch(uids(), { flags: true }, { partial: '1:2' }).toArray()).toEqual([])
    const command = it.inbox.search({ uid: uid(7) }, { partial: '1:2' })
    expect((await command).partial.isEmpty).toBe(true)
    await it.done
  })

  it('refuses what is no range at the first step', async () => {
    await using it = await selected(start('PARTIAL'))
    const error = await rejection(read(it, { partial: '1:*' }))
    expect(error).toMatchObject({ code: 'ERR_IMAP_ARGUMENT' })
    await it.done
  })
})
