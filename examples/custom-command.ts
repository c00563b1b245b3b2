// Runs a command that the library does not have: any value of this shape can be run.
import { connect, type Command } from 'imapkit'
import { account } from './account.js'

/** Asks the server for its capabilities, by hand. */
const capability: Command<readonly string[]> = {
  name: 'CAPABILITY',
  states: ['not-authenticated', 'authenticated', 'selected'],
  safe: true,
  collect: () => {
    let names: readonly string[] = []
    return {
      untagged: (response) => {
        if (response.type !== 'CAPABILITY') return false
        names = response.capabilities
        return true
      },
      done: () => names,
    }
  },
}

await using client = await connect(account())
console.log((await client.run(capability)).join('\n'))
