import { appendlimit } from './appendlimit.js'
import { catenate } from './catenate.js'
import { compress } from './compress.js'
import { acl } from './acl.js'
import { annotate } from './annotate.js'
import { annotatemore } from './annotatemore.js'
import { filters } from './filters.js'
import { notify } from './notify.js'
import { metadata } from './metadata.js'
import { listMetadata } from './list-metadata.js'
import { listMyRights } from './list-myrights.js'
import { condstore } from './condstore.js'
import { contexts } from './context.js'
import { esort } from './esort.js'
import { fuzzy } from './fuzzy.js'
import { mimepart } from './mimepart.js'
import { multisearch } from './multisearch.js'
import { partial } from './partial.js'
import { sortDisplay } from './sort-display.js'
import { sortExtension } from './sort.js'
import { threads } from './thread.js'
import { convertExtension } from './convert.js'
import { gmail } from './gmail.js'
import { imap2 } from './imap2.js'
import { imapsieve } from './imapsieve.js'
import { inprogress } from './inprogress.js'
import { jmapaccess } from './jmapaccess.js'
import { languages } from './language.js'
import { multiappend } from './multiappend.js'
import { messagelimit } from './messagelimit.js'
import { objectidPlus } from './objectid-plus.js'
import { objectid } from './objectid.js'
import { preview } from './preview.js'
import { referrals } from './referrals.js'
import type { Extension } from './extension.js'
import { imap4rev2 } from './imap4rev2.js'
import { qresync } from './qresync.js'
import { quota } from './quota.js'
import { replaceExtension } from './replace.js'
import { savedate } from './savedate.js'
import { tokens } from './tokens.js'
import { uidbatches } from './uidbatches.js'
import { uidonly } from './uidonly.js'
import { uidplus } from './uidplus.js'
import { unauthenticated } from './unauthenticate.js'
import { urlPartial } from './url-partial.js'
import { urlauth } from './urlauth.js'
import { vendor } from './vendor.js'
import { utf8 } from './utf8.js'
import { within } from './within.js'
import { xlistExtension } from './xlist.js'

/** All extensions that this library knows: a new one needs a file of its own and a line here. */
export const extensions: readonly Extension[] = [
  ...acl,
  annotate,
  annotatemore,
  filters,
  notify,
  ...metadata,
  listMetadata,
  listMyRights,
  ...referrals,
  ...preview,
  ...messagelimit,
  objectid,
  objectidPlus,
  ...languages,
  jmapaccess,
  ...imap2,
  inprogress,
  gmail,
  ...tokens,
  condstore,
  imap4rev2,
  qresync,
  compress,
  unauthenticated,
  ...quota,
  savedate,
  uidbatches,
  uidonly,
  uidplus,
  ...utf8,
  within,
  ...contexts,
  esort,
  fuzzy,
  mimepart,
  multisearch,
  partial,
  sortExtension,
  sortDisplay,
  ...threads,
  appendlimit,
  catenate,
  convertExtension,
  multiappend,
  replaceExtension,
  urlPartial,
  ...urlauth,
  imapsieve,
  xlistExtension,
  ...vendor,
]
