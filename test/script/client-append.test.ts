import { describe, expect, it } from 'vitest'
import { ArgumentError, ConnectionError, OutcomeUnknownError, PartialResultError, ResponseError } from 'imapkit'
import type { ScriptStep } from 'imapkit/testing'
import { rejection } from '../behaviour/tools.js'
import { scene } from './client-tools.js'

const greeting = (more = ''): string => `S: * PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS ${more}] ready`
const STORED = 'S: <t> OK [APPENDUID 7 11] done'

/** What the server is sent for one message of so many octets. */
function upload(line: string, bytes: Uint8Array | string): ScriptStep[] {
  const octets = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  return [
    `C: <t> APPEND ${line} {${octets.length}}`,
    'S: + go on',
    { receive: Buffer.concat([octets, Buffer.from('\r\n')]) },
  ]
}

describe('append()', () => {
  it.each([
    ['LF', 'a: b\n\nc\n', 'a: b\r\n\r\nc\r\n'],
    ['CR', 'a: b\r\rc\r', 'a: b\r\n\r\nc\r\n'],
    ['CR LF', 'a: b\r\n\r\nc\r\n', 'a: b\r\n\r\nc\r\n'],
    ['all of them', 'a\nb\rc\r\nd\n\re', 'a\r\nb\r\nc\r\nd\r\n\r\ne'],
    ['no line end at all', 'a', 'a'],
    ['text beyond ASCII', 'ü\n', 'ü\r\n'],
  ])('makes the line ends of text CR LF: %s', async (_, text, sent) => {
    await using it = await scene([greeting(), ...upload('Drafts', sent), STORED])
    expect(await it.client.append('Drafts', text)).toEqual({ uid: 11, uidValidity: 7 })
    await it.done
  })

  it('leaves bytes as they are', async () => {
    const bytes = Buffer.from('a\nb\rc\r\n\xff\xfe.', 'latin1')
    const copy = Buffer.from(bytes)
    await using it = await scene([greeting(), ...upload('Drafts', bytes), STORED])
    await it.client.append('Drafts', bytes)
    expect(bytes).toEqual(copy)
    await it.done
  })

  it('sends flags and date', async () => {
    const line = String.raw`Drafts (\Seen $x) "15-Jan-2026 10:00:00 +0000"`
    await using it = await scene([greeting(), ...upload(line, 'x'), STORED])
    const internalDate = new Date('2026-01-15T10:00:00Z')
    await it.client.append('Drafts', 'x', { flags: ['\\Seen', '$x'], internalDate })
    await it.done
  })

  it('gives nothing where the server tells nothing', async () => {
    await using it = await scene([greeting(), ...upload('Drafts', 'x'), 'S: <t> OK done'])
    expect(await it.client.append('Drafts', 'x')).toEqual({})
    await it.done
  })

  it('streams from any iterable of bytes', async () => {
    const pieces = [Buffer.from('ab'), Buffer.from(''), Buffer.from('cd\n')]
    await using it = await scene([greeting(), ...upload('a', 'abcd\n'), STORED, ...upload('b', 'abcd\n'), STORED])
    await it.client.append('a', { stream: pieces, size: 5 })
    const slow = async function* (): AsyncGenerator<Uint8Array> {
      for (const piece of pieces) {
        await new Promise((resolve) => setImmediate(resolve))
        yield piece
      }
    }
    await it.client.append('b', { stream: slow(), size: 5 })
    await it.done
  })

  it.each([
    ['short', ['abc'], 5],
    ['long', ['abc', 'def'], 5],
  ])('never completes a message whose stream is too %s', async (_, pieces, size) => {
    await using it = await scene([greeting(), `C: <t> APPEND a {${size}}`, 'S: + go on'])
    const error = await rejection(it.client.append('a', { stream: pieces.map((each) => Buffer.from(each)), size }))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ retryable: false, message: /octets/ })
    expect((await it.client.closed).reason).toBe('error')
    const command = it.trace.find((line) => line.startsWith('out'))?.slice('out '.length) ?? ''
    expect(it.client.traffic.bytesOut).toBeLessThan(`${command}\r\n`.length + size)
  })

  it('tells that the outcome is unknown when the answer is lost', async () => {
    await using it = await scene([greeting(), ...upload('a', 'x'), 'S-close'])
    expect(await rejection(it.client.append('a', 'x'))).toBeInstanceOf(OutcomeUnknownError)
  })

  it('stays usable when the server refuses the literal', async () => {
    await using it = await scene([
      greeting(),
      'C: <t> APPEND a {1}',
      'S: <t> NO [TRYCREATE] no such mailbox',
      'C: <t> NOOP',
      'S: <t> OK done',
    ])
    const error = await rejection(it.client.append('a', 'x'))
    expect(error).toBeInstanceOf(ResponseError)
    expect(error).toMatchObject({ responseCode: { name: 'TRYCREATE' } })
    await it.client.noop()
    await it.done
  })

  it.each([
    ['text', 'xxxxxxxxx'],
    ['text that grows by its line ends', '\n\n\n\n\n'],
    ['bytes', Buffer.alloc(9)],
    ['a stream', { stream: [], size: 9 }],
    ['nothing', ''],
    ['a stream without a size', { stream: [] }],
    ['something else', 5],
  ])('refuses what cannot be stored before a byte is sent: %s', async (_, content) => {
    await using it = await scene([greeting('APPENDLIMIT=8'), ...upload('a', 'xxxxxxxx'), STORED])
    expect(await rejection(it.client.append('a', content as string))).toBeInstanceOf(ArgumentError)
    await it.client.append('a', 'xxxxxxxx')
    await it.done
  })
})

