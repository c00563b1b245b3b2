import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../src/wire/limits.js'

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const text = readFileSync(at('docs/security.md'), 'utf8')
const files = [...new Set([...text.matchAll(/`(test\/[\w./-]+\.ts)`/g)].map(([, path = '']) => path))]

it('docs/security.md names tests', () => {
  expect(files.length).toBeGreaterThan(20)
})

it.each(files)('%s, which docs/security.md names, exists', (path) => {
  expect(existsSync(at(path))).toBe(true)
})

it('docs/security.md tells each limit with its default', () => {
  const mib = 1024 * 1024
  for (const [name, value] of Object.entries(DEFAULT_LIMITS)) {
    const told = value >= mib && value % mib === 0 ? `${value / mib} MiB` : value.toLocaleString('en-US')
    expect(text).toMatch(new RegExp(`\\| \`${name}\` +\\| ${told} +\\|`))
  }
})
