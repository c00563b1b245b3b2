// Deterministic messages for big mailboxes: equal arguments give equal bytes on every machine.
//
// They carry what real mail carries and what breaks clients: encoded words in both encodings, raw 8-bit headers, folded
// lines, groups, empty and missing headers, nested multiparts, attached messages, file names by RFC 2231 and 2047.

const TOPICS =
  'agenda budget build cache contract deadline design draft feedback fix invoice kernel launch lunch minutes network notes offer order outage parser patch plan quote refund release report review roadmap route safety schedule server summary survey ticket travel update vote'.split(
    ' ',
  )
const PEOPLE = [
  ['Ada Lovelace', 'ada@example.org'],
  ['Grace Hopper', 'grace@example.com'],
  ['Ğülşen Çelik', 'gulsen@example.com.tr'],
  ['François Lefèvre', 'francois@example.fr'],
  ['佐藤花子', 'hanako@example.jp'],
  ['Ольга Смирнова', 'olga@example.ru'],
  ['Turing, Alan (Bletchley)', 'alan.turing@example.co.uk'],
  ['Siobhán O\'Brien "Shiv"', 'shiv+lists@example.ie'],
  ['', 'no-reply@notify.example.net'],
  ['Robot 🤖', 'robot%gate@example.net'],
  ['The Committee for the Preservation of Extraordinarily Long Display Names', 'committee@example.org'],
]
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const OFFSETS = [0, 60, -300, 330, -210, 765] // minutes east of UTC
const FIRST_DAY = Date.UTC(2018, 2, 1)

/** A xorshift generator; `next(n)` is an integer from 0 to n - 1. */
function randomFrom(seed) {
  let state = Math.imul(seed ^ 0x2545f491, 0x85ebca6b) || 1
  return (n) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % n
  }
}

const isAscii = (text) => /^[\x20-\x7e]*$/.test(text)
const two = (n) => String(n).padStart(2, '0')

/** RFC 2047 encoded words of at most 75 characters, cut between characters. */
function encodedWords(text) {
  const words = ['']
  for (const character of text) {
    if (Buffer.byteLength(words.at(-1) + character) > 45) words.push('')
    words[words.length - 1] += character
  }
  return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ')
}

function qEncodedWord(text) {
  const q = [...Buffer.from(text, 'latin1')].map((byte) => {
    const character = String.fromCharCode(byte)
    if (byte === 0x20) return '_'
    return /[A-Za-z0-9]/.test(character) ? character : '=' + byte.toString(16).toUpperCase().padStart(2, '0')
  })
  return `=?iso-8859-1?Q?${q.join('')}?=`
}

function mailboxText([name, address]) {
  if (name === '') return address
  if (!isAscii(name)) return `${encodedWords(name)} <${address}>`
  return /^[A-Za-z ]+$/.test(name) ? `${name} <${address}>` : `"${name.replace(/["\\]/g, '\\$&')}" <${address}>`
}

/** RFC 5322 date-time without the day of the week. */
function dateText(time, offset) {
  const local = new Date(time + offset * 60_000)
  const minutes = Math.abs(offset)
  return (
    `${local.getUTCDate()} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()} ` +
    `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())} ` +
    `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`
  )
}

function prose(next, lines) {
  let text = ''
  for (let line = 0; line < lines; line++) {
    const words = Array.from({ length: 5 + next(8) }, () => TOPICS[next(TOPICS.length)])
    text += (next(15) === 0 ? '> ' : '') + words.join(' ') + '\r\n'
  }
  return text
}

function base64Block(next, size) {
  const bytes = Buffer.from(Array.from({ length: size }, () => next(256)))
  return bytes.toString('base64').replace(/.{1,76}/g, '$&\r\n')
}

/** A multipart body: `parts` are complete entities, header included. */
const multipart = (boundary, parts) =>
  parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('') + `--${boundary}--\r\n`

function attachmentName(next, index) {
  switch (next(3)) {
    case 0:
      return `filename="data-${index}.bin"`
    case 1:
      return `filename*=utf-8''${encodeURIComponent(`Prüfbericht ${index}.pdf`)}`
    default:
      return `filename="=?utf-8?B?${Buffer.from(`relevé ${index}.pdf`).toString('base64')}?="`
  }
}

