// The next body was begun before the last one had ended, and stopped the reading: the end of the last one never came.
import { expect, it } from 'vitest'
import { uids } from 'imapkit'
import { within } from '../behaviour/tools.js'
import { opened } from './peer.js'

const MIB = 1024 * 1024

/** Streams two bodies of a server that announces `told` octets of the first one and gives pieces of `cap` octets. */
async function read(real: number, told: number): Promise<number[]> {
  await using it = await opened(2, ({ args }, say) => {
    if (args.includes('RFC822.SIZE')) return [1, 2].map((n) => `* ${n} FETCH (UID ${n} RFC822.SIZE ${told})`)
    const [, n = 0] = (/^(\d+)/.exec(args) ?? []).map(Number)
    const [, offset = 0, count = 0] = (/<(\d+)\.(\d+)>/.exec(args) ?? []).map(Number)
    const size = Math.max(0, Math.min(count, real - offset))
    say(`* ${n} FETCH (UID ${n} BODY[]<${offset}> {${size}}`)
    say(`${'x'.repeat(size)})`)
    return []
  })
  const sizes: number[] = []
  const run = async (): Promise<void> => {
    for await (const body of it.mailbox.stream(uids('1:2'))) {
      let octets = 0
      for await (const chunk of body) octets += chunk.length
      sizes.push(octets)
    }
  }
  await within(5000, 'both bodies', run())
  return sizes
}

it.each([
  ['as large as the pieces together', 3 * MIB, 3 * MIB],
  ['larger', 3 * MIB, 3 * MIB - 1000],
  ['much larger', 40 * MIB, 3 * MIB],
  ['smaller', 3 * MIB + 10, 4 * MIB],
])('Bodies %s than announced come one after the other', async (_, real, told) => {
  expect(await read(real, told)).toEqual([real, real])
})
