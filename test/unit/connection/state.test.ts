import { describe, expect, it } from 'vitest'
import type { Effect } from '../../../src/commands/command.js'
import { ConnectionState } from '../../../src/connection/state.js'
import type { ImapEvents } from '../../../src/model/events.js'
import type { StatusResponse, Tagged, Untagged } from '../../../src/model/response.js'
import { readResponse } from '../../../src/protocol.js'

const effects: Record<string, Effect> = {
  SELECT: { kind: 'select', mailbox: 'A', readOnly: false },
  EXAMINE: { kind: 'select', mailbox: 'B', readOnly: true },
  LOGIN: { kind: 'authenticate' },
  CLOSE: { kind: 'unselect' },
  STARTTLS: { kind: 'starttls' },
  UNAUTHENTICATE: { kind: 'unauthenticate' },
  ENABLE: { kind: 'enable', extensions: [] },
  LOGOUT: { kind: 'logout' },
}

/** Plays lines: `C: NAME` sends a command, `S: …` is an untagged response, `S: NAME OK …` ends the command. */
function play(...lines: string[]): { state: ConnectionState; events: [string, unknown][] } {
  const events: [string, unknown][] = []
  const state = new ConnectionState((names) => ([...names].includes('QRESYNC') ? ['CONDSTORE'] : []), {
    listens: () => true,
    event: <K extends keyof ImapEvents>(event: K, ...payload: ImapEvents[K]) => void events.push([event, payload[0]]),
  })
  more(state, ...lines)
  return { state, events }
}

function more(state: ConnectionState, ...lines: string[]): void {
  for (const line of lines) {
    const text = line.slice(3)
    if (line.startsWith('C:')) state.sent(effects[text])
    else if (line.startsWith('G:')) state.greeting(readResponse({ text, literals: [] }) as StatusResponse)
    else if (text.startsWith('*')) state.untagged(readResponse({ text, literals: [] }) as Untagged)
    else state.completed(effects[text.split(' ')[0]!], readResponse({ text, literals: [] }) as Tagged)
  }
}

const SELECTED = [
  'G: * PREAUTH hi',
  'C: SELECT',
  'S: * 3 EXISTS',
  'S: * OK [UIDVALIDITY 7] ok',
  'S: SELECT OK [READ-WRITE] done',
]
const names = (events: [string, unknown][]): string[] => events.map(([name]) => name)

describe('the states of RFC 9051 §3', () => {
  it.each([
    [['G: * OK hi'], 'not-authenticated'],
    [['G: * PREAUTH hi'], 'authenticated'],
    [['G: * OK hi', 'C: LOGIN', 'S: LOGIN OK in'], 'authenticated'],
    [['G: * OK hi', 'C: LOGIN', 'S: LOGIN NO out'], 'not-authenticated'],
    [SELECTED, 'selected'],
    [[...SELECTED, 'C: CLOSE', 'S: CLOSE OK'], 'authenticated'],
    [[...SELECTED, 'C: CLOSE', 'S: CLOSE NO'], 'selected'],
    [[...SELECTED, 'C: EXAMINE', 'S: EXAMINE NO gone'], 'authenticated'],
    [[...SELECTED, 'C: EXAMINE', 'S: EXAMINE BAD what'], 'selected'],
    [[...SELECTED, 'C: EXAMINE', 'S: * OK [CLOSED] was', 'S: EXAMINE BAD what'], 'authenticated'],
    [[...SELECTED, 'S: * OK [CLOSED] the mailbox is gone'], 'authenticated'],
    [[...SELECTED, 'C: UNAUTHENTICATE', 'S: UNAUTHENTICATE OK'], 'not-authenticated'],
    [[...SELECTED, 'C: LOGOUT', 'S: * BYE', 'S: LOGOUT OK'], 'logout'],
    [[...SELECTED, 'S: * BYE'], 'logout'],
    [[...SELECTED, 'C: LOGOUT', 'S: LOGOUT OK'], 'logout'],
  ])('%j leads to %s', (lines, name) => {
    expect(play(...lines).state.name).toBe(name)
  })

  it('tells every change, and the end', () => {
    const { state, events } = play(...SELECTED, 'C: EXAMINE', 'S: EXAMINE NO')
    state.lost()
    state.lost()
    expect(events).toEqual([
      ['state', { from: 'not-authenticated', to: 'authenticated' }],
      ['state', { from: 'authenticated', to: 'selected' }],
      ['state', { from: 'selected', to: 'authenticated' }],
      ['state', { from: 'authenticated', to: 'logout' }],
    ])
    expect(state.selection).toBeNull()
  })
})

