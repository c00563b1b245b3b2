import type { Feature } from '../feature.js'

/** ANNOTATEMORE (draft-daboo-imap-annotatemore): not offered yet. */
export const annotatemoreFeature: Feature = {}
