import { field, parameterized, type Parameterized } from '../mime/headers.js'
import type { Parsed, Part } from '../mime/part.js'
import { nstring, string } from '../syntax.js'
import { clean, envelope } from './envelope.js'

/** How a structure is written: BODY has no extension data, BODYSTRUCTURE has (RFC 9051 §7.5.2). */
export interface StructureOptions {
  readonly extended: boolean
  readonly utf8: boolean
}

/** body = "(" (body-type-1part / body-type-mpart) ")" */
export function structure({ text }: Pick<Parsed, 'text'>, part: Part, options: StructureOptions): string {
  return part.type.toLowerCase() === 'multipart' ? multipart(text, part, options) : single(text, part, options)
}

/** body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart] */
function multipart(text: string, part: Part, options: StructureOptions): string {
  // The grammar wants a part: one that has none shows an empty text.
  const children = part.children.map((child) => structure({ text }, child, options)).join('') || EMPTY_PART
  const base = `(${children} ${string(part.subtype, options.utf8)}`
  if (!options.extended) return `${base})`
  return `${base} ${parameters(part.contentType, options)} ${disposition(part, options)})`
}

const EMPTY_PART = '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0)'

/** body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part] */
function single(text: string, part: Part, options: StructureOptions): string {
  const { utf8 } = options
  const { header } = part
  const type = part.type.toLowerCase()
  const encoding = clean(field(header, 'content-transfer-encoding')) ?? '7bit'
  const items = [
    string(part.type, utf8),
    string(part.subtype, utf8),
    parameters(withCharset(part), options),
    nstring(clean(field(header, 'content-id')), utf8),
    nstring(clean(field(header, 'content-description')), utf8),
    string(encoding === '' ? '7bit' : encoding, utf8),
    String(part.bodyEnd - part.bodyStart),
  ]
  if (part.message !== null) {
    items.push(envelope(part.message.header, utf8), structure({ text }, part.message, options))
  }
  if (part.message !== null || type === 'text') items.push(String(lines(text, part.bodyStart, part.bodyEnd)))
  if (options.extended) {
    items.push(nstring(clean(field(header, 'content-md5')), utf8), disposition(part, options))
  }
  return `(${items.join(' ')})`
}

/** Text without a charset is US-ASCII (RFC 2045 §5.2). */
function withCharset({ type, contentType: { parameters: pairs } }: Part): Pick<Parameterized, 'parameters'> {
  const complete = type.toLowerCase() !== 'text' || pairs.some(([name]) => /^charset(\*|$)/i.test(name))
  return { parameters: complete ? pairs : [...pairs, ['charset', 'us-ascii']] }
}

/** body-fld-param = "(" string SP string *(SP string SP string) ")" / nil */
function parameters({ parameters: pairs }: Pick<Parameterized, 'parameters'>, { utf8 }: StructureOptions): string {
  if (pairs.length === 0) return 'NIL'
  return `(${pairs.map(([name, text]) => `${string(name, utf8)} ${string(clean(text) ?? '', utf8)}`).join(' ')})`
}

/** The end of the extension data: body-fld-dsp SP body-fld-lang SP body-fld-loc */
function disposition({ header }: Part, options: StructureOptions): string {
  const { utf8 } = options
  const sent = field(header, 'content-disposition')
  const parsed = sent === null ? null : parameterized(sent)
  const dsp =
    parsed === null || parsed.value === '' ? 'NIL' : `(${string(parsed.value, utf8)} ${parameters(parsed, options)})`
  const tags = (field(header, 'content-language') ?? '').split(',').map((tag) => tag.trim())
  const languages = tags.filter((tag) => tag !== '').map((tag) => string(tag, utf8))
  const language = languages.length > 1 ? `(${languages.join(' ')})` : (languages[0] ?? 'NIL')
  return `${dsp} ${language} ${nstring(clean(field(header, 'content-location')), utf8)}`
}

function lines(text: string, start: number, end: number): number {
  let count = 0
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) count++
  // A last line without a line end is a line too.
  return end > start && text.charCodeAt(end - 1) !== 10 ? count + 1 : count
}