/** One of eight shapes, as the header fields of the content and the content. */
function content(next, index) {
  const boundary = `==b${index}.${next(99_999)}`
  const plain = `Content-Type: text/plain; charset=utf-8\r\n\r\n${prose(next, 2 + next(6))}`
  const html = `Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<p>Voilà:\r\n${prose(next, 2 + next(4))}</p>\r\n`
  const alternative = (mark) =>
    [`Content-Type: multipart/alternative; boundary="${mark}"`, multipart(mark, [plain, html])].join('\r\n\r\n')
  const shape = next(100)
  if (shape < 40) return plain
  if (shape < 48)
    return `Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nD\u00e9j\u00e0 vu\r\n${prose(next, 5)}`
  if (shape < 56)
    return `Content-Type: text/plain; charset=utf-8; format=flowed\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nna=C3=AFve =E2=82=AC5, soft=\r\n break\r\n${prose(next, 4)}`
  if (shape < 76) return alternative(boundary)
  if (shape < 90) {
    const file =
      `Content-Type: application/octet-stream; name="data-${index}.bin"\r\nContent-Transfer-Encoding: base64\r\n` +
      `Content-Disposition: attachment;\r\n ${attachmentName(next, index)}\r\n\r\n${base64Block(next, 300 + next(3000))}`
    return `Content-Type: multipart/mixed;\r\n boundary="${boundary}"\r\n\r\n${multipart(boundary, [plain, file])}`
  }
  if (shape < 96) {
    const inner = `From: inner@example.org\r\nSubject: forwarded ${index}\r\nMessage-ID: <inner.${index}@example.org>\r\n${plain}`
    const forwarded = `Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=forwarded.eml\r\n\r\n${inner}`
    return `Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n${multipart(boundary, [alternative(`in${boundary}`), forwarded])}`
  }
  if (shape < 98) {
    const report = `Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; gone@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n`
    return `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"\r\n\r\n${multipart(boundary, [plain, report])}`
  }
  return 'Content-Type: text/plain\r\n\r\n'
}

function subjectText(next, index) {
  const words = Array.from({ length: 2 + next(5) }, () => TOPICS[next(TOPICS.length)]).join(' ')
  switch (next(10)) {
    case 0:
      return encodedWords(`Größere Änderung – ${words} ✓`)
    case 1:
      return qEncodedWord(`Résumé: ${words}`)
    case 2:
      return encodedWords(`会議の資料 ${words}`)
    case 3:
      return `${words}\r\n ${words} ${index}`
    case 4:
      return next(5) === 0 ? '' : `[team] ${words}`
    case 5:
      return next(5) === 0 ? `Unencoded \u00fcmlaut ${words}` : `Re: ${words}`
    default:
      return words
  }
}

/**
 * Message number `index` (from 0) of the mailbox with the given seed: its bytes, flags and internal date.
 */
export function message(index, seed = 1) {
  const next = randomFrom(Math.imul(index + 1, 0x9e3779b1) ^ seed)
  const somebody = () => mailboxText(PEOPLE[next(PEOPLE.length)])
  const time = FIRST_DAY + index * 1_800_000 + next(1700) * 1000
  const id = (n) => `<${seed}.${n}@mail.example.org>`
  const header = []
  for (let hop = next(3); hop > 0; hop--) {
    header.push(
      `Received: from relay${hop}.example.net (relay${hop}.example.net [192.0.2.${hop}])\r\n\tby mx.example.org with ESMTPS; ${dateText(time, 0)}`,
    )
  }
  header.push(`From: ${somebody()}`)
  if (next(8) === 0) header.push(`Reply-To: ${somebody()}`)
  const to = Array.from({ length: 1 + next(4) }, somebody)
  header.push(`To: ${next(40) === 0 ? 'Board: ada@example.org, grace@example.com;' : to.join(',\r\n ')}`)
  if (next(5) === 0) header.push(`Cc: ${somebody()}`)
  header.push(`Subject: ${subjectText(next, index)}`)
  if (next(60) !== 0) header.push(`Date: ${dateText(time, OFFSETS[next(OFFSETS.length)])}`)
  if (next(90) !== 0) header.push(`Message-ID: ${id(index)}`)
  if (index > 0 && next(3) === 0) header.push(`In-Reply-To: ${id(index - 1)}`, `References: ${id(index - 1)}`)
  if (next(6) === 0) header.push('List-Id: Test list <test.lists.example.org>', 'Precedence: list')
  header.push('MIME-Version: 1.0')
  const body = content(next, index)
  // Where the text says latin1, characters above U+007F are one byte each; everywhere else the text is UTF-8.
  const bytes = Buffer.from(body, body.includes('charset=iso-8859-1') ? 'latin1' : 'utf8')
  const flags = ['\\Seen', '\\Seen', '\\Answered', '\\Flagged', '$Forwarded', '\\Draft'].filter(
    (_, i) => next(2 + i * 2) === 0,
  )
  return {
    raw: Buffer.concat([Buffer.from(header.join('\r\n') + '\r\n'), bytes]),
    flags: [...new Set(flags)],
    date: new Date(time),
  }
}

/** An IMAP date-time (RFC 9051 §9), without its quotes, in UTC. */
export const internalDateText = (date) =>
  `${String(date.getUTCDate()).padStart(2, ' ')}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} +0000`
