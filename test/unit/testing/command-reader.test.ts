import { describe, expect, it } from 'vitest'
import { ByteSource } from '../../../src/testing/byte-source.js'
import { readCommand, type CommandText, type LiteralPolicy } from '../../../src/testing/command-reader.js'
import { no } from '../../../src/testing/refusal.js'

interface Flow {
  readonly calls: string[]
  pause(): void
  resume(): void
}

const makeFlow = (): Flow => {
  const calls: string[] = []
  return { calls, pause: () => void calls.push('pause'), resume: () => void calls.push('resume') }
}

const policy = (over: Partial<LiteralPolicy> = {}): LiteralPolicy => ({
  line: 100,
  literal: 20,
  total: 30,
  nonSynchronizing: Infinity,
  binary: true,
  grant: () => null,
  ...over,
})

async function readAll(input: string, over: Partial<LiteralPolicy> = {}, size = Infinity): Promise<CommandText[]> {
  const source = new ByteSource(makeFlow())
  const bytes = Buffer.from(input, 'latin1')
  for (let at = 0; at < bytes.length; at += size) source.push(bytes.subarray(at, at + size))
  source.end()
  const commands: CommandText[] = []
  for (;;) {
    const command = await readCommand(source, policy(over))
    if (command === null) return commands
    commands.push(command)
  }
}

const shown = ({ text, literals, fault }: CommandText): unknown => [
  text,
  literals.map(({ at, bytes, binary }) => [at, bytes.toString('latin1'), binary]),
  fault === null ? null : `${fault.kind} ${fault.message}`,
]

