import { describe, expect, it } from 'vitest'
import { getQuota, getQuotaRoot, setQuota } from '../../../src/extensions/quota.js'
import { ArgumentError, CapabilityError, ResponseError } from '../../../src/model/errors.js'
import { answer, encode, Play, wrong } from '../commands/helpers.js'

describe('QUOTA on the wire', () => {
  it.each([
    [getQuota(''), 'GETQUOTA ""'],
    [getQuota('!partition/sda4'), 'GETQUOTA !partition/sda4'],
    [getQuota('User quota'), 'GETQUOTA "User quota"'],
    [getQuotaRoot('Entwürfe'), 'GETQUOTAROOT Entw&APw-rfe'],
    [setQuota('#user/alice', { STORAGE: 510, MESSAGE: 0 }), 'SETQUOTA #user/alice (STORAGE 510 MESSAGE 0)'],
    [setQuota('', {}), 'SETQUOTA "" ()'],
  ])('%#', (command, line) => {
    expect(encode(command, { has: ['QUOTA'] })).toBe(`A1 ${line}\r\n`)
  })

  it.each<[string, () => unknown]>([
    ['a root that is none', () => getQuota(wrong(null))],
    ['no name', () => getQuotaRoot('')],
    ['limits that are none', () => setQuota('', wrong('STORAGE 5'))],
    ['a negative limit', () => setQuota('', { STORAGE: -1 })],
    ['half a message', () => setQuota('', { MESSAGE: 0.5 })],
    ['a limit beyond 2^53-1', () => setQuota('', { STORAGE: 2 ** 53 })],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(ArgumentError)
  })

  it('refuses a resource that is no atom', () => {
    expect(() => encode(setQuota('', { 'A B': 1 }), { has: ['QUOTA'] })).toThrow(ArgumentError)
  })

  it('sets nothing on a server of RFC 9208 without QUOTASET', () => {
    const refused = { has: ['QUOTA', 'QUOTA=RES-MESSAGE'] }
    expect(() => encode(setQuota('', { MESSAGE: 1 }), refused)).toThrow(CapabilityError)
    expect(encode(setQuota('', { MESSAGE: 1 }), { has: [...refused.has, 'QUOTASET'] })).toContain('SETQUOTA')
  })
})

describe('the answers of QUOTA', () => {
  it('tells what is used of a root', () => {
    const { root, resources } = answer(getQuota(''), ['* QUOTA "" (storage 10 512 "X-NUM-FOLDERS" 3 -1)'])
    expect(root).toBe('')
    expect([...resources]).toEqual([
      ['STORAGE', { usage: 10, limit: 512 }],
      ['X-NUM-FOLDERS', { usage: 3, limit: 0 }],
    ])
  })

  it('takes the quota of the root that was asked for, the last one told', () => {
    const lines = ['* QUOTA b (STORAGE 1 2)', '* QUOTA a (STORAGE 3 4)', '* QUOTA a (STORAGE 5 6)', '* QUOTA c ()']
    expect(answer(getQuota('a'), lines).resources.get('STORAGE')).toEqual({ usage: 5, limit: 6 })
  })

  it('takes another form of the name when nothing else comes', () => {
    expect(answer(getQuota('user.Alice'), ['* QUOTA user.alice (STORAGE 1 2)'])).toMatchObject({ root: 'user.alice' })
  })

  it('knows no limits where none are told', () => {
    expect(answer(getQuota('a'), ['* QUOTA a ()']).resources.size).toBe(0)
    expect(answer(getQuota('ROOT'), ['* QUOTA "ROOT"'])).toEqual({ root: 'ROOT', resources: new Map() })
    expect(answer(getQuota('a'), [])).toEqual({ root: 'a', resources: new Map() })
  })

  it('tells the roots of a mailbox in order, and their quotas', () => {
    const lines = ['* QUOTAROOT INBOX "#user/alice" b', '* QUOTA "#user/alice" (MESSAGE 42 1000)', '* QUOTA b ()']
    const { roots, quotas } = answer(getQuotaRoot('INBOX'), lines)
    expect(roots).toEqual(['#user/alice', 'b'])
    expect(quotas.map((each) => each.root)).toEqual(roots)
    expect(answer(getQuotaRoot('x'), ['* QUOTAROOT x'])).toEqual({ roots: [], quotas: [] })
  })

  it('tells what holds after SETQUOTA, where the server does', () => {
    const command = setQuota('a', { STORAGE: 510 })
    expect(answer(command, ['* QUOTA a (STORAGE 58 512)'])?.resources.get('STORAGE')?.limit).toBe(512)
    expect(answer(command, [])).toBeUndefined()
  })

  it('rejects a refusal', () => {
    expect(() => new Play(setQuota('a', {})).send('* QUOTA a (STORAGE 1 2)', 'A1 NO no')).toThrow(ResponseError)
  })
})
