import { createHash } from 'node:crypto'

/** A message as the tests put it into mailboxes. */
export interface Mail {
  readonly raw: Buffer
  readonly flags?: readonly string[]
  readonly date?: Date
}

/** Header fields over the defaults, a body, and what belongs to the message. */
export interface MailParts {
  readonly fields?: readonly string[]
  readonly from?: string
  readonly to?: string
  readonly subject?: string
  /** The Date field. */
  readonly sent?: string
  readonly body?: string
  readonly flags?: readonly string[]
  readonly date?: Date
}

/** Makes a plain mail. */
export function mail(parts: MailParts = {}): Mail {
  const { from = 'Ann <ann@example.org>', to = 'Bob <bob@example.org>', subject = 'Hello' } = parts
  const header = [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Date: ${parts.sent ?? 'Fri, 2 Jan 2026 10:00:00 +0100'}`,
    ...(parts.fields ?? []),
  ]
  const raw = Buffer.from([...header, '', parts.body ?? 'Hello there.\r\n'].join('\r\n'))
  return {
    raw,
    ...(parts.flags === undefined ? {} : { flags: parts.flags }),
    ...(parts.date === undefined ? {} : { date: parts.date }),
  }
}

/** As many plain mails, with the subjects `mail 1`, `mail 2`, … */
export function mails(count: number, parts: MailParts = {}): Mail[] {
  return Array.from({ length: count }, (_, i) => mail({ subject: `mail ${i + 1}`, ...parts }))
}

/** The attachment of {@link MIXED}, decoded. */
export const ATTACHMENT = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 7 + (i >> 3)) % 256))

/** A mail of three parts: quoted-printable ISO-8859-1 and base64 UTF-8 alternatives, and an attachment. */
export const MIXED: Mail = {
  raw: Buffer.from(
    [
      'From: =?UTF-8?B?xJ7DvGzFn2VuIMOHZWxpaw==?= <gulsen@example.com.tr>',
      'To: =?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be>, "Doe, J." <doe@example.org>',
      'Cc: Board: ada@example.org, grace@example.com;',
      'Subject: =?ISO-8859-1?Q?Gr=FC=DFe_aus?= =?UTF-8?B?IFTDvHJraXll?=',
      'Date: Thu, 1 Jan 2026 12:30:45 -0530',
      'Message-ID: <mixed@example.org>',
      'In-Reply-To: <earlier@example.org>',
      'X-Folded: one',
      '\ttwo',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="outer"',
      '',
      'A preamble.',
      '--outer',
      'Content-Type: multipart/alternative; boundary=inner',
      '',
      '--inner',
      'Content-Type: text/plain; charset=ISO-8859-1',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'Gr=FC=DFe, soft=',
      ' break. F=FCnf =3D 5.',
      '--inner',
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('<p>Grüße, 漢字 ☃</p>\r\n').toString('base64'),
      '--inner--',
      '--outer',
      'Content-Type: application/octet-stream; name="../../etc/passwd"',
      "Content-Disposition: attachment; filename*=utf-8''..%2FPr%C3%BCfung.bin",
      'Content-Transfer-Encoding: base64',
      '',
      ATTACHMENT.toString('base64').replace(/.{1,76}/g, '$&\r\n'),
      '--outer--',
      '',
    ].join('\r\n'),
  ),
}

/** A mail whose body has so many octets of text that is nowhere the same, with 8-bit octets when asked for. */
export function bigMail(octets: number, seed = 1, eightBit = false): Mail {
  const header = `From: ann@example.org\r\nSubject: big ${seed}\r\n${eightBit ? 'Content-Transfer-Encoding: 8bit\r\n' : ''}\r\n`
  const body = Buffer.alloc(octets)
  let state = seed * 2_654_435_761
  for (let i = 0; i < octets; i++) {
    // A linear congruential generator; the higher bits are the better ones.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    const value = (state >>> 24) & (eightBit ? 0xff : 0x7f)
    // Neither NUL nor a bare CR or LF may be in a mail.
    body[i] = value < 0x20 || value === 0x7f ? 0x20 + (value % 0x5f) : value
  }
  for (let i = 76; i + 1 < octets; i += 78) body.write('\r\n', i, 'latin1')
  if (octets >= 2) body.write('\r\n', octets - 2, 'latin1')
  if (octets >= 3 && body[octets - 3] === 0x0d) body[octets - 3] = 0x2e
  return { raw: Buffer.concat([Buffer.from(header), body]) }
}

/** SHA-256 of bytes, in hexadecimal. */
export function sha256(...bytes: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const each of bytes) hash.update(each)
  return hash.digest('hex')
}
