import type { Feature } from '../feature.js'

/** ACL, RIGHTS= and ACL2=UNION (RFC 4314): not offered yet. */
export const aclFeature: Feature = {}
