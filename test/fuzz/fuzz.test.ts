// A short run of the fuzzer on the compiled package: the kept inputs, then new ones, the same each time. Long runs are
// made by hand: `npm run fuzz`.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const runner = fileURLToPath(new URL('run.mjs', import.meta.url))

function run(...args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [runner, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}

describe('fuzzing', () => {
  it.each([
    ['decoder', 5000],
    ['conversation', 150],
    ['server', 300],
    ['mime', 5000],
  ])('%s: %i new inputs', async (target, runs) => {
    const { code, output } = await run(target, '--runs', String(runs), '--seed', '20261', '--quiet')
    expect(output).toContain('"failures":0')
    const summary = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, number>
    expect(code).toBe(0)
    expect(summary['executions']).toBe(runs)
    expect(summary['features']).toBeGreaterThan(100)
  })

  it('is led by coverage to a defect behind three octets, makes its input small, and can replay it', async () => {
    const { code, output } = await run('planted', '--runs', '1000000', '--first', '--seed', '2')
    expect(output).toContain('FAILED planted')
    expect(code).toBe(1)
    const [, file = ''] = /--replay (\S+)/.exec(output) ?? []
    expect(JSON.parse(readFileSync(join(root, file), 'utf8'))).toBe('~\u0099\u0003')
    const again = await run('planted', '--replay', join(root, file))
    expect(again.output).toContain('planted')
    expect(again.code).toBe(1)
  })
})