describe('append() of several messages', () => {
  it('stores them one after the other', async () => {
    await using it = await scene([
      greeting(),
      ...upload('a', 'x'),
      'S: <t> OK [APPENDUID 7 1] done',
      ...upload(String.raw`a (\Seen)`, 'y\r\n'),
      'S: <t> OK [APPENDUID 7 2] done',
    ])
    const results = await it.client.append('a', [{ content: 'x' }, { content: 'y\n', flags: ['\\Seen'] }])
    expect(results.map((each) => each.uid)).toEqual([1, 2])
    await it.done
  })

  it('sends nothing for none', async () => {
    await using it = await scene([greeting()])
    expect(await it.client.append('a', [])).toEqual([])
    expect(it.trace.filter((line) => line.startsWith('out'))).toEqual([])
  })

  it('tells how far it got when one in the middle fails', async () => {
    await using it = await scene([
      greeting(),
      ...upload('a', 'x'),
      'S: <t> OK [APPENDUID 7 1] done',
      'C: <t> APPEND a {1}',
      'S: <t> NO [OVERQUOTA] full',
      'C: <t> NOOP',
      'S: <t> OK done',
    ])
    const messages = [{ content: 'x' }, { content: 'y' }, { content: 'z' }]
    const error = await rejection(it.client.append('a', messages))
    expect(error).toBeInstanceOf(PartialResultError)
    expect(error).toMatchObject({
      done: '1',
      remaining: '2:3',
      results: [{ uid: 1, uidValidity: 7 }],
      command: 'APPEND',
      // The same call again would store the first one twice.
      retryable: false,
      cause: { responseCode: { name: 'OVERQUOTA' } },
    })
    await it.client.noop()
    await it.done
  })

  it('is the plain error when the first one fails', async () => {
    await using it = await scene([greeting(), 'C: <t> APPEND a {1}', 'S: <t> NO [OVERQUOTA] full'])
    expect(await rejection(it.client.append('a', [{ content: 'x' }, { content: 'y' }]))).toBeInstanceOf(ResponseError)
    await it.done
  })

  it.each([
    ['an empty one', { content: '' }],
    ['one that is too large', { content: 'xxxxxxxxx' }],
    ['one with a bad flag', { content: 'x', flags: ['\\Recent'] }],
    ['nothing', undefined],
  ])('sends nothing when the last one cannot be stored: %s', async (_, last) => {
    await using it = await scene([greeting('APPENDLIMIT=8')])
    const error = await rejection(it.client.append('a', [{ content: 'x' }, last as { content: string }]))
    expect(error).toBeInstanceOf(ArgumentError)
    expect(it.trace.filter((line) => line.startsWith('out'))).toEqual([])
  })

  it('has one bound for all of them', async () => {
    await using it = await scene([
      greeting(),
      ...upload('a', 'x'),
      'S: <t> OK [APPENDUID 7 1] done',
      ...upload('a', 'y'),
      'S-wait 300',
    ])
    const error = await rejection(it.client.append('a', [{ content: 'x' }, { content: 'y' }], { timeout: 100 }))
    expect(error).toMatchObject({ code: 'ERR_IMAP_PARTIAL_RESULT', cause: { code: 'ERR_IMAP_TIMEOUT' } })
  })
})
