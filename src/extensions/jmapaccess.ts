import type { Command } from '../commands/command.js'
import { loggedIn } from '../commands/states.js'
import { ProtocolError } from '../model/errors.js'
import type { ExtensionResponse, Untagged } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import type { Extension } from './extension.js'

interface JmapAccessResponse extends ExtensionResponse {
  readonly type: 'X:JMAPACCESS'
  readonly url: string
}

/** resp-jmapaccess = "JMAPACCESS" SP quoted   (RFC 9698) */
function readJmapAccess(cursor: Cursor): JmapAccessResponse {
  return { kind: 'untagged', type: 'X:JMAPACCESS', url: cursor.string() }
}

const isJmapAccess = (response: Untagged): response is JmapAccessResponse => response.type === 'X:JMAPACCESS'

/** GETJMAPACCESS: asks where the same mail can be had by JMAP (RFC 9698); gives the URL of the session resource. */
export function getJmapAccess(): Command<string> {
  return {
    name: 'GETJMAPACCESS',
    needs: 'JMAPACCESS',
    states: loggedIn,
    traits: { answers: 'JMAPACCESS' },
    safe: true,
    collect: () => {
      let url: string | undefined
      return {
        untagged: (response) => {
          if (!isJmapAccess(response)) return false
          url = response.url
          return true
        },
        done: () => {
          if (url === undefined) throw new ProtocolError('The server answered GETJMAPACCESS without a URL')
          return url
        },
      }
    },
  }
}

/** JMAPACCESS: where the same mail can be had by JMAP, with the same credentials and ids (RFC 9698). */
export const jmapaccess: Extension = {
  capability: 'JMAPACCESS',
  spec: [9698],
  summary: 'Tells where the same mail can be had by JMAP, with the same credentials and ids.',
  usage: 'client.run(getJmapAccess())',
  note: 'Built from a summary of the RFC.',
  examples: ['rfc9698.txt'],
  tested: ['embedded'],
  untagged: { JMAPACCESS: readJmapAccess },
}
