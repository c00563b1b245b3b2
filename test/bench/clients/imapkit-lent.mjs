// imapkit, with a large body in one FETCH instead of in pieces.
import { open as openInPieces } from './imapkit.mjs'

export const open = (settings) => openInPieces({ ...settings, lent: true })
