import { describe, expect, it } from 'vitest'
import { headers, section } from '../../../src/client/section.js'
import { ArgumentError } from '../../../src/model/errors.js'

describe('section', () => {
  it.each([
    ['', '', ''],
    ['1', '1', ''],
    ['1.2.3', '1.2.3', ''],
    ['HEADER', '', 'HEADER'],
    ['text', '', 'TEXT'],
    ['2.MIME', '2', 'MIME'],
    ['1.2.header', '1.2', 'HEADER'],
  ])('reads %j', (path, part, keyword) => {
    expect(section(path)).toMatchObject({ part, keyword })
  })

  it.each(['0', '1.', '.1', '1..2', 'MIME', 'BODY', 'HEADER.FIELDS', '1 2', '1]', '1\r\nA1 LOGOUT', '1.2.FOO', ' '])(
    'refuses %j',
    (path) => {
      expect(() => section(path)).toThrow(ArgumentError)
    },
  )

  it.each([
    [-1, 5],
    [0, 0],
    [0.5, 5],
    [0, 2 ** 32],
    [Number.NaN, 5],
  ])('refuses the octets %d, %d', (offset, count) => {
    expect(() => section('1', { offset, count })).toThrow(ArgumentError)
  })

  it('asks for some octets', () => {
    expect(section('1', { offset: 5, count: 10 }).partial).toEqual({ offset: 5, count: 10 })
  })
})

describe('headers', () => {
  it('asks for fields, or for all', () => {
    expect(headers('From', 'To')).toMatchObject({ part: '', keyword: 'HEADER', fields: ['From', 'To'] })
    expect(headers().fields).toBeUndefined()
  })

  it.each(['', 'a b', 'a:', 'a\r\nb', 'é', 'x\0'])('refuses the name %j', (name) => {
    expect(() => headers(name)).toThrow(ArgumentError)
  })
})
