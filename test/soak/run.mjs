// Four clients at random work in one mailbox, each compared with a fresh reading at every pause:
//
//   node test/soak/run.mjs --minutes 10 --server embedded|dovecot|cyrus --seed N
//
// A difference ends it with the seed and the last lines of that client's conversation.
import { register } from 'tsx/esm/api'

register()
await import('./main.ts')
