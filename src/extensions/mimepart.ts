import type { Extension } from './extension.js'

/** SEARCH=MIMEPART, of an individual draft that has expired. */
export const mimepart: Extension = {
  capability: 'SEARCH=MIMEPART',
  spec: 'none',
  summary: 'Searches in the parts of messages.',
  usage: 'recognised',
  note: 'an expired draft of one author; no text of it is published any more, so no syntax is made up for it',
  tested: [],
}
