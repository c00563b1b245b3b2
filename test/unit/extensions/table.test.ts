import { expect, it } from 'vitest'
import { extensions } from '../../../src/extensions/index.js'
import type { Extension } from '../../../src/extensions/extension.js'

const INTRODUCTION = `# Extensions

Every capability that imapkit knows, made from the records in \`src/extensions\`. A call that a server cannot answer rejects
with \`CapabilityError\` before anything is sent. "Tested on" names the servers against which the extension was tried:
\`embedded\` is the server of \`imapkit/testing\`, \`transcript\` a dialogue played back.

IMAP URLs (RFC 5092, RFC 5593) have no capability: \`parseImapUrl\`, \`formatImapUrl\`, \`resolveImapUrl\`, and
\`client.fetchUrl\` for what one names.

`

function specification({ spec }: Extension): string {
  if (spec === 'none') return 'none public'
  if (typeof spec === 'string') return spec
  return spec.map((rfc) => `[RFC ${rfc}](https://www.rfc-editor.org/rfc/rfc${rfc})`).join(', ')
}

const code = (text: string): string => (text === 'automatic' ? text : `\`${text.replaceAll('|', '\\|')}\``)

function row(one: Extension): string {
  const told = one.note === undefined ? one.summary : `${one.summary} ${one.note}`
  const cells = [`\`${one.capability}\``, specification(one), told, code(one.usage), one.tested.join(', ') || '–']
  return `| ${cells.join(' | ')} |`
}

/** Run \`npx vitest run --config test/vitest.config.ts -u test/unit/extensions/table.test.ts\` to write the page anew. */
it('docs/extensions.md says what the records say', async () => {
  const sorted = extensions.toSorted((a, b) => (a.capability.toUpperCase() < b.capability.toUpperCase() ? -1 : 1))
  const head = ['capability', 'specification', 'what you get', 'how to call it', 'tested on']
  const lines = [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...sorted.map(row)]
  await expect(`${INTRODUCTION}${lines.join('\n')}\n`).toMatchFileSnapshot('../../../docs/extensions.md')
})
