import { Buffer } from 'node:buffer'
import type { ParsedMail, simpleParser as Parse } from 'mailparser'
import { type ImapError, LimitError, ProtocolError } from '../model/errors.js'
import { isDeep } from './html-depth.js'

/** Smaller messages, in octets, have no room for HTML that is nested too deep. */
const MIN_DEEP = 16 * 1024

/**
 * Parses a whole message with mailparser, which is loaded when it is needed first. HTML that is nested too deep is not made
 * into text as well: that takes quadratic time, and more of the stack than there is.
 *
 * @throws LimitError (`mime`) for more than 1000 parts, and for a part with more than 1 MiB of header
 * @throws ProtocolError for what cannot be parsed
 */
export async function parseMail(bytes: Uint8Array): Promise<ParsedMail> {
  const { simpleParser } = await import('mailparser')
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return await parseWith(simpleParser, message)
  } catch (error) {
    throw asImapError(error)
  }
}

async function parseWith(parse: typeof Parse, message: Buffer): Promise<ParsedMail> {
  if (message.length < MIN_DEEP || !/text\/html/i.test(message.toString('latin1'))) return parse(message)
  const mail = await parse(message, { skipHtmlToText: true })
  const { html } = mail
  // Beside a text of its own, HTML is not made into text.
  if (typeof html !== 'string' || isAlternative(mail) || isDeep(html)) return mail
  return parse(message)
}

function isAlternative({ headers, text = '' }: ParsedMail): boolean {
  const type = headers.get('content-type')
  return typeof type === 'object' && 'value' in type && type.value === 'multipart/alternative' && text !== ''
}

function asImapError(error: unknown): ImapError {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  if (code === 'EMAXLEN')
    return new LimitError('mime', `The message is not parsed: ${String(message)}`, { cause: error })
  return new ProtocolError(`The message could not be parsed: ${String(message)}`, { cause: error })
}
