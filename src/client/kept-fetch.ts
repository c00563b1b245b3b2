import type { Command } from '../commands/command.js'
import { fetch, type AskedItem, type FetchOptions } from '../commands/fetch.js'
import type { MessageSet } from './resolve.js'

/**
 * A FETCH whose content is kept in memory. It is never in flight together with a stream of the same messages: a server
 * does not say which of two commands a literal answers, and what went to the stream would be missing here.
 */
export function keptFetch(set: MessageSet, items: readonly AskedItem[], options: FetchOptions): Command<void> {
  const command = fetch(set, items, options)
  const hasContent = items.some(({ item }) => item.key === 'sections')
  return hasContent ? { ...command, traits: { ...command.traits, streams: { set } } } : command
}
