import type { Feature } from '../feature.js'
import type { FetchItem } from '../fetch/item.js'

/** fetch-mod-resp = "MODSEQ" SP "(" permsg-modsequence ")" */
const modSeq: FetchItem = {
  label: 'MODSEQ',
  prepare: (session) => session.enableCondstore(),
  write: (out, message) => void out.text(`MODSEQ (${message.modSeq})`),
}

/**
 * CONDSTORE (RFC 7162 §3.1): the item MODSEQ, the parameter of SELECT. The rest of it lies where commands are read:
 * CHANGEDSINCE in FETCH, UNCHANGEDSINCE in STORE, MODSEQ in SEARCH, HIGHESTMODSEQ in STATUS and SELECT.
 */
export const condstoreFeature: Feature = {
  capabilities: ['CONDSTORE'],
  fetchItems: { MODSEQ: { needs: ['CONDSTORE'], read: () => modSeq } },
  selectParameters: {
    // What SELECT tells anyway is not told twice, hence the flag and not enableCondstore().
    CONDSTORE: { needs: ['CONDSTORE'], read: (_args, session) => () => void session.enabled.add('CONDSTORE') },
  },
  enables: { CONDSTORE: (session) => session.enableCondstore() },
}
