import { Buffer } from 'node:buffer'
import type { ParsedMail } from 'mailparser'

/** Parses a whole message with mailparser, which is loaded when it is needed first. */
export async function parseMail(bytes: Uint8Array): Promise<ParsedMail> {
  const { simpleParser } = await import('mailparser')
  return simpleParser(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}
