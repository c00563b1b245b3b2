// What extensions export: types of their options and results, and their commands as values.
export {
  getQuota,
  getQuotaRoot,
  setQuota,
  type MailboxQuota,
  type QuotaInfo,
  type QuotaLimits,
  type QuotaUsage,
} from './quota.js'
export type { SaveDateCriteria, SaveDateItems } from './savedate.js'
export type { WithinCriteria } from './within.js'
export type { GmailCriteria, GmailItems, GmailLabelChange, GmailStore } from './gmail.js'
export { getJmapAccess } from './jmapaccess.js'
export { comparator, language, type ComparatorInfo } from './language.js'
export type { ObjectIdCriteria, ObjectIdItems } from './objectid.js'
export type { PreviewAsk, PreviewItems } from './preview.js'
export { rlist, rlsub } from './referrals.js'
export { compressDeflate } from './compress.js'
export { unauthenticate } from './unauthenticate.js'
