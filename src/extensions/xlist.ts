import { checkString } from '../commands/checks.js'
import type { Command } from '../commands/command.js'
import { loggedIn } from '../commands/states.js'
import type { MailboxInfo } from '../model/mailbox.js'
import type { Extension } from './extension.js'

/**
 * XLIST: gives the mailboxes that match, with their special uses; for servers that have no SPECIAL-USE.
 *
 * The attributes are those of SPECIAL-USE and, from before it, `\AllMail`, `\Spam` and `\Starred`; `specialUse` tells them
 * by their present names. The mailbox with `\Inbox` is called INBOX, whatever its translated name is.
 *
 * xlist = "XLIST" SP mailbox SP list-mailbox   (no specification is public: the form is that of LIST in RFC 3501 §9)
 *
 * @throws ArgumentError for a pattern that is no text
 */
export function xlist(pattern = '*', reference = ''): Command<readonly MailboxInfo[]> {
  checkString('The reference', reference)
  checkString("A pattern, such as '*',", pattern)
  return {
    name: 'XLIST',
    states: loggedIn,
    needs: 'XLIST',
    traits: { answers: 'XLIST' },
    safe: true,
    encode: (w) => void w.sp().mailbox(reference).sp().listMailbox(pattern),
    collect: () => {
      const found = new Map<string, MailboxInfo>()
      return {
        untagged: (response) => {
          if (response.type !== 'XLIST') return false
          found.set(response.mailbox.name, response.mailbox)
          return true
        },
        done: () => [...found.values()],
      }
    },
  }
}

/** XLIST: the special uses of mailboxes before RFC 6154 (Gmail and others). */
export const xlistExtension: Extension = {
  capability: 'XLIST',
  spec: 'vendor',
  summary: 'Tells which mailbox is for what on servers that came before SPECIAL-USE.',
  usage: "client.run(xlist('*'))",
  note: 'client.specialUses() asks by itself where the server has no SPECIAL-USE.',
  examples: ['quirks.txt'],
  tested: ['embedded', 'transcript', 'cyrus'],
}
