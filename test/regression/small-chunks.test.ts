// A body that came in chunks of one octet took a hundred times the memory that was counted for it.
import { expect, it } from 'vitest'
import { Body } from '../../src/client/body-stream.js'
import { Flow } from '../../src/client/flow.js'

it('What a chunk costs beside its octets is counted too', async () => {
  let isHeld = false
  const release = (): void => void (isHeld = false)
  const flow = new Flow(
    {
      hold: () => {
        isHeld = true
        return { release }
      },
    },
    () => undefined,
  )
  const body = new Body(1, 1, 20_000, flow)
  const octets = Buffer.alloc(20_000)
  for (let at = 0; at < octets.length; at++) body.data(octets.subarray(at, at + 1))
  expect(isHeld).toBe(true)
  body.end()
  let read = 0
  for await (const chunk of body) read += chunk.length
  expect(read).toBe(octets.length)
  expect(isHeld).toBe(false)
  expect(flow.buffered).toBe(0)
})
