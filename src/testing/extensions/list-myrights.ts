import type { Feature } from '../feature.js'
import { tellMyRights } from './acl.js'

/** LIST-MYRIGHTS (RFC 8440): MYRIGHTS behind the LIST of every mailbox that was chosen. */
export const listMyRightsFeature: Feature = {
  capabilities: ['LIST-MYRIGHTS'],
  listReturns: {
    MYRIGHTS: {
      needs: ['LIST-MYRIGHTS'],
      read: (_args, session) => ({ after: (mailbox) => tellMyRights(session, mailbox) }),
    },
  },
}
