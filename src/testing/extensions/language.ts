import type { Arguments } from '../arguments.js'
import type { Completion, Feature } from '../feature.js'
import { no } from '../refusal.js'
import type { Session } from '../session.js'
import { utf8Octets } from '../syntax.js'
import { german } from './language-german.js'

const DEFAULT = 'i-default'

/** The languages by tag. What all texts are written in is English. */
const LANGUAGES: Readonly<Record<string, (text: string) => string>> = {
  EN: (text) => text,
  DE: (text) => utf8Octets(german(text)),
  [DEFAULT]: (text) => text,
}

/** language-range = (1*8ALPHA *("-" 1*8alphanum)) / "*" (RFC 4647 §2.1) */
function readRange(args: Arguments): string {
  args.sp()
  const start = args.pos
  const range = args.astring('a language').toString('latin1')
  if (/^(?:[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)$/.test(range)) return range
  args.pos = start
  throw args.expected('a language such as EN or DE-AT')
}

/** The language for a range: the range is cut from its end until one fits (RFC 4647 §3.4). */
function lookUp(range: string): string | null {
  if (range === '*' || range.toLowerCase() === 'default') return 'EN'
  for (let left = range; left !== ''; left = left.slice(0, Math.max(0, left.lastIndexOf('-')))) {
    const found = Object.keys(LANGUAGES).find((tag) => tag.toLowerCase() === left.toLowerCase())
    if (found !== undefined) return found
  }
  return null
}

/** language-cmd = "LANGUAGE" *(SP lang-range-quoted) */
function language(session: Session, args: Arguments): Completion {
  const ranges: string[] = []
  while (!args.atEnd) ranges.push(readRange(args))
  if (ranges.length === 0) {
    session.out.line(`* LANGUAGE (${Object.keys(LANGUAGES).join(' ')})`)
    return { text: 'Supported languages have been enumerated' }
  }
  const tag = ranges.map(lookUp).find((each) => each !== null)
  const translate = LANGUAGES[tag ?? '']
  if (tag === undefined || tag === null || translate === undefined) throw no('This language is not supported')
  session.translate = translate
  session.out.line(`* LANGUAGE (${tag})`)
  return { text: 'The language was changed' }
}

/** LANGUAGE (RFC 5255 §3). The namespaces of this server have no names in other languages. */
export const languageFeature: Feature = {
  capabilities: ['LANGUAGE'],
  commands: [{ name: 'LANGUAGE', states: ['any'], needs: ['LANGUAGE'], run: language }],
}
