import type { Extension } from './extension.js'

/** Capabilities whose syntax is part of the core or that have none of their own. */
export const tokens = [
  { capability: 'BINARY', rfc: 3516, summary: 'Fetches parts decoded by the server and appends binary content.' },
  { capability: 'CHILDREN', rfc: 3348, summary: 'Tells in LIST whether a mailbox has children.' },
  { capability: 'ENABLE', rfc: 5161, summary: 'Switches extensions on.' },
  { capability: 'ESEARCH', rfc: 4731, summary: 'Answers a search by its count, its ends or a compact set.' },
  { capability: 'ID', rfc: 2971, summary: 'Tells the server what the client is, and the other way round.' },
  { capability: 'IDLE', rfc: 2177, summary: 'Reports changes as they happen.' },
  { capability: 'LIST-EXTENDED', rfc: 5258, summary: 'Selects what LIST lists and what it tells of each mailbox.' },
  { capability: 'LIST-STATUS', rfc: 5819, summary: 'Gives the status of every mailbox in one LIST.' },
  { capability: 'LITERAL-', rfc: 7888, summary: 'Sends literals of up to 4096 octets without waiting.' },
  { capability: 'LITERAL+', rfc: 7888, summary: 'Sends literals without waiting.', implies: ['LITERAL-'] },
  { capability: 'MOVE', rfc: 6851, summary: 'Moves messages in one step.' },
  { capability: 'NAMESPACE', rfc: 2342, summary: 'Tells under which prefixes mailboxes live.' },
  { capability: 'SASL-IR', rfc: 4959, summary: 'Saves a round trip of the login.' },
  {
    capability: 'SEARCHRES',
    rfc: 5182,
    summary: 'Keeps the result of a search on the server, to be used as a set.',
    implies: ['ESEARCH'],
  },
  { capability: 'SPECIAL-USE', rfc: 6154, summary: 'Tells which mailbox is for drafts, sent mail, junk and so on.' },
  { capability: 'STATUS=SIZE', rfc: 8438, summary: 'Tells the size of a mailbox.' },
  { capability: 'UNSELECT', rfc: 3691, summary: 'Leaves a mailbox without expunging.' },
] as const satisfies readonly Extension[]
