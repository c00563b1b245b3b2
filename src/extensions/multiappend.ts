import type { Extension } from './extension.js'

/** MULTIAPPEND: several messages in one APPEND (RFC 3502); the command is `appendAll` of the core. */
export const multiappend: Extension = {
  capability: 'MULTIAPPEND',
  spec: [3502],
  summary: 'Appends several messages in one command, all of them or none.',
  usage: "client.append('Archive', [{ content: 'a' }, { content: 'b', flags: ['\\\\Seen'] }])",
  examples: ['rfc3502.txt'],
  tested: ['embedded', 'transcript', 'dovecot', 'cyrus'],
}
