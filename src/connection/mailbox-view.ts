import type { UidSet } from '../model/number-set.js'

/** Messages per bucket: small enough to shift on each expunge, large enough that a million messages need few. */
const BUCKET = 1024
/** Mailboxes above this size are counted but not mapped: a lying EXISTS must not cost memory. */
const MAX_MAPPED = 1 << 24
const UNKNOWN = 0
const NOWHERE = Object.freeze({ bucket: undefined, first: 0 })

interface Bucket {
  /** Messages in this bucket. */
  count: number
  /** How many of them have a known UID. */
  known: number
  /** UIDs by position, 0 where unknown; left out while none is known. */
  uids: Uint32Array | undefined
}

/**
 * Which UID stands at which sequence number of the selected mailbox, as far as the server has told (RFC 9051 §2.3.1).
 *
 * Positions are kept in buckets, with a Fenwick tree over their sizes: finding and removing one are O(log n).
 */
export class MailboxView {
  #exists = 0
  #known = 0
  #renumberings = 0
  #buckets: Bucket[] = []
  /** Fenwick tree over the bucket sizes, from index 1 on. */
  #tree: number[] = [0]
  /** Messages that the buckets cover; those behind are unknown and take no room. */
  #mapped = 0
  /** The bucket in which a UID was noted last, and the number of its first message. */
  #last: { readonly bucket: Bucket | undefined; readonly first: number } = NOWHERE

  /** The number of messages (EXISTS, RFC 9051 §7.4.1). */
  get exists(): number {
    return this.#exists
  }

  /** Whether the UID of every message is known. */
  get isComplete(): boolean {
    return this.#known === this.#exists
  }

  /** How many UIDs are known. */
  get known(): number {
    return this.#known
  }

  /** Rises whenever sequence numbers may have come to mean other messages: while it stays, a snapshot of them holds. */
  get renumberings(): number {
    return this.#renumberings
  }

