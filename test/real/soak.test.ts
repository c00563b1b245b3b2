import { expect, it } from 'vitest'
import { soak } from '../soak/soak.js'
import { describeReal } from './server.js'

// Ten minutes of the same: node test/soak/run.mjs --server dovecot
describeReal('Dovecot', (server) => {
  it('four clients at random work know what a fresh reading shows', { timeout: 60_000 }, async () => {
    const options = server.options({ security: 'plaintext' })
    const reader = { host: options.host, port: options.port, ...options.auth }
    const end = Date.now() + 12_000
    const report = await soak({ options, reader }, Date.now() % 1_000_000, () => Date.now() < end)
    console.info(`Soak on Dovecot: ${JSON.stringify(report)}`)
    expect(report.comparisons).toBeGreaterThanOrEqual(4)
  })
})
