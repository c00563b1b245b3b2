import { describe, expect, expectTypeOf, it } from 'vitest'
import type { CoreCriteria } from '../../../src/commands/search-criteria.js'
import { esearch, findIn, type SearchSources } from '../../../src/extensions/multisearch.js'
import { ArgumentError, PartialResultError, ProtocolError } from '../../../src/model/errors.js'
import type { Uid } from '../../../src/model/ids.js'
import { savedResult, seqs, type UidSet } from '../../../src/model/number-set.js'
import { protocol } from '../../../src/protocol.js'
import { answer, encode, Play, TAG, wrong } from '../commands/helpers.js'

const encoded = (sources: SearchSources, criteria: CoreCriteria = {}, options?: object) =>
  encode(findIn(sources, criteria, options, protocol), { has: ['SEARCHRES'] }).replace(/^A1 ESEARCH (.*)\r\n$/s, '$1')

describe('ESEARCH', () => {
  it.each<[SearchSources, CoreCriteria, object | undefined, string]>([
    [
      { mailboxes: 'folder1', subtree: 'folder2' },
      { seen: false },
      undefined,
      'IN (mailboxes folder1 subtree folder2) RETURN (ALL) UNSEEN',
    ],
    [
      { mailboxes: ['folder1'], subtreeOne: ['a', 'b c'] },
      { subject: 'chad' },
      undefined,
      'IN (mailboxes folder1 subtree-one (a "b c")) RETURN (ALL) SUBJECT chad',
    ],
    [
      { selected: true, inboxes: true, personal: true, subscribed: true },
      {},
      { return: ['min', 'count'] },
      'IN (selected inboxes personal subscribed) RETURN (MIN COUNT) ALL',
    ],
    [{ personal: true, mailboxes: undefined }, {}, undefined, 'IN (personal) RETURN (ALL) ALL'],
    [{ mailboxes: 'Tätigkeit' }, {}, undefined, 'IN (mailboxes T&AOQ-tigkeit) RETURN (ALL) ALL'],
    [{ selected: true }, { uid: savedResult }, { return: ['save'] }, 'IN (selected) RETURN (SAVE) UID $'],
    [{ selected: true }, { seq: seqs('1:100') }, undefined, 'IN (selected) RETURN (ALL) 1:100'],
    [{ personal: true }, {}, { partial: '1:5' }, 'IN (personal) RETURN (ALL) ALL'],
  ])('%j %j %j', (sources, criteria, options, text) => {
    expect(encoded(sources, criteria, options)).toBe(text)
  })

  it('returns parts where the server can tell them', () => {
    const command = findIn({ personal: true }, {}, { partial: '1:5' }, protocol)
    expect(encode(command, { has: ['PARTIAL'] })).toBe('A1 ESEARCH IN (personal) RETURN (PARTIAL 1:5) ALL\r\n')
  })

  it.each<[string, unknown, CoreCriteria?, object?]>([
    ['no sources', {}],
    ['text', 'INBOX'],
    ['an array', ['INBOX']],
    ['an unknown source', { everywhere: true }],
    ['selected-delayed, which is for NOTIFY', { 'selected-delayed': true }],
    ['false', { personal: false }],
    ['no mailboxes', { mailboxes: [] }],
    ['an empty name', { mailboxes: [''] }],
    ['a number for a name', { subtree: 7 }],
    ['sequence numbers of mailboxes that are not selected', { personal: true }, { not: { seq: seqs(1) } }],
    ['saving beyond the selected mailbox', { selected: true, personal: true }, {}, { return: ['save'] }],
    ['unknown criteria', { personal: true }, wrong({ colour: 1 })],
  ])('refuses %s', (_title, sources, criteria = {}, options = undefined) => {
    expect(() => findIn(wrong<SearchSources>(sources), criteria, options, protocol)).toThrow(ArgumentError)
  })

  it('needs MULTISEARCH, and a selected mailbox only for that one', () => {
    expect(esearch({ personal: true }, {}).needs).toBe('MULTISEARCH')
    expect(esearch({ personal: true }, {}).states).toEqual(['authenticated', 'selected'])
    expect(esearch({ personal: true, selected: true }, {}).states).toEqual(['selected'])
    expect(esearch({ selected: true }, {}, { return: ['save'] }).safe).toBe(false)
  })
})

describe('answers to ESEARCH', () => {
  const from = (mailbox: string, validity: number) =>
    `* ESEARCH (TAG "${TAG}" MAILBOX "${mailbox}" UIDVALIDITY ${validity})`

  it('come by mailbox', () => {
    const found = answer(esearch({ personal: true }, {}), [
      `${from('folder1', 1)} UID ALL 4001,4003`,
      '* ESEARCH (TAG "tag2" MAILBOX "folder1" UIDVALIDITY 1) UID ALL 3001:3004,3788',
      `${from('folder2/&AOQ-', 503)} UID ALL 3002`,
    ])
    expectTypeOf(found[0]!).toExtend<{ mailbox: string; uidValidity: number; all: UidSet }>()
    expect(found.map(({ all, ...rest }) => ({ ...rest, all: all.toString() }))).toEqual([
      { mailbox: 'folder1', uidValidity: 1, all: '4001,4003' },
      { mailbox: 'folder2/ä', uidValidity: 503, all: '3002' },
    ])
  })

  it('are nothing where nothing was found', () => {
    expect(answer(esearch({ personal: true }, {}), [])).toEqual([])
  })

  it('hold what was asked for', () => {
    const command = esearch({ personal: true }, {}, { return: ['min', 'count'] })
    const found = answer(command, [`${from('a', 7)} UID MIN 3 COUNT 9`])
    expectTypeOf(found[0]!.min).toEqualTypeOf<Uid | null>()
    expectTypeOf(found[0]!).not.toHaveProperty('all')
    expect(found).toEqual([{ mailbox: 'a', uidValidity: 7, min: 3, count: 9 }])
  })

  it('are incomplete when the server says so', () => {
    const play = new Play(esearch({ personal: true }, {})).send(`${from('a', 7)} UID ALL 3`)
    const complete = () => play.send(`${TAG} OK [LIMIT] enough`)
    expect(complete).toThrow(PartialResultError)
  })

  it.each([
    ['no mailbox', `* ESEARCH (TAG "${TAG}" UIDVALIDITY 1) UID ALL 1`],
    ['no UIDVALIDITY', `* ESEARCH (TAG "${TAG}" MAILBOX a) UID ALL 1`],
    ['sequence numbers', `${from('a', 1)} ALL 1`],
  ])('with %s are refused', (_title, line) => {
    expect(() => answer(esearch({ personal: true }, {}), [line])).toThrow(ProtocolError)
  })
})
