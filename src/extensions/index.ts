import { condstore } from './condstore.js'
import type { Extension } from './extension.js'
import { imap4rev2 } from './imap4rev2.js'
import { qresync } from './qresync.js'
import { quota } from './quota.js'
import { savedate } from './savedate.js'
import { tokens } from './tokens.js'
import { uidplus } from './uidplus.js'
import { within } from './within.js'

/** All extensions that this library knows: a new one needs a file of its own and a line here. */
export const extensions: readonly Extension[] = [
  ...tokens,
  condstore,
  imap4rev2,
  qresync,
  ...quota,
  savedate,
  uidplus,
  within,
]
