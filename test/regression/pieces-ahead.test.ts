// Pieces of a body that came before the answer to an earlier piece stopped the reading, and that answer never came.
import { expect, it } from 'vitest'
import { uid } from 'imapkit'
import { within } from '../behaviour/tools.js'
import { opened } from './peer.js'

const SIZE = 12 * 1024 * 1024

it('A server that answers piece after piece before it completes the first does not stall a download', async () => {
  const open: string[] = []
  await using it = await opened(1, ({ tag, args }, say) => {
    if (args.includes('RFC822.SIZE')) return [`* 1 FETCH (UID 5 RFC822.SIZE ${SIZE})`]
    const [, offset = 0, count = 0] = (/<(\d+)\.(\d+)>/.exec(args) ?? []).map(Number)
    const size = Math.max(0, Math.min(count, SIZE - offset))
    say(`* 1 FETCH (UID 5 BODY[]<${offset}> {${size}}`)
    say(`${'x'.repeat(size)})`)
    open.push(tag)
    setTimeout(() => open.splice(0).forEach((each) => say(`${each} OK done`)), 50)
    return undefined
  })
  const download = await it.mailbox.download(uid(5))
  let octets = 0
  const read = async (): Promise<void> => {
    for await (const chunk of download ?? []) octets += chunk.length
  }
  await within(4000, 'the download', read())
  expect(octets).toBe(SIZE)
})
