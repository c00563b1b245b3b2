import { expect, it } from 'vitest'
import { startEmbedded } from '../soak/embedded.js'
import { soak } from '../soak/soak.js'

// Ten minutes of the same: node test/soak/run.mjs --server embedded
it('four clients at random work know what a fresh reading shows', { timeout: 60_000 }, async () => {
  const { target, stop } = await startEmbedded()
  const end = Date.now() + 12_000
  try {
    const report = await soak(target, Date.now() % 1_000_000, () => Date.now() < end)
    console.info(`Soak on the embedded server: ${JSON.stringify(report)}`)
    expect(report.comparisons).toBeGreaterThanOrEqual(4)
  } finally {
    await stop()
  }
})
