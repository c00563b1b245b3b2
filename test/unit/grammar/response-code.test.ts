import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { coreCodeReaders } from '../../../src/grammar/response-code.js'
import type { ProtocolError } from '../../../src/model/errors.js'
import { PLAIN_CODES, type ResponseCode } from '../../../src/model/response-code.js'
import { readResponse } from '../../../src/protocol.js'
import { Framer } from '../../../src/wire/framer.js'
import { DEFAULT_LIMITS } from '../../../src/wire/limits.js'

/** The code of `* OK [text] rest`, what followed it, and what was warned of. */
function read(text: string): { code: ResponseCode | null; rest: string; warnings: string[] } {
  const warnings: string[] = []
  let found: { code: ResponseCode | null; rest: string } | undefined
  const warn = (error: ProtocolError): void => void warnings.push(error.message)
  const framer = new Framer(
    {
      literal: () => undefined,
      response: (frame) => {
        const response = readResponse(frame, { warn })
        if (response.kind !== 'untagged' || response.type !== 'OK') throw new Error('An OK was expected')
        found = { code: response.code, rest: response.text }
      },
    },
    DEFAULT_LIMITS,
  )
  framer.push(Buffer.from(`* OK [${text}] rest\r\n`))
  if (found === undefined) throw new Error('No response came')
  return { ...found, warnings }
}

describe('response codes', () => {
  it.each(PLAIN_CODES)('%s has nothing but its name, and a server may add to it', (name) => {
    expect(read(name)).toEqual({ code: { name }, rest: 'rest', warnings: [] })
    expect(read(`${name.toLowerCase()} more "]" words`)).toEqual({ code: { name }, rest: 'rest', warnings: [] })
  })

  it('no name is both plain and read with data', () => {
    const plain: readonly string[] = PLAIN_CODES
    expect(Object.keys(coreCodeReaders).filter((name) => plain.includes(name))).toEqual([])
  })

  it.each([
    'ANNOTATE TOOLONG',
    'ANNOTATIONS',
    'ANNOTATIONS SOME',
    'ANNOTATIONS 20480 PRIVATE',
    'BADEVENT',
    'BADPARAMETERS "text/html"',
    'BADURL',
    'INPROGRESS ("a" 1)',
    'INPROGRESS ("a" 2 1)',
    'INPROGRESS ("a" 0 0)',
    'INPROGRESS ("a" NIL 7)',
    'INPROGRESS ("a" 4294967296 NIL)',
    'MAILBOXID (a b)',
    'MAILBOXID (a/b)',
    'MAXCONVERTMESSAGES many',
    'MAXCONVERTPARTS',
    'MESSAGELIMIT',
    'MESSAGELIMIT 1000 0',
    'MESSAGELIMIT 1000 7 8',
    'METADATA',
    'METADATA MAXSIZE',
    'METADATA OTHER',
    'NEWNAME one',
    'NOUPDATE',
    'OBJECTID F22',
    'REFERRAL',
    'UNDEFINED-FILTER',
    'URLMECH',
    'WEBALERT',
  ])('[%s] is kept as text, and warned of', (text) => {
    const [, atom = '', data = ''] = /^(\S+) ?(.*)$/.exec(text) ?? []
    const { code, rest, warnings } = read(text)
    expect({ code, rest }).toEqual({ code: { name: 'OTHER', atom, text: data }, rest: 'rest' })
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(atom)
  })

  it('a code that nobody knows is kept without a warning', () => {
    expect(read('X-Toy (a "]" b)')).toEqual({
      code: { name: 'OTHER', atom: 'X-TOY', text: '(a "]" b)' },
      rest: 'rest',
      warnings: [],
    })
  })

  it.each([
    ['MAILBOXID F22', { name: 'MAILBOXID', mailboxId: 'F22' }],
    ['mailboxid ( F22 ) ', { name: 'MAILBOXID', mailboxId: 'F22' }],
    ['BADEVENT MessageNew FlagChange', { name: 'BADEVENT', events: ['MessageNew', 'FlagChange'] }],
    ['NOUPDATE B02', { name: 'NOUPDATE', tag: 'B02' }],
    ['METADATA maxsize 7', { name: 'METADATA', problem: 'MAXSIZE', size: 7 }],
    [
      'urlmech internal xsample=aGk=',
      { name: 'URLMECH', mechanisms: [{ name: 'INTERNAL' }, { name: 'XSAMPLE', data: 'aGk=' }] },
    ],
    ['BADURL "imap://a/[]"', { name: 'BADURL', url: 'imap://a/[]' }],
    ['INPROGRESS (NIL 3 3)', { name: 'INPROGRESS', tag: null, done: 3, goal: 3 }],
  ])('[%s] is read leniently', (text, code) => {
    expect(read(text)).toEqual({ code, rest: 'rest', warnings: [] })
  })
})
