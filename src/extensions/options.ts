import type { CoreCriteria } from '../commands/search-criteria.js'
import type { SaveDateCriteria, SaveDateItems } from './savedate.js'
import type { WithinCriteria } from './within.js'

// What extensions add to the options and results of core methods: each one its interface, in its own file.

/** The items of FETCH that extensions add, by key. */
export interface ExtensionFetchItems extends SaveDateItems {}

/** What to search for, with the keys of all extensions. */
export interface SearchCriteria extends CoreCriteria, SaveDateCriteria, WithinCriteria {}
