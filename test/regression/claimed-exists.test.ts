// A server that claimed 4294967295 messages killed the process: the client listed their numbers.
import { describe, expect, it } from 'vitest'
import { seqs, uids, type Mailbox } from 'imapkit'
import { collect, within } from '../behaviour/tools.js'
import { opened } from './peer.js'

const MOST = 4_294_967_295

describe('A mailbox that a server claims to be as large as numbers go', () => {
  it.each<[string, (mailbox: Mailbox) => Promise<unknown>]>([
    ['fetch of all UIDs', (mailbox) => mailbox.fetch(uids('1:*'), { flags: true }).toArray()],
    ['fetch of the last UID', (mailbox) => mailbox.fetch(uids('5,*'), { flags: true }).toArray()],
    ['fetch of every UID there can be', (mailbox) => mailbox.fetch(uids(`1:${MOST}`), { flags: true }).toArray()],
    ['fetch of all numbers', (mailbox) => mailbox.fetch(seqs('1:*'), { flags: true }).toArray()],
    ['fetch of many ranges', (mailbox) => mailbox.fetch(seqs('1:100000000,200000000:*'), { flags: true }).toArray()],
    ['stream', (mailbox) => collect(mailbox.stream(uids('1:*')))],
    ['stream by number', (mailbox) => collect(mailbox.stream(seqs('1:*')))],
    ['store', (mailbox) => mailbox.store(seqs('1:*'), { add: ['\\Seen'] })],
    ['store on nearly all', (mailbox) => mailbox.store(seqs(`2:${MOST - 2}`), { add: ['\\Seen'] })],
    ['copy', (mailbox) => mailbox.copy(seqs('1:*'), 'other')],
    ['move', (mailbox) => mailbox.move(seqs('1:*'), 'other')],
    ['delete', (mailbox) => mailbox.delete(uids('7:*'))],
  ])('costs next to nothing: %s', async (_title, act) => {
    await using it = await opened(MOST, ({ name }) => (name === 'UID SEARCH' ? ['* SEARCH 5 9'] : []))
    await within(3000, 'the call', act(it.mailbox))
    expect(it.log.join('').length).toBeLessThan(500_000)
  })

  it('is changed where the server says that there are messages', async () => {
    await using it = await opened(MOST, ({ name }) => (name === 'UID SEARCH' ? ['* SEARCH 5 9'] : []))
    await it.mailbox.store(seqs('1:*'), { add: ['\\Seen'] })
    expect(it.log.slice(1)).toEqual([`UID SEARCH 1:${MOST}`, 'UID STORE 5,9 +FLAGS (\\Seen)'])
  })
})
