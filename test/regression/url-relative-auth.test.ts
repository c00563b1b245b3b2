// A relative authorized URL went out as it was given, where URLFETCH takes whole URLs alone.
import { expect, it } from 'vitest'
import { scene } from '../script/client-tools.js'

const PATH = '/INBOX/;UID=5;URLAUTH=anonymous:internal:00112233445566778899aabbccddeeff'

it('completes a relative URL, and leaves a whole one as it is', async () => {
  const sent: string[] = []
  await using it = await scene(
    `
    S: * PREAUTH [CAPABILITY IMAP4rev1 URLAUTH] ready
    C: <t> URLFETCH <*>
    S: <t> NO first
    C: <t> URLFETCH <*>
    S: <t> NO second`,
    { on: { trace: ({ direction, text }) => void (direction === 'out' && sent.push(text)) } },
  )
  await expect(it.client.fetchUrl(PATH)).rejects.toThrow('first')
  await expect(it.client.fetchUrl(`IMAP://127.0.0.1${PATH}`)).rejects.toThrow('second')
  await it.done
  expect(sent.map((line) => /"(.*?);/.exec(line)?.[1])).toEqual([
    expect.stringMatching(/^imap:\/\/127\.0\.0\.1:\d+\/INBOX\/$/),
    'IMAP://127.0.0.1/INBOX/',
  ])
})
