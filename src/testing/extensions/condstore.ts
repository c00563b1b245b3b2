import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import type { FetchItem } from '../fetch/item.js'
import type { FetchModifier, StoreModifier } from '../slots.js'

/** fetch-mod-resp = "MODSEQ" SP "(" permsg-modsequence ")" */
const modSeq: FetchItem = {
  label: 'MODSEQ',
  prepare: (session) => session.enableCondstore(),
  write: (out, message) => void out.text(`MODSEQ (${message.modSeq})`),
}

/** The space and the mod-sequence behind the name of a modifier. */
function modSeqValue(args: Arguments): bigint {
  args.sp()
  return args.modSeq()
}

/** fetch-modifier = "CHANGEDSINCE" SP mod-sequence-value: only what changed, and its MODSEQ with it (§3.1.4.1) */
const changedSince: FetchModifier = {
  needs: ['CONDSTORE'],
  read(args) {
    const since = modSeqValue(args)
    return {
      since,
      items: ['MODSEQ'],
      begin: (session) => session.enableCondstore(),
      takes: (message) => message.modSeq > since,
    }
  },
}

/** store-modifier = "UNCHANGEDSINCE" SP mod-sequence-valzer (§3.1.3) */
const unchangedSince: StoreModifier = {
  needs: ['CONDSTORE'],
  read(args) {
    const since = modSeqValue(args)
    return { begin: (session) => session.enableCondstore(), allows: (message) => message.modSeq <= since }
  },
}

/**
 * CONDSTORE (RFC 7162 §3.1). What is not here lies beside its like: MODSEQ among the keys of SEARCH, HIGHESTMODSEQ among
 * the items of STATUS and in SELECT, MODSEQ with every flag in `Session.tellFlags`.
 */
export const condstoreFeature: Feature = {
  capabilities: ['CONDSTORE'],
  fetchModifiers: { CHANGEDSINCE: changedSince },
  storeModifiers: { UNCHANGEDSINCE: unchangedSince },
  fetchItems: { MODSEQ: { needs: ['CONDSTORE'], read: () => modSeq } },
  selectParameters: {
    // What SELECT tells anyway is not told twice, hence the flag and not enableCondstore().
    CONDSTORE: { needs: ['CONDSTORE'], read: (_args, session) => () => void session.enabled.add('CONDSTORE') },
  },
  enables: { CONDSTORE: { enable: (session) => session.enableCondstore() } },
}
