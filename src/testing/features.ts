import { anyStateFeature } from './commands/any.js'
import { loginFeature } from './commands/login.js'
import { selectFeature } from './commands/select.js'
import { statusFeature } from './commands/status.js'
import { compose } from './feature.js'
import { fetchFeature } from './fetch/fetch.js'
import { fetchItemsFeature } from './fetch/items.js'
import { listFeature } from './list/list.js'
import { searchKeysFeature } from './search/keys.js'
import { searchFeature } from './search/search.js'

/** All that the embedded server can: the only place where a feature is registered. */
export const TABLES = compose([
  anyStateFeature,
  loginFeature,
  listFeature,
  statusFeature,
  selectFeature,
  searchFeature,
  searchKeysFeature,
  fetchFeature,
  fetchItemsFeature,
])
