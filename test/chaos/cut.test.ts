import { describe, expect, it } from 'vitest'
import { timedOut } from './oracle.js'
import type { Side } from './proxy.js'
import { sample } from './random.js'
import { run, runAll, type Profile, type Setting } from './rig.js'
import { FULL, report, SEED } from './scale.js'

const PROFILES: readonly Profile[] = ['base', 'modern']
const SIDES: readonly Side[] = ['client', 'server']
/** Runs side by side, behind which it is looked for what they left. */
const BATCH = FULL ? 32 : 1
const HOWS = ['fin', 'rst'] as const

/** How many octets each side sends when nothing goes wrong, which must be the case. */
async function measured(setting: Setting): Promise<Readonly<Record<Side, number>>> {
  const { record, passage, wrong } = await run(setting)
  expect([...wrong, ...record.calls.filter((call) => 'error' in call)]).toEqual([])
  return passage!.passed
}

/** Cuts the line behind so many octets, for each of the places. */
async function sweep(setting: Setting, side: Side, how: 'fin' | 'rst', places: readonly number[]): Promise<string[]> {
  const found: string[] = []
  for (let at = 0; at < places.length; at += BATCH) {
    const settings = places.slice(at, at + BATCH).map((after): Setting => {
      return { ...setting, weather: { cut: { from: side, after, how } } }
    })
    const { runs, wrong } = await runAll(settings)
    found.push(...wrong, ...runs.flatMap(({ record }) => timedOut(record)))
  }
  return found
}

describe.each(PROFILES)('a line to a %s server that is cut', (profile) => {
  it.each(SIDES.flatMap((side) => HOWS.map((how) => [side, how] as const)))(
    'behind an octet of the %s by %s: every call settles as it must, and nothing is left',
    async (side, how) => {
      const total = (await measured({ profile }))[side]
      const places = sample(total + 1, FULL ? Infinity : 60, SEED + how.length)
      const found = await sweep({ profile }, side, how, places)
      report(`cut ${profile} ${side} ${how}`, places.length, `of ${total + 1} places`)
      expect(found).toEqual([])
    },
    FULL ? 890_000 : 240_000,
  )
})
