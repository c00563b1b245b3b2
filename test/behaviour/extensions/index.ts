import { describe, expect, it } from 'vitest'
import { noteRow } from '../rows.js'
import { open, type Subject } from '../subject.js'
import { admin } from './admin.js'
import { connection } from './connection.js'
import { lists } from './lists.js'
import { search } from './search.js'
import { sortThread } from './sort-thread.js'
import { state } from './state.js'
import { storing } from './storing.js'
import { vendor } from './vendor.js'

/**
 * The behaviours of extensions: each is written once, and a test of every server that offers the extension.
 *
 * A group registers its tests with `itNeeds(subject, 'CAPABILITY', …)(title, test)`, outside of any `describe` (which
 * would be empty where nothing is offered), and makes its mailboxes with `mailboxWith` or `newName`: some servers want
 * a prefix. What no server of a run offers is listed with the others at the end of `npm test`.
 */
export function extensions(subject: Subject): void {
  noteRow(subject.name, 'announces', subject.announces ?? [])
  describe('extensions', () => {
    it('knows what the server announces', async () => {
      await using client = await open(subject)
      const unknown = [...client.capabilities].filter(
        (each) => subject.announces?.includes(each.toUpperCase()) !== true,
      )
      expect(unknown).toEqual([])
    })
    lists(subject)
    search(subject)
    sortThread(subject)
    state(subject)
    admin(subject)
    storing(subject)
    connection(subject)
    vendor(subject)
  })
}
