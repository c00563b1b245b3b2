import type { Feature } from '../feature.js'
import { aclFeature } from './acl.js'
import { annotateFeature } from './annotate.js'
import { annotatemoreFeature } from './annotatemore.js'
import { appendLimitFeature } from './appendlimit.js'
import { binaryFeature } from './binary.js'
import { catenateFeature } from './catenate.js'
import { compressFeature } from './compress.js'
import { condstoreFeature } from './condstore.js'
import { contextFeature } from './context.js'
import { convertFeature } from './convert.js'
import { digestMd5Feature } from './digest-md5.js'
import { filtersFeature } from './filters.js'
import { fuzzyFeature } from './fuzzy.js'
import { gmailFeature } from './gmail.js'
import { i18nLevelFeature } from './i18nlevel.js'
import { imap2Feature } from './imap2.js'
import { imapSieveFeature } from './imapsieve.js'
import { inProgressFeature } from './inprogress.js'
import { jmapAccessFeature } from './jmapaccess.js'
import { languageFeature } from './language.js'
import { listMetadataFeature } from './list-metadata.js'
import { listMyRightsFeature } from './list-myrights.js'
import { messageLimitFeature } from './messagelimit.js'
import { metadataFeature } from './metadata.js'
import { multiAppendFeature } from './multiappend.js'
import { multiSearchFeature } from './multisearch.js'
import { notifyFeature } from './notify.js'
import { objectIdFeature } from './objectid.js'
import { objectIdPlusFeature } from './objectid-plus.js'
import { partialFeature } from './partial.js'
import { previewFeature } from './preview.js'
import { qresyncFeature } from './qresync.js'
import { quotaFeature } from './quota.js'
import { referralsFeature } from './referrals.js'
import { replaceFeature } from './replace.js'
import { saveDateFeature } from './savedate.js'
import { scramPlusFeature } from './scram-plus.js'
import { sortFeature } from './sort.js'
import { threadFeature } from './thread.js'
import { uidBatchesFeature } from './uidbatches.js'
import { uidOnlyFeature } from './uidonly.js'
import { unauthenticateFeature } from './unauthenticate.js'
import { urlAuthFeature } from './urlauth.js'
import { utf8Feature } from './utf8.js'
import { withinFeature } from './within.js'
import { xlistFeature } from './xlist.js'

/** The extensions of the embedded server, one line each. */
export const EXTENSIONS: readonly Feature[] = [
  aclFeature,
  annotateFeature,
  annotatemoreFeature,
  appendLimitFeature,
  binaryFeature,
  catenateFeature,
  compressFeature,
  condstoreFeature,
  contextFeature,
  convertFeature,
  digestMd5Feature,
  filtersFeature,
  fuzzyFeature,
  gmailFeature,
  i18nLevelFeature,
  imap2Feature,
  imapSieveFeature,
  inProgressFeature,
  jmapAccessFeature,
  languageFeature,
  listMetadataFeature,
  listMyRightsFeature,
  messageLimitFeature,
  metadataFeature,
  multiAppendFeature,
  multiSearchFeature,
  notifyFeature,
  // The compound identifier of OBJECTID+ takes the place of the single ones, where it is asked for.
  objectIdPlusFeature,
  objectIdFeature,
  partialFeature,
  previewFeature,
  qresyncFeature,
  quotaFeature,
  referralsFeature,
  replaceFeature,
  saveDateFeature,
  scramPlusFeature,
  sortFeature,
  threadFeature,
  uidBatchesFeature,
  uidOnlyFeature,
  unauthenticateFeature,
  urlAuthFeature,
  utf8Feature,
  withinFeature,
  xlistFeature,
]
