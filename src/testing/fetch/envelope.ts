import { parseAddresses, type ParsedAddress } from '../mime/address.js'
import { field, type Header } from '../mime/headers.js'
import { nstring } from '../syntax.js'

/** Header text without line ends and NUL, as ENVELOPE and BODYSTRUCTURE show it. */
export function clean(text: string | null): string | null {
  return text === null ? null : text.replace(/[\r\n\0]/g, '')
}

/**
 * envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP
 * env-in-reply-to SP env-message-id ")"
 */
export function envelope(header: Header, utf8: boolean): string {
  const text = (key: string): string => nstring(clean(field(header, key)), utf8)
  const from = addressList(header, 'from', utf8)
  const instead = (key: string): string => {
    const own = addressList(header, key, utf8)
    // Where they are missing or empty, Sender and Reply-To are those of From (RFC 9051 §7.5.2).
    return own === 'NIL' ? from : own
  }
  return `(${[
    text('date'),
    text('subject'),
    from,
    instead('sender'),
    instead('reply-to'),
    addressList(header, 'to', utf8),
    addressList(header, 'cc', utf8),
    addressList(header, 'bcc', utf8),
    text('in-reply-to'),
    text('message-id'),
  ].join(' ')})`
}

function addressList(header: Header, key: string, utf8: boolean): string {
  const fields = header.fields.filter((each) => each.key === key)
  const addresses = fields.flatMap((each) => parseAddresses(clean(each.value) ?? ''))
  return addresses.length === 0 ? 'NIL' : `(${addresses.map((each) => address(each, utf8)).join('')})`
}

// address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
function address({ name, route, mailbox, host }: ParsedAddress, utf8: boolean): string {
  return `(${[name, route, mailbox, host].map((each) => nstring(each, utf8)).join(' ')})`
}
