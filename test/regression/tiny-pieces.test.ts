// A first piece of one octet was taken for the most that the server gives, and millions of such pieces were asked for at once.
import { expect, it } from 'vitest'
import { uid } from 'imapkit'
import { opened } from './peer.js'

it('A server that gives one octet at a time is asked for a few pieces at a time', async () => {
  let asked = 0
  await using it = await opened(1, ({ args }, say) => {
    if (args.includes('RFC822.SIZE')) return ['* 1 FETCH (UID 5 RFC822.SIZE 20000000)']
    const offset = Number(/<(\d+)\.\d+>/.exec(args)?.[1])
    asked++
    // The rest never comes.
    if (offset > 0) return undefined
    say('* 1 FETCH (UID 5 BODY[]<0> {1}')
    say('x)')
    return []
  })
  const download = await it.mailbox.download(uid(5))
  const read = (async (): Promise<void> => {
    for await (const chunk of download ?? []) void chunk
  })().catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(asked).toBeGreaterThan(1)
  expect(asked).toBeLessThanOrEqual(64)
  it.client.close()
  await read
})
