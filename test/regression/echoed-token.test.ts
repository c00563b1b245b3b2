// A server that tells the refused token or password in words, not in base64, put it into errors, traces and alerts.
import { inspect } from 'node:util'
import { connect, type Auth } from 'imapkit'
import { ScriptedServer } from 'imapkit/testing'
import { expect, it } from 'vitest'

const SECRET = 'Zq7~secret"7qZ'
const encoded = (text: string): string => Buffer.from(text).toString('base64')

it.each<[string, Auth, string]>([
  [
    'XOAUTH2, in the error',
    { user: 'alice', accessToken: SECRET, mechanisms: ['XOAUTH2'] },
    `C: /<t> .*/
     S: + ${encoded(JSON.stringify({ status: '400', token: SECRET, again: encoded(SECRET) }))}
     C:
     S: <t> NO no ${SECRET}`,
  ],
  [
    'OAUTHBEARER, as text',
    { user: 'alice', accessToken: SECRET, mechanisms: ['OAUTHBEARER'] },
    `C: /<t> .*/
     S: + ${encoded(`the token ${SECRET} is wrong`)}
     C: AQ==
     S: <t> NO no ${SECRET}`,
  ],
  ['PLAIN', { user: 'alice', password: SECRET, mechanisms: ['PLAIN'] }, `C: /<t> .*/\nS: <t> NO not ${SECRET}`],
  [
    'LOGIN, the mechanism',
    { user: 'alice', password: SECRET, mechanisms: ['LOGIN'] },
    `C: <t> AUTHENTICATE LOGIN
     S: + VXNlcm5hbWU6
     C: YWxpY2U=
     S: + UGFzc3dvcmQ6
     C: ${encoded(SECRET)}
     S: <t> NO not ${SECRET}`,
  ],
])('keeps out what the server echoes: %s', async (_, auth, script) => {
  const lines = script.replaceAll('/<t> .*/', '/(?<t>\\S+) .*/')
  await using server = await ScriptedServer.start(
    `S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2 AUTH=OAUTHBEARER AUTH=PLAIN AUTH=LOGIN] ready\n${lines}`,
  )
  const { host, port, security } = server.connectOptions()
  const seen: string[] = []
  const error: unknown = await connect({
    ...{ host, port, security, auth, id: false, idle: false },
    on: { trace: ({ text }) => void seen.push(text) },
  }).catch((reason: unknown) => reason)
  await server.done
  seen.push(inspect(error, { depth: Infinity }), JSON.stringify(error))
  expect(seen.join('\n')).toContain('***')
  expect(seen.join('\n')).not.toMatch(/Zq7~|secret/)
  expect(seen.join('\n')).not.toContain(encoded(SECRET))
})
