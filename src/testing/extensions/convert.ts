import type { Arguments } from '../arguments.js'
import type { Call, Completion, Feature } from '../feature.js'
import { cut, readPartial, readPartNumbers, readSection, sectionBytes } from '../fetch/section.js'
import { bad, no } from '../refusal.js'
import type { Session } from '../session.js'
import type { StoredMessage } from '../store/message.js'
import { literal, quoted } from '../syntax.js'
import { convertWords } from './convert-text.js'
import {
  checkParameters,
  ConversionError,
  CONVERSIONS,
  convert,
  PARAMETERS,
  structureOf,
  targetsOf,
  type Wanted,
} from './conversions.js'

const needs = ['CONVERT'] as const
/** type-name "/" subtype-name (RFC 4288 §4.2) */
const MEDIA_TYPE = /^[A-Za-z0-9!#$&.+^_-]{1,127}\/[A-Za-z0-9!#$&.+^_-]{1,127}$/

/** An item of CONVERT: its label, and its value; what it throws as a ConversionError becomes its value. */
interface ConvertItem {
  readonly label: string
  value(message: StoredMessage): string
}

/** mime-type-req = "*" / type-name "/" "*" / concrete-mime-type, as a test. @throws Refusal */
function readPattern(args: Arguments): (type: string) => boolean {
  args.sp()
  const text = args.astring('a media type').toString('latin1').toLowerCase()
  if (text === '*') return () => true
  if (!MEDIA_TYPE.test(text.replace(/\/\*$/, '/x'))) throw bad('That is no media type')
  return text.endsWith('/*') ? (type) => type.startsWith(text.slice(0, -1)) : (type) => type === text
}

/** conversions-cmd = "CONVERSIONS" SP from-mime-type-req SP to-mime-type-req */
function conversions(session: Session, args: Arguments): void {
  const from = readPattern(args)
  const to = readPattern(args)
  args.end()
  const parameters = PARAMETERS.map((name) => quoted(name)).join(' ')
  for (const [source, target] of CONVERSIONS) {
    if (!from(source) || !to(target)) continue
    session.out.line(`* CONVERSION ${quoted(source)} ${quoted(target)} (${parameters})`)
  }
}

/** convert-params = "(" (quoted-to-mime-type / "NIL") [SP "(" transcoding-params ")"] ")" */
function readWanted(args: Arguments): Wanted {
  args.char('(')
  const sent = args.takeWord('NIL') ? null : args.string('a media type or NIL').toString('latin1')
  if (sent !== null && !MEDIA_TYPE.test(sent)) throw bad('That is no media type')
  const parameters = args.take(' ')
    ? args.list(() => {
        const name = args.astringText('the name of a parameter')
        args.sp()
        return [name, args.astringText('the value of a parameter')] as const
      })
    : []
  args.char(')')
  const names = new Set(parameters.map(([name]) => name.toLowerCase()))
  if (names.size < parameters.length) throw bad('A parameter comes twice')
  return { to: sent, parameters }
}

/** section-convert = "[" [section-part] "]" */
function readNumbers(args: Arguments): readonly number[] {
  args.char('[')
  const numbers = readPartNumbers(args)
  args.char(']')
  return numbers
}

/** nstring / literal8 */
function data(bytes: Buffer): string {
  if (bytes.length === 0) return '""'
  return bytes.includes(0) ? `~{${bytes.length}}\r\n${bytes.toString('latin1')}` : literal(bytes.toString('latin1'))
}

/** convert-att = "UID" / "BODYPARTSTRUCTURE" section-convert / "BINARY" section-convert [partial] / … */
function readItem(args: Arguments, wanted: Wanted): ConvertItem {
  const name = args.name('an item of CONVERT')
  if (name === 'UID') return { label: 'UID', value: ({ uid }) => String(uid) }
  if (name === 'BODY') return headerItem(args, wanted)
  if (!['BODYPARTSTRUCTURE', 'BINARY', 'BINARY.SIZE', 'AVAILABLECONVERSIONS'].includes(name)) {
    throw bad(`Unknown item of CONVERT: ${name.slice(0, 40)}`)
  }
  const numbers = readNumbers(args)
  const label = `${name}[${numbers.join('.')}]`
  if (name === 'BODYPARTSTRUCTURE') return { label, value: (each) => structureOf(convert(each, numbers, wanted)) }
  if (name === 'BINARY.SIZE') return { label, value: (each) => String(convert(each, numbers, wanted).bytes.length) }
  if (name === 'BINARY') {
    const partial = readPartial(args)
    return {
      label: partial === null ? label : `${label}<${partial.offset}>`,
      value: (each) => data(cut(convert(each, numbers, wanted).bytes, partial)),
    }
  }
  // mimetype-list has two levels of parentheses.
  return {
    label,
    value: (each) =>
      `((${targetsOf(each, numbers, wanted)
        .map((to) => quoted(to))
        .join(' ')}))`,
  }
}

/** "BODY[HEADER]" / "BODY[" section-part ".HEADER]" / "BODY[" section-part ".MIME]": encoded words in another charset */
function headerItem(args: Arguments, wanted: Wanted): ConvertItem {
  const { section, label } = readSection(args, false)
  if (section.text !== 'HEADER' && section.text !== 'MIME') throw bad('Only headers are converted by BODY')
  if (wanted.to !== null) throw bad('A header takes the default conversion (NIL)')
  if (!wanted.parameters.some(([name]) => name.toLowerCase() === 'charset')) throw bad('A header needs CHARSET')
  return {
    label: `BODY${label}`,
    value(message) {
      const bytes = sectionBytes(message, section)
      if (bytes === null) return 'NIL'
      const { encoder, replacement } = checkParameters('text/plain', 'text/plain', wanted)
      return data(Buffer.from(convertWords(bytes.toString('latin1'), encoder, replacement), 'latin1'))
    },
  }
}

/** convert = "CONVERT" SP sequence-set SP convert-params SP (convert-att / "(" convert-att *(SP convert-att) ")") */
function run(session: Session, args: Arguments, call: Call): Completion {
  args.sp()
  const set = args.set()
  args.sp()
  const wanted = readWanted(args)
  args.sp()
  const sent = args.peek() === '(' ? args.list(() => readItem(args, wanted)) : [readItem(args, wanted)]
  args.end()
  // The UID is the first of all items (§8.1), and part of every answer to UID CONVERT.
  const rest = sent.filter(({ label }) => label !== 'UID')
  const uid = call.uid || rest.length < sent.length
  let failed = 0
  let succeeded = 0
  for (const message of session.resolve(set, call)) {
    const values = uid ? [`UID ${message.uid}`] : []
    for (const item of rest) {
      try {
        values.push(`${item.label} ${item.value(message)}`)
        succeeded++
      } catch (error) {
        if (!(error instanceof ConversionError)) throw error
        values.push(`${item.label} ${error.phrase}`)
        failed++
      }
    }
    const seq = session.selected.seqOf(message)
    if (seq > 0) session.out.line(`* ${seq} CONVERTED (TAG ${quoted(call.tag)}) (${values.join(' ')})`)
  }
  if (failed > 0 && succeeded === 0) throw no('All conversions failed')
  return failed > 0 ? { text: 'Some conversions failed' } : {}
}

/** CONVERT (RFC 5259): charsets of text, HTML as plain text, encoded words of headers. */
export const convertFeature: Feature = {
  capabilities: ['CONVERT'],
  commands: [
    { name: 'CONVERSIONS', states: ['authenticated'], needs, run: conversions },
    { name: 'CONVERT', states: ['selected'], needs, tellsExpunge: false, run },
    { name: 'UID CONVERT', states: ['selected'], needs, run },
  ],
}
