import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { parsed } from '../mime/part.js'
import type { Output } from '../output.js'
import type { Session } from '../session.js'
import type { StoredMessage } from '../store/message.js'
import { dateTime, shortDateTime } from '../syntax.js'
import { envelope } from './envelope.js'
import type { FetchItem, FetchItemReader } from './item.js'
import { cut, readPartial, readSection, sectionBytes, type Partial, type Section } from './section.js'
import { structure } from './structure.js'

/** An item whose value is plain text. */
function plain(label: string, value: (message: StoredMessage, session: Session) => string): FetchItemReader {
  const item: FetchItem = {
    label,
    write: (out, message, session) => void out.text(`${label} ${value(message, session)}`),
  }
  return { read: () => item }
}

/** The octets of a section under a label. */
function sectionItem(label: string, section: Section, partial: Partial | null, setsSeen: boolean): FetchItem {
  return { label, setsSeen, write: (out, message) => writeBytes(out, label, sectionBytes(message, section), partial) }
}

/** Bodies go as literals, what is not there as NIL. */
function writeBytes(out: Output, label: string, bytes: Buffer | null, partial: Partial | null): void {
  if (bytes === null) out.text(`${label} NIL`)
  else out.text(`${label} `).literal(withoutNul(cut(bytes, partial)))
}

/** A literal cannot hold NUL; literal8 of BINARY can (RFC 9051 §4.3.1). */
function withoutNul(bytes: Buffer): Buffer {
  if (!bytes.includes(0)) return bytes
  return Buffer.from(bytes.map((octet) => (octet === 0 ? 0x80 : octet)))
}

/** "BODY" section ["<" number "." nz-number ">"] / "BODY.PEEK" … */
function bodySection(args: Arguments, session: Session, setsSeen: boolean): FetchItem {
  const { section, label } = readSection(args, session.utf8)
  const partial = readPartial(args)
  return sectionItem(`BODY${label}${partial === null ? '' : `<${partial.offset}>`}`, section, partial, setsSeen)
}

const WHOLE: Section = { numbers: [], text: '', names: [] }

const rfc822 = (label: string, text: Section['text'], setsSeen: boolean): FetchItemReader => ({
  needs: ['IMAP4rev1', 'IMAP2'],
  read: () => sectionItem(label, { ...WHOLE, text }, null, setsSeen),
})

/** The items of FETCH that RFC 3501 and RFC 9051 have, BINARY and MODSEQ apart. */
export const fetchItemsFeature: Feature = {
  fetchItems: {
    UID: plain('UID', (message) => String(message.uid)),
    FLAGS: plain('FLAGS', (message, session) => `(${session.flagsOf(message).join(' ')})`),
    INTERNALDATE: plain('INTERNALDATE', ({ received: { date, zone } }, { imap2 }) => {
      return imap2 ? shortDateTime(date) : dateTime(date, zone)
    }),
    'RFC822.SIZE': plain('RFC822.SIZE', (message) => String(message.size)),
    ENVELOPE: plain('ENVELOPE', (message, { utf8 }) => envelope(parsed(message).root.header, utf8)),
    BODYSTRUCTURE: plain('BODYSTRUCTURE', (message, { utf8 }) => {
      const whole = parsed(message)
      return structure(whole, whole.root, { extended: true, utf8 })
    }),
    BODY: {
      read(args, session) {
        if (args.peek() === '[') return bodySection(args, session, true)
        return {
          label: 'BODY',
          write(out, message, { utf8 }) {
            const whole = parsed(message)
            out.text(`BODY ${structure(whole, whole.root, { extended: false, utf8 })}`)
          },
        }
      },
    },
    'BODY.PEEK': { read: (args, session) => bodySection(args, session, false) },
    RFC822: rfc822('RFC822', '', true),
    'RFC822.HEADER': rfc822('RFC822.HEADER', 'HEADER', false),
    'RFC822.TEXT': rfc822('RFC822.TEXT', 'TEXT', true),
  },
}