describe('capabilities', () => {
  it.each([
    [['G: * OK [CAPABILITY IMAP4rev1 IDLE] hi'], ['IMAP4REV1', 'IDLE']],
    [['G: * OK [CAPABILITY A] hi', 'C: LOGIN', 'S: LOGIN OK in'], []],
    [['G: * OK [CAPABILITY A] hi', 'C: LOGIN', 'S: LOGIN OK [CAPABILITY B] in'], ['B']],
    [['G: * OK [CAPABILITY A] hi', 'C: LOGIN', 'S: * CAPABILITY C', 'S: LOGIN OK in'], ['C']],
    [['G: * OK [CAPABILITY A] hi', 'C: LOGIN', 'S: LOGIN NO out'], ['A']],
    [['G: * OK [CAPABILITY A] hi', 'C: STARTTLS', 'S: * CAPABILITY C', 'S: STARTTLS OK [CAPABILITY B] go'], []],
    [['G: * PREAUTH [CAPABILITY A] hi', 'C: UNAUTHENTICATE', 'S: UNAUTHENTICATE OK'], []],
    [['G: * OK hi', 'S: * CAPABILITY X', 'S: * CAPABILITY Y'], ['Y']],
  ])('%j leaves %j', (lines, expected) => {
    const { state } = play(...lines)
    expect([...state.capabilities]).toEqual(expected)
    expect(state.capabilities.known).toBe(expected.length > 0)
  })

  it('can be dropped, and include others', () => {
    const { state, events } = play('G: * OK [CAPABILITY QRESYNC] hi')
    expect(state.capabilities.has('condstore')).toBe(true)
    expect(events).toEqual([['capability', { capabilities: new Set(['QRESYNC']) }]])
    state.dropCapabilities()
    expect(state.capabilities.known).toBe(false)
  })

  it('collects what is enabled, and forgets it at UNAUTHENTICATE', () => {
    const { state } = play(
      'G: * PREAUTH hi',
      'C: ENABLE',
      'S: * ENABLED qresync',
      'S: ENABLE OK',
      'S: * ENABLED IMAP4rev2',
    )
    expect([...state.enabled]).toEqual(['QRESYNC', 'CONDSTORE', 'IMAP4REV2'])
    expect(state.utf8).toBe(true)
    more(state, 'C: UNAUTHENTICATE', 'S: UNAUTHENTICATE OK')
    expect(state.enabled.size).toBe(0)
    expect(state.utf8).toBe(false)
  })
})

