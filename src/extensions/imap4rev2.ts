import type { Extension } from './extension.js'

/** IMAP4rev2: the protocol itself, which holds many former extensions (RFC 9051 Appendix E). */
export const imap4rev2 = {
  capability: 'IMAP4rev2',
  spec: [9051],
  summary: 'The current IMAP, with UTF-8 names and many extensions built in.',
  usage: 'automatic',
  examples: ['rfc9051.txt'],
  tested: ['embedded'],
  // Not BINARY: only its FETCH half is part of IMAP4rev2, APPEND takes no literal8 (RFC 9051 Appendix E).
  implies: [
    'CHILDREN',
    'ENABLE',
    'ESEARCH',
    'IDLE',
    'LIST-EXTENDED',
    'LIST-STATUS',
    'LITERAL-',
    'MOVE',
    'NAMESPACE',
    'SASL-IR',
    'SEARCHRES',
    'SPECIAL-USE',
    'STATUS=SIZE',
    'UIDPLUS',
    'UNSELECT',
  ],
  enable: true,
} as const satisfies Extension
