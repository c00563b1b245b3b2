import {
  type AppendMessage,
  type AppendResult,
  appendResults,
  type AppendTable,
  checkMessage,
  writeAppendMessage,
} from '../commands/append.js'
import { checkName, checkSet, usesUids } from '../commands/checks.js'
import type { Command } from '../commands/command.js'
import { mailboxSelected } from '../commands/states.js'
import { ArgumentError } from '../model/errors.js'
import type { SeqSet, UidSet } from '../model/number-set.js'
import type { Extension } from './extension.js'

/**
 * REPLACE, or UID REPLACE: stores a message and removes another one of the selected mailbox, both or neither
 * (RFC 8508 §3). Nothing of the old message is taken over: no flags, no date.
 *
 * replace = "REPLACE" SP seq-number SP mailbox append-message
 * uid     =/ "UID" SP replace
 *
 * @param old - the one message to be removed
 * @param mailbox - where the new one goes
 * @param table - what extensions add to messages
 * @throws ArgumentError for a set that is not one message, and as `append` does
 */
export function replace(
  old: UidSet | SeqSet,
  mailbox: string,
  message: AppendMessage,
  table: AppendTable = {},
): Command<AppendResult> {
  checkSet(old)
  if (old.hasStar || old.size !== 1) throw new ArgumentError('REPLACE replaces one message: name it by its number')
  checkName(mailbox)
  checkMessage(message, table)
  const byUid = usesUids(old)
  return {
    name: byUid ? 'UID REPLACE' : 'REPLACE',
    needs: 'REPLACE',
    states: mailboxSelected,
    traits: { seqArgs: !byUid },
    encode: (w, context) => {
      w.sp().set(old).sp().mailbox(mailbox)
      writeAppendMessage(w, message, context, table)
    },
    collect: () => {
      let early: AppendResult | undefined
      return {
        // The UID of the new message is best told before the old one goes (RFC 8508 §4.3).
        untagged: (response) => {
          const found = response.type === 'OK' ? appendResults(response)[0] : undefined
          early = found ?? early
          return found !== undefined
        },
        done: (tagged) => appendResults(tagged)[0] ?? early ?? {},
      }
    },
  }
}

/** REPLACE: a message in the place of another one, in one step (RFC 8508). */
export const replaceExtension: Extension = {
  capability: 'REPLACE',
  spec: [8508],
  summary: 'Puts a message into the place of another one in one step, as a client does with drafts.',
  usage: "mailbox.replace(uid, 'Subject: second version')",
  examples: ['rfc8508.txt'],
  tested: ['embedded', 'transcript'],
}
