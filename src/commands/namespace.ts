import { ProtocolError } from '../model/errors.js'
import type { Namespaces } from '../model/mailbox.js'
import type { Command } from './command.js'
import { loggedIn } from './states.js'

/** NAMESPACE: asks under which prefixes mailboxes live (RFC 2342, RFC 9051 §6.3.10). */
export function namespace(): Command<Namespaces> {
  return {
    name: 'NAMESPACE',
    states: loggedIn,
    needs: 'NAMESPACE',
    traits: { answers: 'NAMESPACE' },
    safe: true,
    collect: () => {
      let found: Namespaces | undefined
      return {
        untagged: (response) => {
          if (response.type !== 'NAMESPACE') return false
          found = response.namespaces
          return true
        },
        done: () => {
          if (found === undefined) throw new ProtocolError('The server answered NAMESPACE without the namespaces')
          return found
        },
      }
    },
  }
}
