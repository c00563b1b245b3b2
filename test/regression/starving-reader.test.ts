// Reading goes on for a reader who waits for one body while another one comes, but not without a bound.
import { expect, it } from 'vitest'
import { StreamBusyError, uids } from 'imapkit'
import { within } from '../behaviour/tools.js'
import { opened } from './peer.js'

const MIB = 1024 * 1024

it('Of a body that comes before the one that is read, no more than limits.buffered is kept', async () => {
  let written = 0
  let begun: (() => void) | undefined
  const answer = ({ args }: { args: string }, say: (line: string) => void) => {
    if (args.includes('RFC822.SIZE')) {
      return [`* 1 FETCH (UID 1 RFC822.SIZE ${2 * MIB})`, '* 2 FETCH (UID 2 RFC822.SIZE 100)']
    }
    const [, n = 0] = (/^(\d+)/.exec(args) ?? []).map(Number)
    const [, offset = 0, count = 0] = (/<(\d+)\.(\d+)>/.exec(args) ?? []).map(Number)
    if (n === 1 && offset === 0) {
      say(`* 1 FETCH (UID 1 BODY[]<0> {${count}}`)
      say(`${'x'.repeat(count)})`)
      return []
    }
    if (n === 1) return undefined
    say(`* 2 FETCH (UID 2 BODY[] {${200 * MIB}}`)
    const more = (): void => {
      if (written >= 200 * MIB) return
      written += MIB
      say('y'.repeat(MIB - 2))
      timer = setTimeout(more, 5)
    }
    let timer = setTimeout(more, 5)
    begun = () => clearTimeout(timer)
    return undefined
  }
  await using it = await opened(2, answer, { limits: { buffered: 8 * MIB } })
  const run = async (): Promise<void> => {
    for await (const body of it.mailbox.stream(uids('1:2'))) for await (const chunk of body) void chunk
  }
  await expect(within(4000, 'the refusal', run())).rejects.toThrow(StreamBusyError)
  expect(written).toBeLessThan(40 * MIB)
  begun?.()
})
