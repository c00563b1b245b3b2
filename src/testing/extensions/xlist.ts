import type { Feature } from '../feature.js'
import { namesAbove } from '../list/candidates.js'
import { matcher } from '../list/pattern.js'
import { mailboxName, quoted } from '../syntax.js'

// What XLIST calls the special uses of RFC 6154; those that it has no other name for keep theirs.
const NAMES: Readonly<Record<string, string>> = { '\\All': '\\AllMail', '\\Junk': '\\Spam', '\\Flagged': '\\Starred' }

/** XLIST: a LIST of one pattern that tells special uses, from the time before RFC 6154. No RFC has it. */
export const xlistFeature: Feature = {
  capabilities: ['XLIST'],
  commands: [
    {
      name: 'XLIST',
      states: ['authenticated'],
      needs: ['XLIST'],
      // "XLIST" SP mailbox SP list-mailbox
      run(session, args) {
        args.sp()
        const reference = args.mailbox()
        args.sp()
        const pattern = args.listMailbox()
        args.end()
        const { delimiter } = session.owner
        const fits = matcher(reference + pattern, delimiter)
        const all = session.access.candidates().filter(({ mailbox }) => mailbox !== null)
        const parents = namesAbove(all, delimiter)
        for (const { name, mailbox } of all) {
          if (mailbox === null || !fits(name)) continue
          const flags = [
            ...(mailbox.selectable ? [] : ['\\Noselect']),
            parents.has(name) ? '\\HasChildren' : '\\HasNoChildren',
            ...(name === 'INBOX' ? ['\\Inbox'] : []),
            ...[...mailbox.attributes].map((use) => NAMES[use] ?? use),
          ]
          session.out.line(`* XLIST (${flags.join(' ')}) ${quoted(delimiter)} ${mailboxName(name, session.utf8)}`)
        }
      },
    },
  ],
}
