import { describe, expect, it } from 'vitest'
import type { Traits } from '../../../src/commands/command.js'
import { canSend, type Pipelined } from '../../../src/connection/pipelining.js'
import type { StateName } from '../../../src/model/events.js'
import { savedResult, seqs, uids } from '../../../src/model/number-set.js'

const selected: readonly StateName[] = ['selected']
const any: readonly StateName[] = ['not-authenticated', 'authenticated', 'selected']
const loggedIn: readonly StateName[] = ['authenticated', 'selected']
const make = (traits: Traits | undefined, states = selected): Pipelined => ({
  states,
  ...(traits !== undefined && { traits }),
})

/** The commands of RFC 9051 §5.5, with the traits that they have by its rules. */
const commands: Record<string, Pipelined> = {
  FETCH: make({ seqArgs: true, noExpunge: true }),
  STORE: make({ seqArgs: true, noExpunge: true, flags: { access: 'write', set: seqs('1') } }),
  SEARCH: make({ seqArgs: true, noExpunge: true, answers: 'SEARCH' }),
  NOOP: make({}, any),
  CHECK: make({}),
  COPY: make({ seqArgs: true }),
  EXPUNGE: make({ answers: 'EXPUNGE' }),
  'UID FETCH': make({}),
  'UID FETCH 2': make({}),
  'UID SEARCH': make({ answers: 'SEARCH' }),
  'UID SEARCH 1:5': make({ seqArgs: true }),
  ESEARCH: make({}),
  IDLE: make({ exclusive: true }, loggedIn),
  LOGIN: make({ effect: { kind: 'authenticate' } }, any),
  SELECT: make({ effect: { kind: 'select', mailbox: 'a', readOnly: false } }, loggedIn),
  UNSELECT: make({ effect: { kind: 'unselect' } }),
  LIST: make({ answers: 'LIST' }, loggedIn),
  STATUS: make({}, loggedIn),
  UNKNOWN: make(undefined),
  'READ 1:9': make({ flags: { access: 'read', set: uids('1:9') } }),
  'READ 5': make({ flags: { access: 'read', set: uids('5') } }),
  'WRITE 5': make({ flags: { access: 'write', set: uids('5') } }),
  'WRITE 10': make({ flags: { access: 'write', set: uids('10') } }),
  'WRITE seq 10': make({ flags: { access: 'write', set: seqs('10') } }),
  'WRITE seq 11': make({ flags: { access: 'write', set: seqs('11') } }),
  'WRITE $': make({ flags: { access: 'write', set: savedResult } }),
  'BODY 1:5': make({ streams: { set: uids('1:5') } }),
  'BODY 5:6': make({ streams: { set: uids('5:6') } }),
  'BODY 6': make({ streams: { set: uids('6') } }),
}

/** Whether each command of a sequence may go while all before it are in flight. */
function goes(sequence: string): boolean {
  const names = sequence.split(' + ')
  return names.every((name, i) =>
    canSend(
      commands[name]!,
      names.slice(0, i).map((each) => commands[each]!),
    ),
  )
}

describe('the sequences of RFC 9051 §5.5', () => {
  it.each(['FETCH + NOOP + STORE', 'STORE + COPY + FETCH', 'COPY + COPY', 'CHECK + FETCH'])(
    '%s is invalid',
    (sequence) => {
      expect(goes(sequence)).toBe(false)
    },
  )

  it.each(['FETCH + STORE + SEARCH + NOOP', 'FETCH + STORE + SEARCH + CHECK', 'STORE + COPY + EXPUNGE'])(
    '%s is valid',
    (sequence) => {
      expect(goes(sequence)).toBe(true)
    },
  )

  it('lets the second of two UID SEARCH wait when it holds sequence numbers', () => {
    expect(goes('UID SEARCH + UID SEARCH 1:5')).toBe(false)
    expect(goes('FETCH + UID SEARCH 1:5')).toBe(true)
  })
})

describe('canSend', () => {
  it.each([
    ['UID FETCH + UID FETCH 2', true],
    ['UID SEARCH + UID SEARCH', false],
    ['UID SEARCH + ESEARCH', true],
    ['UID SEARCH + LIST', true],
    ['LIST + LIST', false],
    ['UID FETCH + FETCH', false],
    ['IDLE + NOOP', false],
    ['NOOP + IDLE', false],
    ['LOGIN + NOOP', false],
    ['NOOP + LOGIN', false],
    ['SELECT + FETCH', false],
    ['UID FETCH + SELECT', false],
    ['SELECT + SELECT', false],
    ['SELECT + UNSELECT', false],
    ['UNSELECT + SELECT', false],
    ['SELECT + STATUS', true],
    ['LIST + SELECT', true],
    ['UNKNOWN + NOOP', false],
    ['STATUS + UNKNOWN', false],
    ['READ 1:9 + READ 5', true],
    ['READ 1:9 + WRITE 5', false],
    ['WRITE 5 + READ 1:9', false],
    ['WRITE 5 + WRITE 5', false],
    ['WRITE 5 + WRITE 10', true],
    ['WRITE 5 + WRITE seq 10', false],
    ['WRITE seq 10 + WRITE seq 11', true],
    ['WRITE 5 + WRITE $', false],
    ['WRITE 10 + READ 1:9', true],
    ['BODY 1:5 + BODY 5:6', false],
    ['BODY 1:5 + BODY 6', true],
    ['BODY 1:5 + READ 1:9', true],
  ])('%s: %s', (sequence, expected) => {
    expect(goes(sequence)).toBe(expected)
  })

  it('selects another mailbox only when nothing can tell of the one that is selected', () => {
    const { SELECT, LIST } = commands
    expect(canSend(SELECT!, [LIST!], false)).toBe(true)
    expect(canSend(SELECT!, [LIST!], true)).toBe(false)
    expect(canSend(SELECT!, [], true)).toBe(true)
    expect(canSend(LIST!, [SELECT!], true)).toBe(true)
  })
})