describe('the reader of commands', () => {
  const cases: [name: string, input: string, commands: unknown[]][] = [
    ['a line', 'a NOOP\r\n', [['a NOOP', [], null]]],
    [
      'pipelined lines',
      'a NOOP\r\nb NOOP\r\n',
      [
        ['a NOOP', [], null],
        ['b NOOP', [], null],
      ],
    ],
    ['a literal', 'a LOGIN {5}\r\nalice x\r\n', [['a LOGIN {5} x', [[8, 'alice', false]], null]]],
    [
      'two literals',
      'a LOGIN {1+}\r\nb {2+}\r\n\r\n\r\n',
      [
        [
          'a LOGIN {1+} {2+}',
          [
            [8, 'b', false],
            [13, '\r\n', false],
          ],
          null,
        ],
      ],
    ],
    ['literal8 with NUL', 'a X ~{2}\r\n\0\0\r\n', [['a X ~{2}', [[4, '\0\0', true]], null]]],
    ['an empty literal', 'a X {0}\r\n\r\n', [['a X {0}', [[4, '', false]], null]]],
    [
      'NUL in a literal',
      'a X {1}\r\n\0\r\n',
      [['a X {1}', [[4, '\0', false]], 'BAD NUL in a literal: only literal8 may hold one']],
    ],
    [
      'a bare LF',
      'a NOOP\nb NOOP\r\n',
      [
        ['a NOOP', [], 'BAD A line must end in CR LF, this one ended in a bare LF'],
        ['b NOOP', [], null],
      ],
    ],
    ['a bare CR', 'a NO\rOP\r\n', [['a NO\rOP', [], 'BAD Bare CR in a line']]],
    ['NUL', 'a NO\0OP\r\n', [['a NO\0OP', [], 'BAD NUL in a line']]],
    ['a line that is cut off', 'a NOOP', []],
    ['a literal that is cut off', 'a X {5}\r\nab', []],
    [
      'a long synchronizing literal',
      'a X {21}\r\nb NOOP\r\n',
      [
        ['a X {21}', [], 'NO The literal is too long'],
        ['b NOOP', [], null],
      ],
    ],
    [
      'a long non-synchronizing literal',
      `a X {21+}\r\n${'\r\n'.repeat(10)}z y\r\nb NOOP\r\n`,
      [
        ['a X {21+} y', [], 'NO The literal is too long'],
        ['b NOOP', [], null],
      ],
    ],
    [
      'literals that are long together',
      `a {16}\r\n${'x'.repeat(16)} {15}\r\nb NOOP\r\n`,
      [
        ['a {16} {15}', [[2, 'x'.repeat(16), false]], 'NO The literal is too long'],
        ['b NOOP', [], null],
      ],
    ],
    [
      'a long line',
      `a ${'x'.repeat(200)}\r\nb NOOP\r\n`,
      [
        [`a ${'x'.repeat(98)}`, [], 'BAD The line is too long'],
        ['b NOOP', [], null],
      ],
    ],
    [
      'a long line with a literal at its end',
      `a ${'x'.repeat(200)} {5+}\r\nb X\r\n y\r\nc NOOP\r\n`,
      [
        [`a ${'x'.repeat(98)}`, [], 'BAD The line is too long'],
        ['c NOOP', [], null],
      ],
    ],
    ['a hopeless literal', 'a X {99999999999+}\r\n', [['a X {99999999999+}', [], 'BYE The literal is far too long']]],
  ]

  it.each(cases)('reads %s, whole and octet by octet', async (_name, input, commands) => {
    for (const size of [Infinity, 1, 3]) {
      const read = (await readAll(input, {}, size)).map(shown)
      expect(read.slice(0, 1)).toEqual(commands.slice(0, 1))
      expect(read).toEqual(commands)
    }
  })

  it('asks before a synchronizing literal only, and stops where the answer is no', async () => {
    const asked: string[] = []
    const grant = (text: string) => {
      asked.push(text)
      return text.startsWith('a') ? no('no literals today') : null
    }
    const read = await readAll('a X {3}\r\nb Y {1+}\r\n1 {2}\r\n22\r\n', { grant })
    expect(asked).toEqual(['a X {3}', 'b Y {1+} {2}'])
    expect(read.map(shown)).toEqual([
      ['a X {3}', [], 'NO no literals today'],
      [
        'b Y {1+} {2}',
        [
          [4, '1', false],
          [9, '22', false],
        ],
        null,
      ],
    ])
  })

  it.each([
    ['no LITERAL+', { nonSynchronizing: 0 }, 'a {1+}\r\nx\r\n', /LITERAL\+ or LITERAL-/],
    ['LITERAL-', { nonSynchronizing: 2 }, 'a {3+}\r\nxxx\r\n', /at most 2 octets/],
    ['no BINARY', { binary: false }, 'a ~{1}\r\n', /BINARY/],
  ])('refuses what is not on offer: %s', async (_name, over, input, message) => {
    const [command] = await readAll(`${input}`, over)
    expect(command?.fault?.message).toMatch(message)
  })
})

describe('a byte source', () => {
  it('pauses the socket above its mark and resumes below half of it', async () => {
    const flow = makeFlow()
    const source = new ByteSource(flow, 10)
    source.push(Buffer.from('1234567890'))
    expect(flow.calls).toEqual([])
    source.push(Buffer.from('1'))
    source.push(Buffer.from('2'))
    expect(flow.calls).toEqual(['pause'])
    await source.skip(5)
    expect(flow.calls).toEqual(['pause'])
    expect((await source.bytes(3))?.toString()).toBe('678')
    expect(flow.calls).toEqual(['pause', 'resume'])
    expect(source.buffered).toBe(4)
  })

  it('waits for octets that have not come', async () => {
    const source = new ByteSource(makeFlow())
    const line = source.line(100)
    source.push(Buffer.from('ab'))
    source.push(Buffer.from('c\r'))
    source.push(Buffer.from('\nrest'))
    const { bytes, crlf, cut } = (await line)!
    expect([bytes.toString(), crlf, cut]).toEqual(['abc', true, false])
    source.end()
    expect(await source.bytes(5)).toBeNull()
  })
})
