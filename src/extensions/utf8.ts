import type { Extension } from './extension.js'

const RFC5738_NOTE = 'Of an experiment that became UTF8=ACCEPT; recognised for what it includes.'

/** Internationalized mail (RFC 9755, RFC 6855), and the experiment before it (RFC 5738). */
export const utf8: readonly Extension[] = [
  {
    capability: 'UTF8=ACCEPT',
    spec: [9755, 6855],
    summary: 'Takes UTF-8 in names and headers as it is, once enabled.',
    usage: "connect({ host, enable: ['UTF8=ACCEPT'] })",
    note: 'RFC 9755 was read as a summary. A message is appended in the form of RFC 6855, and once more as RFC 9755 has it when the server does not know that.',
    examples: ['rfc6855.txt'],
    tested: ['embedded', 'courier'],
    enable: true,
  },
  {
    capability: 'UTF8=ONLY',
    spec: [9755, 6855],
    summary: 'Refuses clients that have not enabled UTF8=ACCEPT, which imapkit then does by itself.',
    usage: 'automatic',
    examples: ['rfc6855.txt'],
    tested: ['embedded', 'transcript'],
    implies: ['UTF8=ACCEPT'],
  },
  {
    capability: 'UTF8=ALL',
    spec: [5738],
    summary: 'Shows all mailboxes in UTF-8.',
    usage: "connect({ host, enable: ['UTF8=ACCEPT'] })",
    note: RFC5738_NOTE,
    examples: ['rfc5738.txt'],
    tested: ['transcript'],
    implies: ['UTF8=ACCEPT', 'UTF8=APPEND'],
  },
  {
    capability: 'UTF8=APPEND',
    spec: [5738],
    summary: 'Appends messages with UTF-8 in their headers.',
    usage: "client.append('INBOX', message)",
    note: RFC5738_NOTE,
    examples: ['rfc5738.txt'],
    tested: ['transcript'],
  },
  {
    capability: 'UTF8=USER',
    spec: [5738],
    summary: 'Takes user names and passwords in UTF-8.',
    usage: "connect({ host, auth: { user: 'jürgen', password } })",
    note: RFC5738_NOTE,
    examples: ['rfc5738.txt'],
    tested: ['transcript'],
  },
]
