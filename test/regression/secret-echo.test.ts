// A server that echoes the refused LOGIN put the password into the error and into the trace.
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { connect } from '../../src/index.js'
import { ScriptedServer } from '../../src/testing/index.js'

it('keeps a password that the server echoes out of errors and traces', async () => {
  await using peer = await ScriptedServer.start(`
    S: * OK [CAPABILITY IMAP4rev1] ready
    C: <tag> LOGIN alice "pass \\"word"
    S: <tag> BAD what is LOGIN alice "pass \\"word"?
  `)
  const traces: string[] = []
  const error: unknown = await connect({
    ...peer.connectOptions('alice', 'pass "word'),
    on: { trace: ({ text }) => traces.push(text) },
  }).catch((reason: unknown) => reason)
  const shown = `${inspect(error, { depth: 9 })} ${JSON.stringify(error)} ${traces.join('\n')}`
  expect(shown).toContain('BAD what is LOGIN')
  expect(shown).not.toContain('word')
})
