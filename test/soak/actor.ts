import type { ImapClient } from '../../src/index.js'
import { ImapError, seqs, StateError, uids, type Mailbox, type Uid, type UidSet } from '../../src/index.js'
import { oneOf, type Random } from './random.js'
import { flagsKey, type Truth } from './reader.js'
import { Shadow } from './shadow.js'

/** Where the clients work: the mailbox that is compared, and one beside it. */
export interface Places {
  readonly main: string
  readonly other: string
}

/** Lines of the conversation that are kept for the report of a mismatch. */
const KEPT = 3000

/** What servers say when a message has gone before its turn came; anything else that is refused is a fault. */
const GONE = /expunged|no longer|not there|gone|no message|invalid messageset|no such message/i

/** What came of a client's work. */
export interface Counts {
  commands: number
  refused: number
}

/** One client that does whatever comes to its mind, and remembers what it was told. */
export class Actor {
  readonly name: string
  readonly counts: Counts = { commands: 0, refused: 0 }
  readonly #client: ImapClient
  readonly #places: Places
  readonly #next: Random
  readonly #shadow: Shadow
  readonly #log: string[] = []
  #mailbox: Mailbox | undefined

  constructor(name: string, client: ImapClient, places: Places, next: Random) {
    this.name = name
    this.#client = client
    this.#places = places
    this.#next = next
    this.#shadow = new Shadow(client)
    client.on('trace', ({ direction, text }) => this.#keep(`${direction === 'in' ? 'S' : 'C'}: ${text.trimEnd()}`))
  }

  /** The last lines of the conversation. */
  get log(): readonly string[] {
    return this.#log
  }

  /** Several calls at once; everything that may not go wrong is thrown. */
  async burst(): Promise<void> {
    const next = this.#next
    if (next(12) === 0) return this.#reselect()
    if (next(10) === 0) return this.#listen()
    const mailbox = this.#mailbox ?? (await this.#open())
    const calls = Array.from({ length: 1 + next(6) }, () => this.#one(mailbox))
    // One in many bursts has the mailbox taken away while it runs.
    const leaves = next(25) === 0
    if (leaves) calls.push(this.#reselect())
    for (const result of await Promise.allSettled(calls)) {
      if (result.status === 'rejected') this.#excuse(result.reason, leaves)
    }
  }

  /** Hears all that is left to be told. */
  async settle(): Promise<void> {
    if (this.#mailbox?.name !== this.#places.main) await this.#open()
    await this.#client.noop()
  }

  /** What this client knows, and what it reads now, against what the reader has read. */
  async compare(truth: readonly Truth[]): Promise<string[]> {
    const mailbox = this.#mailbox
    if (mailbox === undefined) return ['no mailbox is open']
    const found = this.#shadow.differences(truth)
    const { view } = mailbox['context'].selection
    if (mailbox.exists !== truth.length) found.push(`exists is ${mailbox.exists}, there are ${truth.length}`)
    for (const [i, { uid }] of truth.entries()) {
      const known = view.uidOf(i + 1)
      if (known !== undefined && known !== uid) found.push(`the view has ${known} at ${i + 1}, it is ${uid}`)
    }
    const since = this.#shadow.before()
    const read = await mailbox.fetch(uids('1:*'), { flags: true, size: true }).toArray()
    const shown = read.map(({ uid, flags, size }) => `${uid} (${flagsKey(flags)}) ${size}`)
    const real = truth.map(({ uid, flags, size }) => `${uid} (${flags}) ${size}`)
    for (const line of real.filter((each) => !shown.includes(each))) found.push(`not fetched: ${line}`)
    for (const line of shown.filter((each) => !real.includes(each))) found.push(`fetched: ${line}`)
    if (new Set(shown).size !== shown.length) found.push('a message came twice')
    for (const { uid, flags } of read) this.#shadow.fetched(since, uid, flags)
    const searched = await mailbox.search({ seen: true })
    const seen = uids(truth.filter(({ flags }) => flags.includes('\\seen')).map(({ uid }) => uid))
    if (searched.toString() !== seen.toString()) found.push(`search: ${searched.toString()} is ${seen.toString()}`)
    this.counts.commands += 2
    return found
  }

  /** Leaves the server in peace. */
  async end(): Promise<void> {
    await this.#client.logout()
  }

  async #open(name = this.#places.main): Promise<Mailbox> {
    this.#shadow.suspend()
    this.counts.commands++
    const mailbox = await this.#client.select(name)
    this.#shadow.begin(mailbox.exists)
    return (this.#mailbox = mailbox)
  }

  async #reselect(): Promise<void> {
    const next = this.#next
    const way = next(3)
    if (way === 0 && this.#mailbox !== undefined) {
      const mailbox = this.#mailbox
      this.#mailbox = undefined
      this.#shadow.suspend()
      this.counts.commands++
      await mailbox.unselect()
    } else if (way === 1) await this.#open(this.#places.other)
    await this.#open()
  }

  /** Does nothing for a moment, so that the client idles, and comes back from it. */
  async #listen(): Promise<void> {
    if (this.#mailbox === undefined) await this.#open()
    await new Promise((resolve) => setTimeout(resolve, this.#next(80)))
  }

  /** A few messages, by UIDs or a range of them. */
  #some(mailbox: Mailbox): UidSet {
    const next = this.#next
    const { view } = mailbox['context'].selection
    const count = Math.max(1, mailbox.exists)
    const picked = Array.from({ length: 1 + next(4) }, () => view.uidOf(1 + next(count)) ?? 1 + next(2 * count))
    return next(4) === 0 ? uids({ from: Math.min(...picked), to: Math.max(...picked) }) : uids(picked)
  }

  async #one(mailbox: Mailbox): Promise<void> {
    const next = this.#next
    const client = this.#client
    const { main, other } = this.#places
    this.counts.commands++
    // The fuller the mailbox, the likelier something goes.
    const crowded = next(260) < mailbox.exists
    switch (crowded ? 10 + next(3) : next(14)) {
      case 0:
      case 1:
        return void (await client.append(main, this.#message(), { flags: next(2) === 0 ? ['\\Seen'] : [] }))
      case 2:
        return void (await client.append(main, [{ content: this.#message() }, { content: this.#message() }]))
      case 3:
      case 4:
        return this.#store(mailbox)
      case 5:
        return void (await mailbox.copy(this.#some(mailbox), next(3) === 0 ? main : other))
      case 6:
        return this.#fetch(mailbox)
      case 7:
        return this.#numbers(mailbox)
      case 8:
        return void (await mailbox.search(next(2) === 0 ? { seen: false } : { uid: this.#some(mailbox) }))
      case 9: {
        for await (const body of mailbox.stream(this.#some(mailbox))) {
          let octets = 0
          for await (const chunk of body) octets += chunk.length
          if (octets !== body.size) throw new Error(`a body of ${body.size} octets gave ${octets}`)
        }
        return
      }
      case 10:
        return void (await mailbox.move(this.#some(mailbox), other, { allowNonAtomic: true }))
      case 11:
        return void (await mailbox.delete(this.#some(mailbox), { allowFullExpunge: true }))
      case 12:
        return void (await mailbox.expunge())
      default:
        return next(2) === 0 ? client.noop() : void (await client.status(other, { messages: true }))
    }
  }

  async #store(mailbox: Mailbox): Promise<void> {
    const next = this.#next
    const set = this.#some(mailbox)
    const flags = [oneOf(next, ['\\Seen', '\\Flagged', '\\Deleted', '$One', '$Two'])]
    const silent = next(3) === 0
    const change = oneOf(next, [{ add: flags }, { add: flags }, { remove: flags }, { replace: flags }])
    // Whoever asks not to be told knows nothing of these flags until somebody tells.
    if (silent) this.#shadow.forget((uid) => set.has(uid))
    try {
      await mailbox.store(set, { ...change, silent })
    } finally {
      if (silent) this.#shadow.forget((uid) => set.has(uid))
    }
  }

  async #fetch(mailbox: Mailbox): Promise<void> {
    const next = this.#next
    const since = this.#shadow.before()
    const set = next(3) === 0 ? uids('1:*') : this.#some(mailbox)
    const seen = new Set<Uid>()
    for await (const { uid, flags } of mailbox.fetch(set, { flags: true, envelope: true })) {
      if (seen.has(uid)) throw new Error(`UID ${uid} came twice`)
      seen.add(uid)
      this.#shadow.fetched(since, uid, flags)
      if (next(60) > 0) continue
      // The flags that the server told for the rest of the loop are lost, and it need not tell them again.
      this.#shadow.forget(() => true)
      return
    }
  }

  /** Reads and changes by sequence numbers. */
  async #numbers(mailbox: Mailbox): Promise<void> {
    const next = this.#next
    const since = this.#shadow.before()
    const count = Math.max(1, mailbox.exists)
    const set = seqs({ from: 1 + next(count), to: 1 + next(count) })
    if (next(3) === 0) {
      this.#shadow.forget(() => true)
      await mailbox.store(set, { add: ['$Numbered'] })
      return
    }
    for await (const { uid, flags } of mailbox.fetch(set, { flags: true })) this.#shadow.fetched(since, uid, flags)
  }

  #message(): string {
    const next = this.#next
    return `Subject: ${this.name} ${next(1_000_000)}\r\n\r\n${'x'.repeat(next(next(20) === 0 ? 20_000 : 300))}\r\n`
  }

  /** A message may be gone by the time its turn comes, and a mailbox left; nothing else may go wrong. */
  #excuse(error: unknown, left: boolean): void {
    this.counts.refused++
    if (error instanceof StateError && (left || /came to mean other messages/.test(error.message))) return
    if (error instanceof ImapError && GONE.test(error.text ?? error.message)) return
    throw error
  }

  #keep(line: string): void {
    this.#log.push(line.length > 400 ? `${line.slice(0, 400)}…` : line)
    if (this.#log.length > KEPT) this.#log.shift()
  }
}
