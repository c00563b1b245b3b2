import type { Feature } from '../feature.js'

/** I18NLEVEL=1 and I18NLEVEL=2 (RFC 5255): not offered yet. */
export const i18nLevelFeature: Feature = {}