describe('the selected mailbox', () => {
  it('is what SELECT told, without events of its own', () => {
    const { state, events } = play(
      'G: * PREAUTH hi',
      'C: SELECT',
      'S: * FLAGS (\\Seen x)',
      'S: * 172 EXISTS',
      'S: * 1 RECENT',
      'S: * OK [UNSEEN 12] first',
      'S: * OK [UIDVALIDITY 3857529045] valid',
      'S: * OK [UIDNEXT 4392] next',
      'S: * OK [PERMANENTFLAGS (\\Deleted)] limited',
      'S: * OK [HIGHESTMODSEQ 715194045007] high',
      'S: * NO [UIDNOTSTICKY] no',
      'S: SELECT OK [READ-WRITE] done', // prettier-ignore
    )
    expect(state.selection).toMatchObject({
      name: 'A',
      readOnly: false,
      stale: false,
      exists: 172,
      recent: 1,
      unseen: 12,
      uidValidity: 3857529045,
      uidNext: 4392,
      highestModSeq: 715194045007n,
      flags: ['\\Seen', 'x'],
      permanentFlags: ['\\Deleted'],
      uidNotSticky: true,
      noModSeq: false, // prettier-ignore
    })
    expect(names(events)).toEqual(['state', 'state'])
    more(state, 'S: * OK [HIGHESTMODSEQ 5] lower', 'S: * OK [NOMODSEQ] none', 'S: * OK [READ-ONLY] now')
    expect(state.selection).toMatchObject({ highestModSeq: 5n, noModSeq: true, readOnly: true })
  })

  it.each([
    ['nothing while no tagged response has come', ['S: * 1 FETCH (MODSEQ (103))'], 90n],
    [
      'what messages showed, at a tagged response',
      ['S: * 1 FETCH (MODSEQ (103))', 'S: * 2 FETCH (MODSEQ (101))', 'S: NOOP OK'],
      103n,
    ],
    [
      'what the server states, even when messages showed more',
      ['S: * 1 FETCH (MODSEQ (103))', 'S: * OK [HIGHESTMODSEQ 99] later', 'S: NOOP OK'],
      99n,
    ],
    ['what the tagged response states', ['S: * 3 FETCH (MODSEQ (104))', 'S: NOOP OK [HIGHESTMODSEQ 99] still'], 99n],
    [
      'nothing of a tagged response before',
      ['S: * 1 FETCH (MODSEQ (80))', 'S: NOOP OK', 'S: * OK [HIGHESTMODSEQ 60] x', 'S: NOOP OK'],
      60n,
    ],
  ])('takes for its HIGHESTMODSEQ %s (RFC 7162 §6)', (_, lines, expected) => {
    const { state } = play(
      'G: * PREAUTH hi',
      'C: SELECT',
      'S: * 3 EXISTS',
      'S: * OK [HIGHESTMODSEQ 90] x',
      'S: SELECT OK',
      ...lines,
    )
    expect(state.selection?.highestModSeq).toBe(expected)
  })

  it('has no HIGHESTMODSEQ where the server states none', () => {
    expect(
      play(...SELECTED, 'S: * 1 FETCH (MODSEQ (103))', 'S: NOOP OK').state.selection?.highestModSeq,
    ).toBeUndefined()
  })

  it('is read-only by EXAMINE and by the code, and takes all flags to be permanent unless it is told', () => {
    expect(play('G: * PREAUTH hi', 'C: EXAMINE', 'S: EXAMINE OK').state.selection?.readOnly).toBe(true)
    const { state } = play('G: * PREAUTH hi', 'C: SELECT', 'S: * FLAGS (a)', 'S: SELECT OK [READ-ONLY] done')
    expect(state.selection).toMatchObject({ readOnly: true, permanentFlags: ['a'] })
  })

  it('has a new serial each time', () => {
    const { state } = play(...SELECTED)
    const first = state.selection?.serial
    more(state, 'C: SELECT', 'S: * OK [CLOSED]', 'S: * 1 EXISTS', 'S: SELECT OK')
    expect(state.selection?.serial).not.toBe(first)
    expect(state.selection?.exists).toBe(1)
  })

  it('takes data before CLOSED for the old one', () => {
    const { state } = play(
      ...SELECTED,
      'C: EXAMINE',
      'S: * 99 EXISTS',
      'S: * OK [UIDVALIDITY 9] x',
      'S: * OK [CLOSED]',
      'S: * 1 EXISTS',
    )
    expect(state.selection).toBeNull()
    expect(state.mailbox).toBeUndefined()
    more(state, 'S: EXAMINE OK')
    expect(state.selection).toMatchObject({ name: 'B', exists: 1, uidValidity: undefined })
    expect(state.mailbox).toBe('B')
  })

  it('takes data for the new one where the server sends no CLOSED', () => {
    const { state, events } = play(
      ...SELECTED,
      'C: EXAMINE',
      'S: * 9 EXISTS',
      'S: * 1 EXPUNGE',
      'S: * VANISHED 5',
      'S: EXAMINE OK',
    )
    expect(state.selection).toMatchObject({ name: 'B', exists: 7 })
    expect(names(events)).toEqual(['state', 'state'])
  })

  it('becomes stale when UIDVALIDITY changes', () => {
    const { state, events } = play(...SELECTED, 'S: * 1 FETCH (UID 5)')
    more(state, 'S: * OK [UIDVALIDITY 7] same')
    expect(state.selection?.stale).toBe(false)
    more(state, 'S: * OK [UIDVALIDITY 8] other', 'S: * OK [UIDVALIDITY 9] other')
    expect(state.selection).toMatchObject({ stale: true, uidValidity: 9 })
    expect(state.uidOf(1)).toBeUndefined()
    expect(names(events).filter((name) => name === 'warning')).toHaveLength(1)
  })

  it.each([
    ['MAILBOXID (F2212ea87-6097)', 'F2212ea87-6097'],
    ['MAILBOXID nonsense with spaces', undefined],
    ['OBJECTID (ACCOUNTID u1 MAILBOXID F22)', 'F22'],
    ['OBJECTID (ACCOUNTID u1)', undefined],
  ])('has the id %s', (text, id) => {
    expect(
      play('G: * PREAUTH hi', 'C: SELECT', `S: * OK [${text}] ok`, 'S: SELECT OK').state.selection?.mailboxId,
    ).toBe(id)
  })

  it('raises UIDNEXT with the UIDs that it sees', () => {
    const { state } = play(...SELECTED, 'S: * OK [UIDNEXT 10] x', 'S: * 3 FETCH (UID 12)', 'S: * 1 FETCH (UID 2)')
    expect(state.selection?.uidNext).toBe(13)
  })

  it('is not there for data that come while nothing is selected', () => {
    const { state, events } = play(
      'G: * PREAUTH hi',
      'S: * 3 EXISTS',
      'S: * 1 EXPUNGE',
      'S: * VANISHED 3',
      'S: * 1 FETCH (UID 3)',
      'S: * 1 RECENT',
      'S: * FLAGS (a)',
      'S: * OK [UIDNEXT 3] x',
    )
    expect(state.selection).toBeNull()
    expect(names(events)).toEqual(['state'])
  })
})

