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
