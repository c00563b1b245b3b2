// Every example runs as a program of its own, on the packaged code, against the embedded server.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImapServer } from 'imapkit/testing'

const root = fileURLToPath(new URL('../..', import.meta.url))
const compiled = join(root, '.cache', 'examples')

const letter = (subject: string, from = 'ann@example.org'): string =>
  `From: ${from}\r\nTo: alice@example.org\r\nSubject: ${subject}\r\nDate: ${new Date().toUTCString()}\r\n\r\nhello\r\n`
const attached = [
  'From: ann@example.org',
  'Subject: figures',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'see below',
  '--b',
  'Content-Type: application/octet-stream',
  'Content-Disposition: attachment; filename="figures.bin"',
  'Content-Transfer-Encoding: base64',
  '',
  'AAECAwQ=',
  '--b--',
  '',
].join('\r\n')

interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function run(file: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(compiled, file), ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.once('error', reject)
    child.once('close', (code) => {
      resolve({ code, out, err })
    })
  })
}

let directory: string
let server: ImapServer
let env: Record<string, string>

beforeAll(async () => {
  const build = spawn(process.execPath, [join(root, 'test/tooling/build.mjs'), '--examples'], { stdio: 'inherit' })
  const code = await new Promise((resolve) => build.once('close', resolve))
  expect(code).toBe(0)
  directory = mkdtempSync(join(tmpdir(), 'imapkit-examples-'))
  server = await ImapServer.start({
    users: {
      alice: {
        password: 'secret',
        mailboxes: {
          INBOX: [letter('one'), letter('two', 'bob@example.net'), attached],
          Drafts: { specialUse: '\\Drafts', messages: [] },
        },
      },
    },
  })
  const { port, tls } = server.connectOptions('alice')
  const ca = join(directory, 'ca.pem')
  writeFileSync(ca, String(tls?.ca))
  env = { IMAP_URL: `imaps://alice@localhost:${port}/`, IMAP_PASSWORD: 'secret', IMAP_CA: ca }
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true, force: true })
})

describe('examples', () => {
  it('covers every example', () => {
    const files = readdirSync(join(root, 'examples')).filter((each) => each.endsWith('.ts') && each !== 'account.ts')
    expect(files.map((each) => each.replace(/\.ts$/, '')).sort()).toEqual(
      [...cases.map(([name]) => name), 'watch-inbox', 'stream-to-disk', 'download-attachment', 'demo'].sort(),
    )
  })

  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['list-inbox', [], /^1 ann@example\.org one\n2 bob@example\.net two\n3 ann@example\.org figures\n$/],
    ['search-unread', [], /^3 unread\none\ntwo\nfigures\n$/],
    ['append-draft', [], /^draft 1 in Drafts\n$/],
    ['custom-command', [], /^IMAP4rev1$/m],
    ['test-with-embedded-server', [], /^it works\n$/],
    ['flag-and-move', ['bob@example.net'], /^moved 1\n$/],
  ]
  it.each(cases)('%s', async (name, args, expected) => {
    const { code, out, err } = await run(`${name}.js`, args, env)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(expected)
  })

  it('stream-to-disk', async () => {
    const { code, err } = await run('stream-to-disk.js', [directory], env)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(readFileSync(join(directory, '3.eml'), 'latin1')).toBe(attached)
  })

  it('download-attachment', async () => {
    const { code, err } = await run('download-attachment.js', [directory], env)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect([...readFileSync(join(directory, 'figures.bin'))]).toEqual([0, 1, 2, 3, 4])
  })

  it('watch-inbox hears of a mail', async () => {
    const inbox = server.user('alice').mailbox('INBOX')
    const program = run('watch-inbox.js', ['5'], env)
    const deliver = setInterval(() => inbox.deliver(letter('news')), 500)
    const { code, out, err } = await program
    clearInterval(deliver)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^\d+ news$/m)
  })
})

describe('demo', () => {
  it('does the main job on the embedded server', async () => {
    const { code, out, err } = await run('demo.js', [], { IMAP_URL: '' })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/25 messages, the newest 20/)
    expect(out).toMatch(/visits\.csv, text\/csv/)
    expect(out).toMatch(/Jörg Müller/)
    expect(out).toMatch(/removed imapkit-demo-/)
  })

  it('does it on a server that is named, leaving nothing behind', async () => {
    const { code, out, err } = await run('demo.js', [], env)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/heard of 3/)
    expect((await run('list-inbox.js', [], env)).out).not.toMatch(/imapkit-demo/)
  })

  it.each([
    ['a wrong password', { IMAP_PASSWORD: 'wrong' }, /ERR_IMAP_AUTHENTICATION/],
    ['a certificate of nobody', { IMAP_CA: join(root, 'package.json') }, /ERR_IMAP_TLS/],
    ['nobody listening', { IMAP_URL: 'imaps://alice@localhost:1/' }, /ERR_IMAP_CONNECT/],
  ])('says in one sentence what is wrong: %s', async (_, change, expected) => {
    const { code, err } = await run('demo.js', [], { ...env, ...change })
    expect(code).toBe(1)
    expect(err).toMatch(expected)
    expect(err.trim().split('\n')).toHaveLength(1)
  })
})
