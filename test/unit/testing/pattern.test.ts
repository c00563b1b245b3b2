import { describe, expect, it } from 'vitest'
import { matcher } from '../../../src/testing/list/pattern.js'

describe('a pattern of LIST', () => {
  it.each<[pattern: string, name: string, matches: boolean]>([
    ['*', 'a/b/c', true],
    ['%', 'a', true],
    ['%', 'a/b', false],
    ['a/%', 'a/b', true],
    ['a/%', 'a/b/c', false],
    ['a/%/c', 'a/b/c', true],
    ['a*', 'a', true],
    ['a*c', 'a/b/c', true],
    ['%b', 'aab', true],
    ['*%', 'a/b', true],
    ['%*%', 'a/b', true],
    ['', '', true],
    ['', 'a', false],
    ['inbox', 'INBOX', true],
    ['inbox/%', 'INBOX/a', true],
    ['InBox*', 'INBOX/a/b', true],
    ['inboxes', 'INBOXes', false],
    ['foo', 'FOO', false],
    ['日%', '日本', true],
    ['a.b', 'aXb', false],
    ['😀%', '😀x', true],
  ])('%j on %j: %s', (pattern, name, matches) => {
    expect(matcher(pattern, '/')(name)).toBe(matches)
  })

  it('cannot be made to explode', () => {
    const test = matcher(`${'*a'.repeat(200)}b`, '/')
    expect(test('a'.repeat(2000))).toBe(false)
  })
})
