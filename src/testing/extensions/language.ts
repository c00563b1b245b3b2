import type { Feature } from '../feature.js'

/** LANGUAGE (RFC 5255): not offered yet. */
export const languageFeature: Feature = {}
