import { describe, expect, it } from 'vitest'
import { compose, type Feature } from '../../../src/testing/feature.js'
import { EXTENSIONS } from '../../../src/testing/extensions/index.js'
import { BASE, FEATURES } from '../../../src/testing/features.js'
import { LineLog, maskSecrets } from '../../../src/testing/log.js'
import { dateTime, quoted, setText, string } from '../../../src/testing/syntax.js'

const TABLES = compose(FEATURES)

describe('the tables of the embedded server', () => {
  it('refuse a name that two features define', () => {
    const noop: Feature = { commands: [{ name: 'NOOP', states: ['any'], run: () => undefined }] }
    expect(() => compose([noop, noop])).toThrow('Two features define command NOOP')
    const item: Feature = { statusItems: { SIZE: { value: () => '0' } } }
    expect(() => compose([item, item])).toThrow('STATUS item SIZE')
  })

  it('hold every command of RFC 9051 and RFC 3501', () => {
    const names =
      'CAPABILITY NOOP LOGOUT STARTTLS AUTHENTICATE LOGIN ENABLE SELECT EXAMINE CREATE DELETE RENAME SUBSCRIBE UNSUBSCRIBE LIST LSUB NAMESPACE STATUS APPEND IDLE CLOSE UNSELECT EXPUNGE SEARCH FETCH STORE COPY MOVE CHECK ID'
    const withUid = ['UID FETCH', 'UID STORE', 'UID COPY', 'UID MOVE', 'UID SEARCH', 'UID EXPUNGE']
    expect([...compose(BASE).commands.keys()].sort()).toEqual([...names.split(' '), ...withUid].sort())
  })

  it('need only what they announce, or what a revision of IMAP brings', () => {
    const computed = FEATURES.flatMap((feature) => feature.announces?.({}) ?? [])
    const names = [...TABLES.capabilities, ...TABLES.optionalCapabilities, ...computed, 'QUOTA=RES-MESSAGE']
    // A value is a matter of the server that is started; a family is known by any of its members.
    const known = new Set(names.flatMap((name) => [name, name.replace(/=.*/, '='), name.replace(/=.*/, '')]))
    for (const [slot, table] of Object.entries(TABLES)) {
      if (!(table instanceof Map)) continue
      for (const [name, { needs = [] }] of table as ReadonlyMap<string, { needs?: readonly string[] }>) {
        for (const need of needs) expect(known.has(need), `${slot} ${name} needs ${need}`).toBe(true)
      }
    }
    for (const { needs = [] } of TABLES.hooks) {
      for (const need of needs) expect(known.has(need), `a hook needs ${need}`).toBe(true)
    }
  })

  it('have every extension once', () => {
    expect(new Set(EXTENSIONS).size).toBe(EXTENSIONS.length)
    expect(FEATURES).toEqual([...BASE, ...EXTENSIONS])
  })
})

describe('the log', () => {
  it.each([
    ['a LOGIN alice secret', 'a LOGIN alice ***'],
    ['a login "al ice" "se\\"cret"', 'a login "al ice" ***'],
    ['a LOGIN {5} {6}', 'a LOGIN {5} ***'],
    ['a LOGIN "unclosed secret', 'a LOGIN ***'],
    ['a LOGIN secret', 'a LOGIN ***'],
    ['a LOGIN', 'a LOGIN ***'],
    ['a AUTHENTICATE PLAIN AGE=', 'a AUTHENTICATE PLAIN ***'],
    ['a AUTHENTICATE PLAIN', 'a AUTHENTICATE PLAIN'],
    ['a SELECT LOGIN', 'a SELECT LOGIN'],
  ])('masks %s', (line, masked) => {
    expect(maskSecrets(line)).toBe(masked)
  })

  it('shows UTF-8 as text, cuts long lines, and forgets old ones', () => {
    const log = new LineLog(4)
    log.add('caf\xc3\xa9')
    log.add('caf\xe9')
    log.add('x'.repeat(5000))
    expect(log.lines).toEqual(['café', 'caf\xe9', `${'x'.repeat(4000)}…`])
    for (let i = 0; i < 10; i++) log.add(String(i))
    expect(log.lines.length).toBeLessThanOrEqual(4)
    expect(log.lines.at(-1)).toBe('9')
  })
})

describe('what is written', () => {
  it.each([
    ['a"b\\c', false, '"a\\"b\\\\c"'],
    ['a\r\nb', false, '{4}\r\na\r\nb'],
    ['caf\xc3\xa9', false, '{5}\r\ncaf\xc3\xa9'],
    ['caf\xc3\xa9', true, '"caf\xc3\xa9"'],
    ['caf\xe9', true, '{4}\r\ncaf\xe9'],
    ['a\0b', false, '{3}\r\na\x80b'],
    ['', false, '""'],
  ])('string %j', (octets, utf8, text) => {
    expect(string(octets, utf8)).toBe(text)
  })

  it('sets, dates and quotes', () => {
    expect(setText([5, 1, 2, 3, 9, 2])).toBe('1:3,5,9')
    expect(setText([])).toBe('')
    expect(dateTime(new Date('2026-02-01T00:30:00Z'), -210)).toBe('"31-Jan-2026 21:00:00 -0330"')
    expect(dateTime(new Date('2026-02-01T00:30:00Z'), 345)).toBe('" 1-Feb-2026 06:15:00 +0545"')
    expect(quoted('\\')).toBe('"\\\\"')
  })
})
