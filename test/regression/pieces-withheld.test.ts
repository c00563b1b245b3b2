// While one piece did not come, all that came behind it was kept: as much as the server said that the body has.
import { expect, it } from 'vitest'
import { uid } from 'imapkit'
import { opened } from './peer.js'

const MIB = 1024 * 1024
const BUFFERED = 8 * MIB

it('A server that withholds one piece does not make the client keep more than limits.buffered behind it', async () => {
  let sent = 0
  const answer = ({ args }: { args: string }, say: (line: string) => void) => {
    if (args.includes('RFC822.SIZE')) return [`* 1 FETCH (UID 5 RFC822.SIZE ${64 * MIB})`]
    const [, offset = 0, count = 0] = (/<(\d+)\.(\d+)>/.exec(args) ?? []).map(Number)
    say(`* 1 FETCH (UID 5 BODY[]<${offset}> {${count}}`)
    say(`${'x'.repeat(count)})`)
    if (offset === 0) return undefined
    sent += count
    return []
  }
  await using it = await opened(1, answer, { limits: { buffered: BUFFERED } })
  const download = await it.mailbox.download(uid(5))
  const read = (async (): Promise<void> => {
    for await (const chunk of download ?? []) void chunk
  })().catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 1000))
  expect(sent).toBeGreaterThan(0)
  expect(sent).toBeLessThanOrEqual(BUFFERED)
  it.client.close()
  await read
})
