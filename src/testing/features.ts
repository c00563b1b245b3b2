import { anyStateFeature } from './commands/any.js'
import { appendFeature } from './commands/append.js'
import { copyFeature } from './commands/copy.js'
import { enableFeature } from './commands/enable.js'
import { expungeFeature } from './commands/expunge.js'
import { idleFeature } from './commands/idle.js'
import { loginFeature } from './commands/login.js'
import { mailboxesFeature } from './commands/mailboxes.js'
import { selectFeature } from './commands/select.js'
import { statusFeature } from './commands/status.js'
import { storeFeature } from './commands/store.js'
import { EXTENSIONS } from './extensions/index.js'
import type { Feature } from './feature.js'
import { fetchFeature } from './fetch/fetch.js'
import { fetchItemsFeature } from './fetch/items.js'
import { listFeature } from './list/list.js'
import { challengeFeature } from './sasl/challenge.js'
import { oauthFeature } from './sasl/oauth.js'
import { plainFeature } from './sasl/plain.js'
import { searchKeysFeature } from './search/keys.js'
import { searchReturnsFeature } from './search/returns.js'
import { searchFeature } from './search/search.js'

/** What RFC 3501 and RFC 9051 have, extensions that became part of them included. */
export const BASE: readonly Feature[] = [
  anyStateFeature,
  loginFeature,
  challengeFeature,
  oauthFeature,
  plainFeature,
  enableFeature,
  mailboxesFeature,
  listFeature,
  statusFeature,
  selectFeature,
  appendFeature,
  idleFeature,
  expungeFeature,
  searchFeature,
  searchReturnsFeature,
  searchKeysFeature,
  fetchFeature,
  fetchItemsFeature,
  storeFeature,
  copyFeature,
]

/** All that the embedded server can. */
export const FEATURES: readonly Feature[] = [...BASE, ...EXTENSIONS]