  /** The UID at a sequence number, or undefined where it is not known. */
  uidOf(seq: number): number | undefined {
    if (seq < 1 || seq > this.#mapped) return undefined
    const place = this.#find(seq)
    const uid = this.#at(place.bucket).uids?.[place.offset] ?? UNKNOWN
    return uid === UNKNOWN ? undefined : uid
  }

  /** The sequence number of a UID, or undefined where it is not known. */
  seqOf(uid: number): number | undefined {
    const place = this.#lowerBound(uid)
    if (place === undefined || this.#at(place.bucket).uids?.[place.offset] !== uid) return undefined
    return this.#sum(place.bucket) + place.offset + 1
  }

  /** The known UIDs, ascending. */
  *uids(): Generator<number, void, undefined> {
    for (const bucket of this.#buckets) {
      if (bucket.uids === undefined) continue
      for (let i = 0; i < bucket.count; i++) {
        const uid = bucket.uids[i]
        if (uid !== undefined && uid !== UNKNOWN) yield uid
      }
    }
  }

  /**
   * Notes the UID of a message. A UID that contradicts what is known (they ascend with the sequence numbers)
   * makes the view forget all; false tells so.
   */
  learn(seq: number, uid: number): boolean {
    if (seq < 1 || seq > this.#exists || seq > MAX_MAPPED || uid < 1) return true
    if (seq > this.#mapped) this.#map(seq)
    // Answers come in the order of their numbers: most stand in the same bucket as the one before.
    let { bucket, first } = this.#last
    if (bucket === undefined || seq < first || seq >= first + bucket.count) {
      const place = this.#find(seq)
      bucket = this.#at(place.bucket)
      first = seq - place.offset
      this.#last = { bucket, first }
    }
    const offset = seq - first
    const uids = (bucket.uids ??= new Uint32Array(BUCKET))
    const old = uids[offset]
    if (old === uid) return true
    if (old !== UNKNOWN || !this.#ascends(uids, offset, bucket.count, uid)) {
      this.#renumberings++
      this.forget()
      return false
    }
    uids[offset] = uid
    bucket.known++
    this.#known++
    return true
  }

  /** Takes all UIDs of the mailbox, ascending; they count only when there are as many as messages. */
  learnAll(uids: Iterable<number>): void {
    const all = Uint32Array.from(uids)
    if (all.length !== this.#exists || all.length > MAX_MAPPED) return
    for (let i = 1; i < all.length; i++) if ((all[i] ?? 0) <= (all[i - 1] ?? 0)) return
    this.#load(all)
  }

  /** Takes the count of an EXISTS. False: it fell without EXPUNGE, which no server may do, and the map is forgotten. */
  setExists(count: number): boolean {
    const fell = count < this.#exists
    this.#exists = count
    if (fell) {
      this.#renumberings++
      this.forget()
    }
    return !fell
  }

  /** Removes the message at a sequence number (EXPUNGE) and gives its UID where known; false: there is no such message. */
  expunge(seq: number): number | undefined | false {
    if (seq < 1 || seq > this.#exists) return false
    this.#exists--
    this.#renumberings++
    if (seq > this.#mapped) return undefined
    const place = this.#find(seq)
    const uid = this.#at(place.bucket).uids?.[place.offset] ?? UNKNOWN
    this.#remove(place)
    this.#compact()
    return uid === UNKNOWN ? undefined : uid
  }

  /**
   * Removes messages by UID (VANISHED without EARLIER, RFC 7162 §3.2.10.2). With a complete map only UIDs that are in
   * it count. Otherwise each UID lowers the count, and one whose position is unknown makes the view forget its map.
   *
   * @param removed - is told each UID that was found, with the sequence number it had at that moment
   */
  vanish(uids: UidSet, removed?: (uid: number, seq: number) => void): void {
    const complete = this.isComplete
    const before = this.#exists
    let found = 0
    for (const { from, to } of uids.ranges()) {
      if (from === '*' || to === '*') continue
      for (;;) {
        const place = this.#lowerBound(from)
        const count = place === undefined ? 0 : this.#run(place, to)
        if (place === undefined || count === 0) break
        if (removed !== undefined) {
          // Each removal moves the next one to the same number.
          const seq = this.#sum(place.bucket) + place.offset + 1
          const { uids: known } = this.#at(place.bucket)
          known?.subarray(place.offset, place.offset + count).forEach((uid) => removed(uid, seq))
        }
        this.#remove(place, count)
        found += count
      }
    }
    this.#exists -= found
    if (!complete) {
      const lost = Math.min(uids.hasStar ? 0 : uids.size - found, this.#exists)
      this.#exists -= lost
      if (lost > 0) this.forget()
    }
    if (this.#exists !== before) this.#renumberings++
    this.#compact()
  }

  /** Forgets every UID; the count stays. */
  forget(): void {
    this.#known = 0
    this.#mapped = 0
    this.#buckets = []
    this.#tree = [0]
    this.#last = NOWHERE
  }

  #at(index: number): Bucket {
    return this.#buckets[index] as Bucket
  }

  /** Only the nearest positions are looked at: this finds a server that has lost count, and costs nothing. */
  #ascends(uids: Uint32Array, offset: number, count: number, uid: number): boolean {
    const before = offset > 0 ? (uids[offset - 1] ?? UNKNOWN) : UNKNOWN
    const after = offset + 1 < count ? (uids[offset + 1] ?? UNKNOWN) : UNKNOWN
    return before < uid && (after === UNKNOWN || uid < after)
  }

  /** Extends the buckets so that they cover `seq`. */
  #map(seq: number): void {
    while (this.#mapped < seq) {
      const last = this.#buckets.length - 1
      const bucket = this.#buckets[last]
      const missing = Math.min(this.#exists, MAX_MAPPED) - this.#mapped
      if (bucket !== undefined && bucket.count < BUCKET) {
        const more = Math.min(BUCKET - bucket.count, missing)
        // A shrunken bucket may hold stale numbers behind its end.
        bucket.uids?.fill(UNKNOWN, bucket.count, bucket.count + more)
        bucket.count += more
        this.#mapped += more
        this.#add(last, more)
      } else {
        this.#append({ count: Math.min(BUCKET, missing), known: 0, uids: undefined })
      }
    }
  }

  #append(bucket: Bucket): void {
    this.#buckets.push(bucket)
    this.#mapped += bucket.count
    const index = this.#buckets.length
    let sum = bucket.count
    for (let step = 1; step < (index & -index); step <<= 1) sum += this.#tree[index - step] as number
    this.#tree.push(sum)
  }

  #load(all: Uint32Array): void {
    this.forget()
    for (let i = 0; i < all.length; i += BUCKET) {
      const count = Math.min(BUCKET, all.length - i)
      const uids = new Uint32Array(BUCKET)
      uids.set(all.subarray(i, i + count))
      this.#append({ count, known: count, uids })
    }
    this.#known = all.length
  }

  #add(index: number, delta: number): void {
    for (let i = index + 1; i < this.#tree.length; i += i & -i) this.#tree[i] = (this.#tree[i] as number) + delta
  }

  /** Messages in the buckets before `index`. */
  #sum(index: number): number {
    let sum = 0
    for (let i = index; i > 0; i -= i & -i) sum += this.#tree[i] as number
    return sum
  }

  #find(seq: number): { bucket: number; offset: number } {
    let index = 0
    let rest = seq
    for (let step = 1 << (31 - Math.clz32(this.#tree.length)); step > 0; step >>= 1) {
      const next = index + step
      const size = this.#tree[next]
      if (size !== undefined && size < rest) {
        index = next
        rest -= size
      }
    }
    return { bucket: index, offset: rest - 1 }
  }

  /** How many UIDs from `place` on, in one bucket and without a gap, are known and not above `to`. */
  #run(place: { bucket: number; offset: number }, to: number): number {
    const { uids, count } = this.#at(place.bucket)
    let end = place.offset
    for (; end < count; end++) {
      const uid = uids?.[end] ?? UNKNOWN
      if (uid === UNKNOWN || uid > to) break
    }
    return end - place.offset
  }

  /** Takes out positions whose UIDs are all known, or a single one. */
  #remove(place: { bucket: number; offset: number }, count = 1): void {
    const bucket = this.#at(place.bucket)
    const known = (bucket.uids?.[place.offset] ?? UNKNOWN) === UNKNOWN ? 0 : count
    bucket.uids?.copyWithin(place.offset, place.offset + count, bucket.count)
    bucket.count -= count
    this.#mapped -= count
    this.#last = NOWHERE
    this.#add(place.bucket, -count)
    bucket.known -= known
    this.#known -= known
    if (bucket.known === 0) bucket.uids = undefined
  }

  /** The place of the lowest known UID that is `uid` or above; stretches of unknown ones are stepped over. */
  #lowerBound(uid: number): { bucket: number; offset: number } | undefined {
    const bucket = lowest(this.#buckets.length, uid, (i) => lastUid(this.#at(i)))
    if (bucket === undefined) return undefined
    const { uids, count } = this.#at(bucket)
    const offset = lowest(count, uid, (i) => uids?.[i] ?? UNKNOWN)
    return offset === undefined ? undefined : { bucket, offset }
  }

  /** Joins buckets that many expunges have left nearly empty. */
  #compact(): void {
    if (this.#buckets.length < 8 || this.#mapped * 4 > this.#buckets.length * BUCKET) return
    const all = new Uint32Array(this.#mapped)
    let at = 0
    for (const bucket of this.#buckets) {
      if (bucket.uids !== undefined) all.set(bucket.uids.subarray(0, bucket.count), at)
      at += bucket.count
    }
    const known = this.#known
    this.#load(all)
    for (const bucket of this.#buckets) {
      bucket.known = bucket.uids?.reduce((sum, uid, i) => (i < bucket.count && uid !== UNKNOWN ? sum + 1 : sum), 0) ?? 0
      if (bucket.known === 0) bucket.uids = undefined
    }
    this.#known = known
  }
}

/** The highest known UID of a bucket, or 0. */
function lastUid(bucket: Bucket): number {
  if (bucket.uids === undefined) return UNKNOWN
  for (let i = bucket.count - 1; i >= 0; i--) {
    const uid = bucket.uids[i]
    if (uid !== undefined && uid !== UNKNOWN) return uid
  }
  return UNKNOWN
}

/** Binary search for the lowest index whose value is `wanted` or above, among ascending values with zeros between them. */
function lowest(length: number, wanted: number, value: (index: number) => number): number | undefined {
  let low = 0
  let high = length - 1
  let found: number | undefined
  while (low <= high) {
    const middle = (low + high) >> 1
    let probe = middle
    while (probe <= high && value(probe) === UNKNOWN) probe++
    if (probe > high) high = middle - 1
    else if (value(probe) >= wanted) {
      found = probe
      high = middle - 1
    } else low = probe + 1
  }
  return found
}
