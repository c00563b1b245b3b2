import type { CoreCriteria } from '../commands/search-criteria.js'
import type { MetadataListOptions } from './list-metadata.js'
import type { MyRightsListOptions } from './list-myrights.js'
import type { GmailCriteria, GmailItems } from './gmail.js'
import type { ObjectIdCriteria, ObjectIdItems } from './objectid.js'
import type { PreviewItems } from './preview.js'
import type { SaveDateCriteria, SaveDateItems } from './savedate.js'
import type { WithinCriteria } from './within.js'

// What extensions add to the options and results of core methods: each one its interface, in its own file.

/** The items of FETCH that extensions add, by key. */
export interface ExtensionFetchItems extends GmailItems, ObjectIdItems, PreviewItems, SaveDateItems {}

/** What to search for, with the keys of all extensions. */
export interface SearchCriteria
  extends CoreCriteria, GmailCriteria, ObjectIdCriteria, SaveDateCriteria, WithinCriteria {}

/** What extensions add to the options of listing. */
export interface ExtensionListOptions extends MyRightsListOptions, MetadataListOptions {}
