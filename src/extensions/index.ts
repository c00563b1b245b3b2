import { appendlimit } from './appendlimit.js'
import { catenate } from './catenate.js'
import { compress } from './compress.js'
import { acl } from './acl.js'
import { metadata } from './metadata.js'
import { listMetadata } from './list-metadata.js'
import { listMyRights } from './list-myrights.js'
import { condstore } from './condstore.js'
import { convertExtension } from './convert.js'
import { gmail } from './gmail.js'
import { imap2 } from './imap2.js'
import { inprogress } from './inprogress.js'
import { jmapaccess } from './jmapaccess.js'
import { languages } from './language.js'
import { multiappend } from './multiappend.js'
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
import { uidplus } from './uidplus.js'
import { unauthenticated } from './unauthenticate.js'
import { urlPartial } from './url-partial.js'
import { urlauth } from './urlauth.js'
import { within } from './within.js'

/** All extensions that this library knows: a new one needs a file of its own and a line here. */
export const extensions: readonly Extension[] = [
  ...acl,
  ...metadata,
  listMetadata,
  listMyRights,
  ...referrals,
  ...preview,
  objectid,
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
  uidplus,
  within,
  appendlimit,
  catenate,
  convertExtension,
  multiappend,
  replaceExtension,
  urlPartial,
  ...urlauth,
]
