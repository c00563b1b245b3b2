import type { Extension } from './extension.js'

/** INPROGRESS: how far a command has come that takes long (RFC 9585). The code is read by the core, the event told by it. */
export const inprogress: Extension = {
  capability: 'INPROGRESS',
  spec: [9585],
  summary: 'Tells how far a command has come that takes long.',
  usage: "client.on('progress', ({ command, done, goal }) => console.log(command, done, goal))",
  examples: ['rfc9585.txt'],
  tested: ['embedded'],
}
