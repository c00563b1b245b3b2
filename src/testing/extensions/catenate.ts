import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import { no, Refusal } from '../refusal.js'
import type { Session } from '../session.js'
import type { MemoryMailbox } from '../store/mailbox.js'
import { messageOf, octetsOf, parseMessagePart } from '../url.js'
import { readUtf8Literal } from './utf8.js'

/** url-resp-text = any TEXT-CHAR except "]": what no URL may hold is shown percent-encoded. */
function shown(url: Buffer): string {
  return url.toString('latin1').replace(/[^\x20-\x5c\x5e-\x7e]/g, (char) => {
    return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
}

/** The mailbox of a URL; the base URL names the one that is selected (RFC 4469 §3). */
function mailboxOf(session: Session, name: string | null): MemoryMailbox | undefined {
  if (name === null) return session.view?.mailbox
  try {
    return session.reach(name, 'r')
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

/** The octets of a relative URL of a message or a part. @throws Refusal `[BADURL]` */
function octets(session: Session, sent: Buffer): Buffer {
  const failed = (why: string): Refusal => no(why, `BADURL ${shown(sent)}`)
  const text = sent.toString('latin1')
  // What has no slash ahead is relative to the mailbox that is selected; two of them name another server.
  const url = text.startsWith('/') === text.startsWith(';') ? null : parseMessagePart(text.replace(/^\//, ''))
  if (url === null) throw failed('That is no relative URL of a message or a part of one')
  if ((url.mailbox === null) !== text.startsWith(';')) throw failed('The URL names no mailbox')
  const mailbox = mailboxOf(session, url.mailbox)
  const message = mailbox === undefined ? undefined : messageOf(mailbox, url)
  if (message === undefined) throw failed('The URL names no message that is there')
  const found = octetsOf(message, url)
  if (found === null) throw failed('The message has no such part')
  return found
}

/** cat-part = "TEXT" SP literal / "URL" SP astring; with UTF8=ACCEPT also utf8-literal (RFC 6855 §4) */
function readPart(args: Arguments, session: Session): () => Buffer {
  if (args.takeWord('URL')) {
    args.sp()
    const url = args.astring('a URL')
    return () => octets(session, url)
  }
  if (session.has('UTF8=ACCEPT') && args.takeWord('UTF8')) return readUtf8Literal(args)
  if (!args.takeWord('TEXT')) throw args.expected('TEXT or URL')
  args.sp()
  const literal = args.literal()
  if (literal === null || literal.binary) throw args.expected('a literal')
  return () => literal.bytes
}

/** CATENATE (RFC 4469), and URL-PARTIAL (RFC 5550 §5.7.1): a message put together of literals and of pieces of messages here. */
export const catenateFeature: Feature = {
  capabilities: ['CATENATE', 'URL-PARTIAL'],
  appendData: {
    // append-data =/ "CATENATE" SP "(" cat-part *(SP cat-part) ")"
    CATENATE: {
      needs: ['CATENATE'],
      read(args, session) {
        args.sp()
        const parts = args.list(() => readPart(args, session))
        return () => {
          let total = 0
          const pieces = parts.map((part) => {
            const piece = part()
            total += piece.length
            if (total > session.server.settings.limits.literal) throw no('The message gets too long', 'TOOBIG')
            return piece
          })
          return Buffer.concat(pieces)
        }
      },
    },
  },
}
