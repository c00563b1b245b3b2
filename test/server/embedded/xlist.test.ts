import { describe, expect, it } from 'vitest'
import { capabilities, scene, tagged, without } from './tools.js'

const use = (specialUse: string) => ({ specialUse })
const box = {
  Mail: { selectable: false },
  'Mail/All': use('\\All'),
  'Mail/Junk': use('\\Junk'),
  'Mail/Stars': use('\\Flagged'),
  Sent: use('\\Sent'),
  Äther: [],
}

describe('XLIST', () => {
  it('tells special uses under its own names', async () => {
    await using at = await scene(box)
    expect(await capabilities(at.client)).toContain('XLIST')
    expect(await at.client.ok('XLIST "" "*"')).toEqual([
      '* XLIST (\\HasNoChildren \\Inbox) "/" INBOX',
      '* XLIST (\\Noselect \\HasChildren) "/" Mail',
      '* XLIST (\\HasNoChildren \\AllMail) "/" Mail/All',
      '* XLIST (\\HasNoChildren \\Spam) "/" Mail/Junk',
      '* XLIST (\\HasNoChildren \\Starred) "/" Mail/Stars',
      '* XLIST (\\HasNoChildren \\Sent) "/" Sent',
      '* XLIST (\\HasNoChildren) "/" &AMQ-ther',
    ])
    expect(await at.client.ok('XLIST Mail/ %s')).toEqual(['* XLIST (\\HasNoChildren \\Starred) "/" Mail/Stars'])
    for (const broken of ['XLIST', 'XLIST ""', 'XLIST "" % RETURN (SUBSCRIBED)', 'XLIST (SUBSCRIBED) "" %']) {
      expect(`${broken}: ${await tagged(at.client, broken)}`).toMatch(/: BAD /)
    }
  })

  it('is not there unless it is offered', async () => {
    await using at = await scene(box, { capabilities: without('XLIST') })
    expect(await tagged(at.client, 'XLIST "" %')).toMatch(/^BAD /)
  })
})
