import { checkString } from '../commands/checks.js'
import type { Command } from '../commands/command.js'
import { loggedIn } from '../commands/states.js'
import type { MailboxInfo } from '../model/mailbox.js'
import type { Extension } from './extension.js'

/**
 * RLIST: lists as LIST does, mailboxes on other servers included (RFC 2193 §5.1). What is done to such a mailbox is
 * refused with the code REFERRAL, whose URLs say where it is.
 */
export function rlist(pattern = '*', reference = ''): Command<readonly MailboxInfo[]> {
  return remote('RLIST', 'LIST', pattern, reference)
}

/** RLSUB: lists subscribed names as LSUB does, those on other servers included (RFC 2193 §5.2). */
export function rlsub(pattern = '*', reference = ''): Command<readonly MailboxInfo[]> {
  return remote('RLSUB', 'LSUB', pattern, reference)
}

/** rlist = "RLIST" SPACE mailbox SPACE list_mailbox ; rlsub = "RLSUB" SPACE mailbox SPACE list_mailbox */
function remote(
  name: string,
  answer: 'LIST' | 'LSUB',
  pattern: string,
  reference: string,
): Command<readonly MailboxInfo[]> {
  checkString('A pattern', pattern)
  checkString('The reference', reference)
  return {
    name,
    needs: 'MAILBOX-REFERRALS',
    states: loggedIn,
    traits: { answers: answer },
    safe: true,
    encode: (w) => void w.sp().mailbox(reference).sp().listMailbox(pattern),
    collect: () => {
      const found = new Map<string, MailboxInfo>()
      return {
        untagged: (response) => {
          if (response.type !== answer) return false
          found.set(response.mailbox.name, response.mailbox)
          return true
        },
        done: () => [...found.values()],
      }
    },
  }
}

/** Referrals to other servers (RFC 2221, RFC 2193). */
export const referrals: readonly Extension[] = [
  {
    capability: 'LOGIN-REFERRALS',
    spec: [2221],
    summary: 'Tells at login which server has the mailboxes of the user.',
    usage: "error.responseCode?.name === 'REFERRAL' && error.responseCode.urls",
    note: 'A referral is told and never followed by itself: it would take the credentials to a host that a server names.',
    examples: ['rfc2221.txt'],
    tested: ['embedded', 'dovecot'],
  },
  {
    capability: 'MAILBOX-REFERRALS',
    spec: [2193],
    summary: 'Lists mailboxes on other servers, and tells where they are.',
    usage: "client.run(rlist('*'))",
    examples: ['rfc2193.txt'],
    tested: ['embedded'],
  },
]
