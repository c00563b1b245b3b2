import type { Extension } from './extension.js'

/** URL-PARTIAL: ranges of octets in the URLs of CATENATE and URLFETCH (RFC 5550 §5.7.1). */
export const urlPartial: Extension = {
  capability: 'URL-PARTIAL',
  spec: [5550],
  summary: 'Takes ranges of octets in the URLs of CATENATE and URLAUTH.',
  usage: "client.append('Drafts', { catenate: [{ url: '/Drafts/;UID=20/;SECTION=1/;PARTIAL=0.100' }] })",
  examples: ['rfc5550.txt'],
  tested: ['transcript', 'embedded', 'dovecot'],
}
