import type { Feature } from '../feature.js'
import { mailboxMetadata, mayAnnotate } from './metadata-store.js'
import { readEntry, writeEntries } from './metadata.js'

/** LIST-METADATA (RFC 9590): return-option =/ "METADATA" SP "(" entry *(SP entry) ")" */
export const listMetadataFeature: Feature = {
  capabilities: ['LIST-METADATA'],
  listReturns: {
    METADATA: {
      needs: ['LIST-METADATA'],
      read(args, session) {
        args.sp()
        const entries = args.list(() => readEntry(args))
        return {
          after(mailbox) {
            if (!mayAnnotate(session, mailbox)) return
            writeEntries(session, session.nameOf(mailbox), mailboxMetadata.get(mailbox), entries)
          },
        }
      },
    },
  },
}
