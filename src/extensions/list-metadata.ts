import type { ListReturnItem } from '../commands/slots.js'
import type { Command } from '../commands/command.js'
import { checkArray } from '../commands/checks.js'
import { namesOf } from './entries.js'
import type { Extension } from './extension.js'
import { checkMetadataEntry, getMetadata, type MetadataEntries } from './metadata.js'

/** What LIST-METADATA adds to the options of listing. */
export interface MetadataListOptions {
  /** Asks for entries of each mailbox, by name; by GETMETADATA for each one where the server lacks LIST-METADATA. */
  readonly metadata?: readonly string[] | undefined
}

/** return-option =/ "METADATA" SP "(" entry *(SP entry) ")"   (RFC 9590 §5) */
const item: ListReturnItem<readonly string[]> = {
  needs: 'LIST-METADATA',
  check: (entries) => {
    checkArray('metadata', entries)
    for (const entry of namesOf('metadata', entries)) checkMetadataEntry(entry)
  },
  write: (w, entries) => {
    w.word('METADATA')
      .sp()
      .list(entries, (entry) => w.astring(entry))
  },
  take: (response) => {
    // Names without values tell that something has changed, and answer nothing.
    if (response.type !== 'METADATA' || response.changed.length > 0) return undefined
    return { mailbox: response.mailbox, value: response.entries }
  },
  join: (before, value) => new Map([...(before as MetadataEntries), ...(value as MetadataEntries)]),
  emulate: entriesOf,
}

function entriesOf(mailbox: string, entries: readonly string[]): Command<MetadataEntries> {
  const command = getMetadata(mailbox, entries)
  return {
    ...command,
    collect: (context) => {
      const collector = command.collect(context)
      return { ...collector, done: (tagged) => collector.done(tagged).entries }
    },
  }
}

/** LIST-METADATA: entries of mailboxes, with the list of them (RFC 9590). */
export const listMetadata: Extension = {
  capability: 'LIST-METADATA',
  spec: [9590],
  summary: 'Tells entries of METADATA with each mailbox, such as a colour.',
  usage: "client.list('*', { metadata: ['/shared/comment'] })",
  note: 'Without it, GETMETADATA is asked of each mailbox.',
  examples: ['rfc9590.txt'],
  tested: ['embedded', 'transcript', 'cyrus'],
  listReturns: { metadata: item },
}
