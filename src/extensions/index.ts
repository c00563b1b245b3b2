import { condstore } from './condstore.js'
import type { Extension } from './extension.js'
import { imap4rev2 } from './imap4rev2.js'
import { qresync } from './qresync.js'
import { tokens } from './tokens.js'
import { uidplus } from './uidplus.js'

/** All extensions that this library knows, by capability: a new one needs a line here and a file of its own. */
export const extensions: readonly Extension[] = [condstore, imap4rev2, qresync, ...tokens, uidplus]
