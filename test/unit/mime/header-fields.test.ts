import { describe, expect, it } from 'vitest'
import { HeaderFields } from '../../../src/mime/header-fields.js'

const read = (text: string) => new HeaderFields(Buffer.from(text, 'latin1'))

describe('HeaderFields', () => {
  const header = read(
    'Received: one\r\nreceived: two\r\n three\r\nSubject: =?utf-8?Q?caf=C3=A9?=\r\nX-Empty:\r\nno field at all\r\n' +
      'Odd : value\r\n\r\nBody: no field\r\n',
  )

  it('finds fields without regard to case, the first one first', () => {
    expect(header.get('RECEIVED')).toBe('one')
    expect(header.getAll('Received')).toEqual(['one', 'two three'])
    expect(header.has('x-empty')).toBe(true)
    expect(header.get('x-empty')).toBe('')
    expect(header.get('x-none')).toBeUndefined()
    expect(header.getAll('x-none')).toEqual([])
  })

  it('decodes values and keeps them as they came', () => {
    expect(header.get('subject')).toBe('café')
    expect([...header].map(({ name, rawValue }) => [name, rawValue])).toEqual([
      ['Received', 'one'],
      ['received', 'two\r\n three'],
      ['Subject', '=?utf-8?Q?caf=C3=A9?='],
      ['X-Empty', ''],
      ['Odd', 'value'],
    ])
  })

  it('ends at the empty line', () => {
    expect(header.has('body')).toBe(false)
  })

  it('keeps the bytes', () => {
    const bytes = Buffer.from('A: b\r\n')
    expect(new HeaderFields(bytes).bytes).toBe(bytes)
  })

  it('has no names that objects have', () => {
    expect(read('').get('constructor')).toBeUndefined()
    expect(read('__proto__: x\r\n').get('__proto__')).toBe('x')
  })
})
