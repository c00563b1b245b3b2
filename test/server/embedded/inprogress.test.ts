import { describe, expect, it } from 'vitest'
import { capabilities, scene, without } from './tools.js'

const told = (lines: readonly string[]) => lines.filter((line) => line.includes('INPROGRESS'))

describe('INPROGRESS (RFC 9585)', () => {
  it('tells how far a slow command is, and never that it is at its goal', async () => {
    await using at = await scene({}, { extensions: { inProgress: { interval: 20 } } })
    expect(await capabilities(at.client)).toContain('INPROGRESS')
    at.server.fault({ command: 'NOOP', delay: 100 })
    const lines = told(await at.client.ok('NOOP'))
    expect(lines.length).toBeGreaterThan(0)
    const percents = lines.map((line) => Number(/^\* OK \[INPROGRESS \("t3" (\d+) 100\)\] \S/.exec(line)?.[1]))
    expect(percents).toEqual([20, 40, 60, 80].slice(0, lines.length))
  })

  it.each([
    ['nothing', '* OK [INPROGRESS] '],
    ['tag', '* OK [INPROGRESS ("t2" NIL NIL)] '],
    ['count', '* OK [INPROGRESS ("t2" 10 NIL)] '],
    ['goal', '* OK [INPROGRESS ("t2" 10 100)] '],
  ] as const)('tells as much as is wanted: %s', async (tells, start) => {
    await using at = await scene({}, { extensions: { inProgress: { interval: 20, tells } } })
    await at.client.ok('NOOP')
    at.server.fault({ command: 'NOOP', delay: 200 })
    at.client.send('t2 NOOP\r\n')
    expect((await at.client.line()).startsWith(start)).toBe(true)
    await at.client.until(/^t2 OK/)
  })

  it('names no tag that would end the response code', async () => {
    await using at = await scene({}, { extensions: { inProgress: { interval: 20 } } })
    at.server.fault({ command: 'NOOP', delay: 100 })
    at.client.send('a]b NOOP\r\n')
    expect(await at.client.line()).toMatch(/^\* OK \[INPROGRESS \(NIL 20 100\)\] /)
    await at.client.until(/^a\]b OK/)
  })

  it('tells nothing of short commands, nor without its capability', async () => {
    await using at = await scene()
    at.server.fault({ command: 'NOOP', delay: 50 })
    expect(await at.client.ok('NOOP')).toEqual([])
    await using off = await scene(
      {},
      { extensions: { inProgress: { interval: 10 } }, capabilities: without('INPROGRESS') },
    )
    off.server.fault({ command: 'NOOP', delay: 50 })
    expect(await off.client.ok('NOOP')).toEqual([])
  })
})
