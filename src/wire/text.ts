import { Buffer, isUtf8 } from 'node:buffer'

/** The text of octets: UTF-8 where they are valid UTF-8, else latin1. */
export function textOf(bytes: Uint8Array): string {
  return view(bytes).toString(isUtf8(bytes) ? 'utf8' : 'latin1')
}

/** The same for octets that came as a string of one character each; to be called when one of them is above 0x7F. */
export function utf8Of(octets: string): string {
  const bytes = Buffer.from(octets, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : octets
}

/** Whether a character is above 0x7F. */
export function hasHigh(octets: string): boolean {
  for (let i = 0; i < octets.length; i++) if (octets.charCodeAt(i) > 0x7f) return true
  return false
}

/** Octets as a string of one character each. */
export function octetsOf(bytes: Uint8Array): string {
  return view(bytes).toString('latin1')
}

/** A string of one character per octet as bytes of their own. */
export function bytesOf(octets: string): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(octets.length)
  bytes.write(octets, 'latin1')
  return bytes
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
