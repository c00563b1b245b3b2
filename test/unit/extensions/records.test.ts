import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { extensions } from '../../../src/extensions/index.js'
import { composeProtocol } from '../../../src/protocol.js'

const corpus = new URL('../../corpus/', import.meta.url)
const tests = new URL('../../', import.meta.url)

/** The text of all tests, in which every capability has to occur. */
const tested = readdirSync(tests, { recursive: true, encoding: 'utf8' })
  .filter((name) => /^(?:behaviour|corpus|property|real|script|server|unit)\/.*\.(?:ts|txt)$/.test(name))
  .filter((name) => !name.endsWith('unit/extensions/records.test.ts'))
  .map((name) => readFileSync(new URL(name, tests), 'utf8').toUpperCase())
  .join('\n')

describe.each(extensions.map((one) => [one.capability, one] as const))('the record of %s', (capability, one) => {
  it('says in one sentence what the user gets, and how it is called', () => {
    expect(one.summary).toMatch(/^[A-Z].*[^.]\.$/)
    expect(one.summary).not.toMatch(/\. [A-Z]/)
    expect(one.usage).not.toBe('')
  })

  it('names its specification', () => {
    if (typeof one.spec === 'string') return
    expect(one.spec.length).toBeGreaterThan(0)
    for (const rfc of one.spec) expect(rfc).toBeGreaterThan(1000)
  })

  it('has the examples of its RFC', () => {
    if (typeof one.spec === 'string') return
    expect(one.examples ?? [], 'examples').not.toEqual([])
    for (const name of one.examples ?? []) expect(existsSync(new URL(name, corpus)), name).toBe(true)
  })

  it('is tested', () => {
    if (one.spec === 'none') return
    expect(one.tested).not.toEqual([])
    expect(tested.includes(capability.toUpperCase()), capability).toBe(true)
  })
})

describe('all records', () => {
  it('are there for every capability that was known when this was written', () => {
    expect(extensions.length).toBeGreaterThanOrEqual(117)
  })

  it('name every capability once', () => {
    const names = extensions.map((one) => one.capability.toUpperCase())
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  it('include only capabilities that are known', () => {
    const names = new Set(extensions.map((one) => one.capability.toUpperCase()))
    for (const one of extensions)
      for (const name of one.implies ?? []) expect(names, name).toContain(name.toUpperCase())
  })

  it('cannot take a name that is taken', () => {
    const [first] = extensions.filter((one) => one.searchKeys !== undefined)
    expect(() => composeProtocol([...extensions, { ...first!, capability: 'X-TWICE' }])).toThrow(/^Two .* are named /)
  })
})
