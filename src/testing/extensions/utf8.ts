import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { no } from '../refusal.js'

const needs = ['UTF8=ACCEPT'] as const

/** What a client may do at a server for which UTF-8 is a must, before it has asked for UTF-8 (RFC 6855 §6). */
const WITHOUT_NAMES = new Set(
  'CAPABILITY NOOP LOGOUT ID STARTTLS LOGIN AUTHENTICATE ENABLE COMPRESS LANGUAGE UNAUTHENTICATE'.split(' '),
)

/** Whether the header of a message has octets above 0x7f. */
function hasEightBitHeader(raw: Buffer): boolean {
  const end = raw.indexOf('\r\n\r\n')
  return raw.subarray(0, end < 0 ? raw.length : end).some((octet) => octet > 0x7f)
}

/**
 * SP "(" literal8 ")" behind the word of utf8-literal = "UTF8" SP "(" literal8 ")" (RFC 6855 §4); RFC 9755 takes
 * the plain literal instead.
 */
export function readUtf8Literal(args: Arguments): () => Buffer {
  args.sp()
  args.char('(')
  const literal = args.literal()
  if (literal?.binary !== true) throw args.expected('a literal8')
  args.char(')')
  return () => literal.bytes
}

/**
 * UTF8=ACCEPT, and UTF8=ONLY in its place where that is asked for (RFC 6855, RFC 9755). What is not here lies beside its
 * like: UTF-8 in names and quoted strings follows from `Session.utf8`, CHARSET is refused where SEARCH reads it.
 */
export const utf8Feature: Feature = {
  capabilities: ['UTF8=ACCEPT'],
  optionalCapabilities: ['UTF8=ONLY'],
  // At most one of the two is announced.
  announcedWhen: { 'UTF8=ACCEPT': (session) => !session.has('UTF8=ONLY') },
  enables: { 'UTF8=ACCEPT': { needs, enable: (session) => void session.enabled.add('UTF8=ACCEPT') } },
  appendData: { UTF8: { needs, read: readUtf8Literal } },
  hooks: {
    needs,
    beforeCommand(session, { name }) {
      if (session.utf8 || !session.has('UTF8=ONLY') || WITHOUT_NAMES.has(name)) return
      throw no(`${name} needs ENABLE UTF8=ACCEPT on this server`, 'CANNOT')
    },
    beforeAdd(session, _mailbox, messages) {
      if (session.utf8) return
      // What is copied is here already.
      if (messages.some(({ raw, origin }) => (origin ?? null) === null && hasEightBitHeader(raw))) {
        throw no('A header with 8-bit characters needs ENABLE UTF8=ACCEPT')
      }
    },
  },
}
