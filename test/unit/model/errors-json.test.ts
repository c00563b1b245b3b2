import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { IncompleteFetchError, PartialResultError, ResponseError } from '../../../src/model/errors.js'
import { emptyFetchData } from '../../../src/model/message.js'

describe('errors in logs', () => {
  it('says what JSON cannot say as text', () => {
    const error = new ResponseError('NO', 'no', { responseCode: { name: 'HIGHESTMODSEQ', modSeq: 715_194_045_007n } })
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'ResponseError',
      code: 'ERR_IMAP_NO',
      message: 'no',
      retryable: false,
      responseCode: { name: 'HIGHESTMODSEQ', modSeq: '715194045007' },
    })
  })

  it('keeps mail out', () => {
    const data = { ...emptyFetchData(), flags: ['private-flag'] }
    const incomplete = new IncompleteFetchError('incomplete', [data])
    const partial = new PartialResultError('partial', { done: '1', remaining: '2', results: ['private-result'] })
    for (const error of [incomplete, partial]) {
      expect(inspect(error, { depth: 9 })).not.toContain('private')
      expect(JSON.stringify(error)).not.toContain('private')
    }
    expect(incomplete.messages).toEqual([data])
    expect(partial.results).toEqual(['private-result'])
  })
})
