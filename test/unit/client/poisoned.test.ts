import { describe, expect, it } from 'vitest'
import { Bisection, mayBePoisoned, missingOf, type Attempt } from '../../../src/client/poisoned.js'
import { responseError } from '../../../src/model/response-error.js'
import { uids, type UidSet } from '../../../src/model/number-set.js'

const refusal = responseError('UID FETCH', { kind: 'tagged', tag: 'a', status: 'NO', code: null, text: 'no' })

/** What servers send of a set in which some messages are bad. */
const STYLES: Readonly<Record<string, (set: readonly number[], bad: ReadonlySet<number>) => readonly number[]>> = {
  nothing: () => [],
  'those in front of it': (set, bad) =>
    set.slice(
      0,
      set.findIndex((uid) => bad.has(uid)),
    ),
  'all the others': (set, bad) => set.filter((uid) => !bad.has(uid)),
}

/** Plays a fetch of `count` messages; gives what came, in order, what was found, and how many commands it took. */
async function play(count: number, bad: ReadonlySet<number>, sends: (typeof STYLES)[string]) {
  const came: number[] = []
  let commands = 0
  const ask = (part: UidSet): Promise<Attempt> => {
    commands++
    const set = [...part].map(Number)
    const isBad = set.some((uid) => bad.has(uid))
    const sent = isBad ? sends(set, bad) : set
    came.push(...sent)
    return Promise.resolve({ came: uids(sent), refusal: isBad ? refusal : undefined })
  }
  const all = uids({ from: 1, to: count })
  const bisection = new Bisection()
  const first = await ask(all)
  if (came.length > 0) bisection.answered()
  const found = await bisection.run(missingOf(all, first.came), refusal, ask, 8000)
  return { came, found: found.map(({ uid }) => uid), commands }
}

describe.each(Object.entries(STYLES))('a server that sends %s', (_, sends) => {
  it.each([
    [1000, [1]],
    [1000, [1000]],
    [1000, [500, 501]],
    [1000, [7, 77, 777]],
    [5, [2, 3]],
    [2, [1]],
    [64, [1, 9, 17, 25, 33, 41, 49, 57]],
  ])('%i messages with %j poisoned', async (count, bad) => {
    const { came, found, commands } = await play(count, new Set(bad), sends)
    expect([...found].sort((a, b) => a - b)).toEqual(bad)
    const others = Array.from({ length: count }, (_, index) => index + 1).filter((uid) => !bad.includes(uid))
    expect([...came].sort((a, b) => a - b)).toEqual(others)
    expect(commands).toBeLessThanOrEqual(2 + bad.length * 2 * (Math.ceil(Math.log2(count)) + 1))
  })
})

describe('giving up', () => {
  it('comes soon where nothing is answered', async () => {
    let commands = 0
    const all = { has: () => true } as unknown as ReadonlySet<number>
    const playing = play(10_000, all, (set) => {
      commands++
      return set.slice(0, 0)
    })
    await expect(playing).rejects.toBe(refusal)
    expect(commands).toBeLessThan(2 * Math.ceil(Math.log2(10_000)))
  })

  it('comes where a hundred are refused', async () => {
    const bad = new Set(Array.from({ length: 101 }, (_, index) => 1 + 3 * index))
    await expect(play(400, bad, () => [])).rejects.toBe(refusal)
    bad.delete(1)
    expect((await play(400, bad, () => [])).found).toHaveLength(100)
  })

  it('passes on what is no refusal', async () => {
    const lost = new Error('lost')
    const bisection = new Bisection()
    await expect(bisection.run(uids('1:9'), refusal, () => Promise.reject(lost), 8000)).rejects.toBe(lost)
  })
})

it.each([
  ['NO', 'no', null, false, true],
  ['BAD', 'no', null, false, false],
  ['BAD', 'no', null, true, true],
  ['BAD', 'no', 'SERVERBUG', false, true],
  ['NO', 'no', 'UNAVAILABLE', false, true],
  ['NO', 'no', 'NOPERM', false, false],
  ['NO', 'no', 'INUSE', true, false],
  ['NO', 'Request is throttled', null, true, false],
] as const)('%s "%s" [%s], begun %s, may be about a message: %s', (status, text, name, began, expected) => {
  const code = name === null ? null : { name }
  const error = responseError('UID FETCH', { kind: 'tagged', tag: 'a', status, code, text })
  expect(mayBePoisoned(error, began)).toBe(expected)
})
