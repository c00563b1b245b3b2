import { describe, expect, it } from 'vitest'
import { SIEVE_SCRIPT_ENTRY, sieveServer } from '../../../src/extensions/imapsieve.js'
import { extensions } from '../../../src/extensions/index.js'
import { Capabilities } from '../../../src/model/capabilities.js'

/** The private capabilities that the servers of the tests announce, and those that others were seen to announce. */
const ANNOUNCED = `
  ACL2=UNION DIGEST=SHA1 FILTER=SIEVE IMAPSIEVE=sieve://127.0.0.1:4190 KEYWORDS NO_ATOMIC_RENAME SCAN SMAP1 SORT=MODSEQ
  SORT=UID X-APPLE-REMOTE-LINKS X-CREATEDMODSEQ X-GM-EXT-1 X-MOVE X-QUOTA=STORAGE X-QUOTA=X-NUM-FOLDERS X-REPLACE
  X-REPLICATION X-SIEVE-MAILBOX X-SUN-IMAP X-SUN-SORT XAPPLELITERAL XAPPLEPUSHSERVICE XCONVERSATIONS XCOURIEROUTBOX XLIST
  XMAGICTRASH XMOVE XMSEARCH XSNIPPETS XUM1 XYMHIGHESTMODSEQ
`
  .trim()
  .split(/\s+/)

/** Whether a record is about a capability; one that ends in `=` is about all values. */
function isKnown(name: string): boolean {
  const upper = name.toUpperCase()
  return extensions.some(({ capability }) => {
    const record = capability.toUpperCase()
    return record === upper || upper.startsWith(record.endsWith('=') ? record : `${record}=`)
  })
}

describe('private capabilities', () => {
  it.each(ANNOUNCED)('%s is known', (name) => {
    expect(isKnown(name)).toBe(true)
  })

  it('no other name counts as known', () => {
    expect(['X-GM', 'SORT2', 'X-TOY', 'DIGEST'].filter(isKnown)).toEqual([])
  })

  it('what has no public grammar has no syntax here', () => {
    const none = extensions.filter((one) => one.spec === 'none')
    expect(none.length).toBeGreaterThan(20)
    const texts = new Set(['capability', 'spec', 'summary', 'usage', 'note', 'tested', 'examples'])
    for (const one of none) {
      expect(
        Object.keys(one).filter((key) => !texts.has(key)),
        one.capability,
      ).toEqual([])
    }
  })
})

describe('IMAPSIEVE=', () => {
  it.each([
    ['IMAPSIEVE=sieve://Mail.Example.org:4190', 'sieve://mail.example.org:4190'],
    ['IMAPSIEVE=', undefined],
    ['METADATA', undefined],
  ])('%s has its scripts at %s', (name, url) => {
    expect(sieveServer(new Capabilities([name]))).toBe(url)
  })

  it('has one entry (RFC 6785 §7.4)', () => {
    expect(SIEVE_SCRIPT_ENTRY).toBe('/shared/imapsieve/script')
  })
})
