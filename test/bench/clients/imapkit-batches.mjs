// imapkit, read by `fetch(…).batches()` instead of message by message.
import { open as openByMessage } from './imapkit.mjs'

export const open = (settings) => openByMessage({ ...settings, batches: true })
