import { ArgumentError } from '../model/errors.js'
import type { StateName } from '../model/events.js'
import { checkArray, checkString } from './checks.js'
import type { Command } from './command.js'

const onlyAuthenticated: readonly StateName[] = ['authenticated']

/**
 * ENABLE: switches extensions on (RFC 5161, RFC 9051 §6.3.1); gives those that the server enabled by this command.
 *
 * It is not sent once a mailbox is selected. @throws ArgumentError for an empty list.
 */
export function enable(extensions: readonly string[]): Command<readonly string[]> {
  checkArray('The list of extensions', extensions)
  for (const name of extensions) checkString('The name of an extension', name)
  if (extensions.length === 0) throw new ArgumentError('ENABLE needs the name of at least one extension')
  const names = extensions.map((name) => name.toUpperCase())
  return {
    name: 'ENABLE',
    states: onlyAuthenticated,
    needs: 'ENABLE',
    traits: { exclusive: true, effect: { kind: 'enable', extensions: names } },
    safe: true,
    encode: (w) => {
      for (const name of names) w.sp().atom(name)
    },
    collect: () => {
      const enabled: string[] = []
      return {
        untagged: (response) => {
          if (response.type !== 'ENABLED') return false
          enabled.push(...response.capabilities)
          return true
        },
        done: () => enabled,
      }
    },
  }
}
