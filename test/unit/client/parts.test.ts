import { describe, expect, it } from 'vitest'
import { findPart, parts } from '../../../src/client/parts.js'
import type { BodyStructure, MultiPart, SinglePart } from '../../../src/model/body-structure.js'

const base = {
  parameters: new Map<string, string>(),
  disposition: null,
  dispositionParameters: new Map<string, string>(),
  language: [],
  location: null,
}

function single(part: string, type: string, more: Partial<SinglePart> = {}): SinglePart {
  return {
    ...base,
    kind: 'single',
    part,
    type,
    id: null,
    description: null,
    encoding: '7bit',
    size: 10,
    lines: null,
    md5: null,
    envelope: null,
    body: null,
    ...more,
  }
}

function multi(part: string, type: string, ...children: readonly BodyStructure[]): MultiPart {
  return { ...base, kind: 'multipart', part, type, children }
}

const named = (filename: string) => ({
  disposition: 'attachment',
  dispositionParameters: new Map([['filename', filename]]),
})

const report = multi(
  '',
  'multipart/mixed',
  multi(
    '1',
    'multipart/related',
    multi(
      '1.1',
      'multipart/alternative',
      single('1.1.1', 'text/plain', { parameters: new Map([['charset', 'utf-8']]) }),
      single('1.1.2', 'text/html'),
    ),
    single('1.2', 'image/png', { id: '<logo@example.org>' }),
  ),
  single('2', 'application/pdf', named('../../re:port.pdf')),
  single('3', 'message/rfc822', {
    body: multi('3', 'multipart/mixed', single('3.1', 'text/plain'), single('3.2', 'image/gif')),
  }),
)

describe('parts', () => {
  it('sorts a message into what is shown and what is attached', () => {
    expect(parts(report)).toEqual({
      text: { part: '1.1.1', type: 'text/plain', charset: 'utf-8', size: 10 },
      html: { part: '1.1.2', type: 'text/html', size: 10 },
      inline: [{ part: '1.2', type: 'image/png', contentId: 'logo@example.org', size: 10 }],
      attachments: [
        {
          part: '2',
          type: 'application/pdf',
          filename: '_.._re_port.pdf',
          size: 10,
        },
        { part: '3', type: 'message/rfc822', size: 10 },
      ],
    })
  })

  it('takes a single part for the text or the attachment that it is', () => {
    expect(parts(single('1', 'text/plain'))).toEqual({
      text: { part: '1', type: 'text/plain', size: 10 },
      attachments: [],
      inline: [],
    })
    expect(parts(single('1', 'application/zip')).attachments).toHaveLength(1)
  })

  it('takes text that was attached, or has a file name, for an attachment', () => {
    const found = parts(
      multi(
        '',
        'multipart/mixed',
        single('1', 'text/plain', { disposition: 'attachment' }),
        single('2', 'text/plain', { parameters: new Map([['name', 'notes.txt']]) }),
        single('3', 'text/plain'),
        single('4', 'text/plain'),
      ),
    )
    expect(found.attachments.map(({ part }) => part)).toEqual(['1', '2'])
    expect(found.text?.part).toBe('3')
    expect(found.inline.map(({ part }) => part)).toEqual(['4'])
  })

  it('prefers the name of the disposition', () => {
    const part = single('1', 'image/png', { ...named('new.png'), parameters: new Map([['name', 'old.png']]) })
    expect(parts(part).attachments[0]?.filename).toBe('new.png')
  })

  it('has nothing to say of a multipart without children', () => {
    expect(parts(multi('', 'multipart/mixed'))).toEqual({ attachments: [], inline: [] })
  })
})

describe('findPart', () => {
  it.each([
    ['', 'multipart/mixed'],
    ['1', 'multipart/related'],
    ['1.1.2', 'text/html'],
    ['2', 'application/pdf'],
    ['3', 'message/rfc822'],
    ['3.2', 'image/gif'],
  ])('finds %s', (path, type) => {
    expect(findPart(report, path)?.type).toBe(type)
  })

  it.each(['4', '1.3', '1.1.1.1', '2.1', '3.3', '11'])('finds no %s', (path) => {
    expect(findPart(report, path)).toBeUndefined()
  })
})
