import { describe, expect, it } from 'vitest'
import { searchProgram } from '../../../src/commands/search-program.js'
import { ArgumentError } from '../../../src/model/errors.js'
import { answer, encode, type Server } from './helpers.js'

describe('a search as text', () => {
  it.each<[string, string, Server?]>([
    ['ALL', 'ALL'],
    ['OR  (SEEN UNDELETED) NOT FLAGGED', 'OR (SEEN UNDELETED) NOT FLAGGED'],
    ['HEADER X-A "b c" UID 1:*', 'HEADER X-A "b c" UID 1:*'],
    ['SUBJECT "a\\"b\\\\"', 'SUBJECT "a\\"b\\\\"'],
    ['SUBJECT {4+}\r\na\r\nb', 'SUBJECT {4+}\r\na\r\nb', { has: ['LITERAL+'] }],
    ['CHARSET utf-8 SUBJECT é', 'no word', {}],
    ['SUBJECT {2+}\r\né', 'CHARSET UTF-8 SUBJECT {2+}\r\n\xc3\xa9', { has: ['LITERAL+'] }],
    ['CHARSET "UTF-8" SUBJECT "é"', 'SUBJECT "\xc3\xa9"', { enabled: ['UTF8=ACCEPT'] }],
  ])('writes %j', (program, expected, server) => {
    if (expected === 'no word') expect(() => searchProgram(program)).toThrow(ArgumentError)
    else expect(encode(searchProgram(program), server)).toBe(`A1 UID SEARCH ${expected}\r\n`)
  })

  it.each([
    [['* SEARCH 1 2 9'], '1:2,9'],
    [['* SEARCH'], ''],
    [['* ESEARCH (TAG "A1") UID ALL 1:2,9'], '1:2,9'],
    [['* ESEARCH (TAG "A1") UID'], ''],
    [['* SEARCH 3', '* SEARCH 1'], '1,3'],
    [[], ''],
  ])('takes %j', (lines, expected) => {
    expect(answer(searchProgram('ALL'), lines).toString()).toBe(expected)
  })
})