describe('events', () => {
  const after = (...lines: string[]): [string, unknown][] => play(...SELECTED, ...lines).events.slice(2)

  it.each([
    [['S: * 5 EXISTS'], [['exists', { mailbox: 'A', count: 5, previous: 3 }]]],
    [['S: * 3 EXISTS'], []],
    [['S: * 2 EXPUNGE'], [['expunge', { mailbox: 'A', seq: 2 }]]],
    [
      ['S: * 1 FETCH (UID 4)', 'S: * 2 FETCH (UID 8)', 'S: * 1 EXPUNGE', 'S: * 1 EXPUNGE'],
      [
        ['expunge', { mailbox: 'A', seq: 1, uid: 4 }],
        ['expunge', { mailbox: 'A', seq: 1, uid: 8 }],
      ],
    ],
    [['S: * OK [ALERT] hot'], [['alert', { text: 'hot' }]]],
    [
      ['S: * BYE later'],
      [
        ['bye', { text: 'later' }],
        ['state', { from: 'selected', to: 'logout' }],
      ],
    ],
    [['S: * VANISHED (EARLIER) 1:3'], []],
  ])('%j tell %j', (lines, expected) => {
    expect(after(...lines)).toEqual(expected)
  })

  it('tell each message of VANISHED, with its number where that is known', () => {
    const events = after('S: * 2 FETCH (UID 8)', 'S: * VANISHED 5,8')
    expect(events.slice(0, 2)).toEqual([
      ['expunge', { mailbox: 'A', seq: 2, uid: 8 }],
      ['expunge', { mailbox: 'A', uid: 5 }],
    ])
    expect(String((events[2]?.[1] as { uids: unknown }).uids)).toBe('5,8')
    expect(names(after('S: * VANISHED 1:4000000000'))).toEqual(['vanished'])
  })

  it('warn of what a server must not do, and of nothing else', () => {
    expect(names(after('S: * 2 EXISTS'))).toEqual(['warning', 'exists'])
    expect(names(after('S: * 4 EXPUNGE'))).toEqual(['warning'])
    expect(names(after('S: * 1 FETCH (UID 9)', 'S: * 1 FETCH (UID 8)'))).toEqual(['warning'])
  })

  it('keep the number of a message that is just being expunged', () => {
    const { state } = play(...SELECTED, 'S: * 1 FETCH (UID 4)', 'S: * 2 FETCH (UID 8)', 'S: * 1 EXPUNGE')
    expect(state.uidOf(1)).toBe(4)
    more(state, 'S: * OK next')
    expect(state.uidOf(1)).toBe(8)
  })
})
