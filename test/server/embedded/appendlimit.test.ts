import { describe, expect, it } from 'vitest'
import { capabilities, scene, tagged, without } from './tools.js'

describe('APPENDLIMIT (RFC 7889)', () => {
  it('is one number for all mailboxes: the limit of literals, unless another is set', async () => {
    await using plain = await scene()
    expect(await capabilities(plain.client)).toContain('APPENDLIMIT=67108864')
    await using at = await scene({ box: [] }, { extensions: { appendLimit: 20 } })
    expect(await capabilities(at.client)).toContain('APPENDLIMIT=20')
    expect(await at.client.ok('STATUS box (APPENDLIMIT MESSAGES)')).toEqual([
      '* STATUS box (APPENDLIMIT 20 MESSAGES 0)',
    ])
    expect(await at.client.ok('LIST "" b% RETURN (STATUS (APPENDLIMIT))')).toEqual([
      '* LIST (\\HasNoChildren) "/" box',
      '* STATUS box (APPENDLIMIT 20)',
    ])
  })

  it('refuses what is larger, ahead of the literal where it can', async () => {
    await using at = await scene({}, { extensions: { appendLimit: 20 } })
    expect(await tagged(at.client, 'APPEND INBOX (\\Seen) {21}')).toMatch(/^NO \[TOOBIG\]/)
    expect(await tagged(at.client, `APPEND INBOX {21+}\r\n${'x'.repeat(21)}`)).toMatch(/^NO \[TOOBIG\]/)
    expect(await tagged(at.client, `APPEND INBOX {20+}\r\n${'x'.repeat(20)}`)).toMatch(/^OK /)
    at.server.setCapabilities((all) => [...all.filter((each) => !each.startsWith('APPENDLIMIT')), 'APPENDLIMIT=0'])
    expect(await tagged(at.client, 'APPEND INBOX {1}')).toMatch(/^NO \[TOOBIG\]/)
  })

  it('may be a matter of the mailbox', async () => {
    await using at = await scene({ small: [] }, { extensions: { appendLimit: { small: 3 } } })
    expect(await capabilities(at.client)).toContain('APPENDLIMIT')
    expect(await at.client.ok('STATUS small (APPENDLIMIT)')).toEqual(['* STATUS small (APPENDLIMIT 3)'])
    expect(await at.client.ok('STATUS INBOX (APPENDLIMIT)')).toEqual(['* STATUS INBOX (APPENDLIMIT NIL)'])
    expect(await tagged(at.client, 'APPEND small {4}')).toMatch(/^NO \[TOOBIG\]/)
    expect(await tagged(at.client, 'APPEND INBOX {4+}\r\nabcd')).toMatch(/^OK /)
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene({}, { extensions: { appendLimit: 3 }, capabilities: without('APPENDLIMIT=3') })
    expect(await tagged(at.client, 'STATUS INBOX (APPENDLIMIT)')).toMatch(/^BAD /)
    expect(await tagged(at.client, 'APPEND INBOX {4+}\r\nabcd')).toMatch(/^OK /)
  })
})
