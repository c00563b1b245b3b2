// The mailboxes of the load server: what it says about each message, and what a client must have understood.
//
// Everything is a function of the message's index. Bodies are windows on one block of text, so 500 MB cost 1 MB.
import { Sampler, SLOW_OCTETS, mark } from './measure.mjs'

const LINE = 78
const BLOCK = blockOfText(LINE * 13_440)
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const WORDS = 'budget review of the quarterly release plan and open questions about the network parser'.split(' ')
const PEOPLE = [
  ['Ada Lovelace', 'ada.lovelace', 'example.org'],
  ['Jürgen Groß', 'juergen.gross', 'mail.example.de'],
  ['Grace Hopper', 'grace', 'navy.example.com'],
  ['François Lefèvre', 'francois.lefevre', 'example.fr'],
  ['Support (Tier 2)', 'support+tickets', 'helpdesk.example.net'],
  ['佐藤花子', 'hanako.sato', 'example.jp'],
  ['Alan Turing', 'alan.turing', 'bletchley.example.co.uk'],
]

function blockOfText(length) {
  const block = Buffer.alloc(length)
  let state = 1
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    block[i] = 0x41 + ((state >>> 16) % 26)
  }
  for (let end = LINE; end <= length; end += LINE) block.write('\r\n', end - 2)
  return block
}

const quoted = (text) => `"${text.replace(/["\\]/g, '\\$&')}"`
const isAscii = (text) => /^[\x20-\x7e]*$/.test(text)
const base64Word = (text) => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`
const qWord = (text) =>
  `=?iso-8859-1?Q?${Array.from(Buffer.from(text, 'latin1'), (byte) => (byte === 0x20 ? '_' : /[A-Za-z0-9]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)).join('')}?=`

const addressText = ([name, local, host]) =>
  `(${isAscii(name) ? quoted(name) : quoted(base64Word(name))} NIL "${local}" "${host}")`
const addressLength = ([, local, host]) => local.length + 1 + host.length

/** A mailbox of `count` messages, whose sizes are `size(index)`. */
export class LoadMailbox {
  constructor(count, size) {
    this.count = count
    this.size = size
    this.uidNext = this.uid(count - 1) + 1
    this.highestModSeq = this.modSeq(count - 1)
  }

  /** Three UIDs are missing after every fifty. */
  uid(index) {
    return index + 1 + 3 * Math.floor(index / 50)
  }

  modSeq(index) {
    return 90_000_000_000 + index * 3
  }

  flags(index) {
    const flags = []
    if (index % 3 !== 0) flags.push('\\Seen')
    if (index % 7 === 0) flags.push('\\Answered')
    if (index % 31 === 0) flags.push('\\Flagged')
    if (index % 11 === 0) flags.push('$Forwarded')
    return flags
  }

  /** Seconds since 1970. */
  time(index) {
    return 1_500_000_000 + index * 631
  }

  internalDate(index) {
    const date = new Date(this.time(index) * 1000)
    return `"${String(date.getUTCDate()).padStart(2, ' ')}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} +0000"`
  }

  subject(index) {
    const words = Array.from({ length: 3 + (index % 4) }, (_, i) => WORDS[(index * 5 + i * 3) % WORDS.length]).join(' ')
    switch (index % 5) {
      case 0:
        return { decoded: `Änderung ${index}: ${words}`, raw: qWord(`Änderung ${index}: ${words}`) }
      case 1:
        return { decoded: `会議 ${index}`, raw: base64Word(`会議 ${index}`) }
      default:
        return { decoded: `Re: ${words} #${index}`, raw: `Re: ${words} #${index}` }
    }
  }

  /** 420 people write, and to one to three others of them. */
  people(index) {
    const at = (i) => {
      const [name, local, host] = PEOPLE[(index * 3 + i) % PEOPLE.length]
      return [name, `${local}${Math.floor(index / 7) % 60}`, host]
    }
    return {
      from: at(0),
      replyTo: index % 8 === 0 ? at(1) : at(0),
      to: Array.from({ length: 1 + (index % 3) }, (_, i) => at(i + 2)),
      cc: index % 4 === 0 ? [at(5)] : [],
    }
  }

  messageId(index) {
    return `<${index.toString(36)}.${(index * 7919).toString(36)}.CAF8${index}@mail.example.org>`
  }

  envelope(index) {
    const { from, replyTo, to, cc } = this.people(index)
    const list = (people) => (people.length === 0 ? 'NIL' : `(${people.map(addressText).join('')})`)
    const date = new Date(this.time(index) * 1000).toUTCString().replace('GMT', '+0000')
    const inReplyTo = index % 3 === 0 ? quoted(this.messageId(index + 1)) : 'NIL'
    return `("${date}" ${quoted(this.subject(index).raw)} ${list([from])} ${list([from])} ${list([replyTo])} ${list(to)} ${list(cc)} NIL ${inReplyTo} ${quoted(this.messageId(index))})`
  }

  /** The structure as text, and how many parts, multiparts included, it has. */
  structure(index) {
    const text = (subtype, size) =>
      `("TEXT" "${subtype}" ("CHARSET" "utf-8") NIL NIL "QUOTED-PRINTABLE" ${size} ${Math.ceil(size / 70)} NIL NIL NIL NIL)`
    const mark = `"BOUNDARY" "----=_Part_${index}_${index * 31}"`
    const alternative = `(${text('PLAIN', 900 + (index % 100))}${text('HTML', 2400 + (index % 1000))} "ALTERNATIVE" (${mark}) NIL NIL NIL)`
    const file = `("APPLICATION" "PDF" ("NAME" "report-${index}.pdf") NIL NIL "BASE64" ${70_000 + index} NIL ("ATTACHMENT" ("FILENAME" "report-${index}.pdf" "SIZE" "${50_000 + index}")) NIL NIL)`
    switch (index % 6) {
      case 0:
        return { text: text('PLAIN', 500 + (index % 400)), parts: 1 }
      case 1:
      case 2:
        return { text: alternative, parts: 3 }
      case 3: {
        const message = `("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 2048 ${this.envelope(index + 1)} ${text('PLAIN', 700)} 40 NIL ("ATTACHMENT" ("FILENAME" "forwarded.eml")) NIL NIL)`
        return { text: `(${alternative}${message} "MIXED" (${mark}) NIL NIL NIL)`, parts: 6 }
      }
      default:
        return { text: `(${alternative}${file} "MIXED" (${mark}) NIL ("INLINE" NIL) NIL)`, parts: 5 }
    }
  }

  /** Octets `from` to `to` of a body, as windows on the block. */
  *body(index, from, to) {
    let position = (from + index * 97) % BLOCK.length
    for (let left = to - from; left > 0; position = 0) {
      const piece = BLOCK.subarray(position, Math.min(BLOCK.length, position + left))
      left -= piece.length
      yield piece
    }
  }

  /** The smallest index whose UID is at least `uid`. */
  indexOf(uid) {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.uid(middle) < uid) low = middle + 1
      else high = middle
    }
    return low
  }
}

export const mailboxes = {
  flags: new LoadMailbox(100_000, (index) => 2_000 + (index % 977) * 83),
  envelopes: new LoadMailbox(20_000, (index) => 2_000 + (index % 977) * 83),
  bodies: new LoadMailbox(2_000, () => 100 * 1024),
  stream: new LoadMailbox(1, () => 500 * 1024 * 1024),
  search: new LoadMailbox(500_000, () => 3_000),
}

const sum = (mailbox, value) => {
  let total = 0
  for (let index = 0; index < mailbox.count; index++) total += value(index)
  return total
}

function bodiesTruth(mailbox) {
  const sampler = new Sampler()
  for (let index = 0; index < mailbox.count; index++) {
    sampler.begin()
    for (const piece of mailbox.body(index, 0, mailbox.size(index))) sampler.add(piece)
  }
  return { count: mailbox.count, bytes: sum(mailbox, (i) => mailbox.size(i)), sample: sampler.value }
}

const listTruth = (mailbox) => ({ count: mailbox.count, uids: sum(mailbox, (i) => mailbox.uid(i)) })

/** What a client that understood everything reports, by workload. */
export const truths = {
  flags: () => {
    const box = mailboxes.flags
    return {
      ...listTruth(box),
      flags: sum(box, (i) => box.flags(i).length),
      modSeqs: sum(box, (i) => box.modSeq(i) - 90_000_000_000),
    }
  },
  envelopes: () => {
    const box = mailboxes.envelopes
    return {
      ...listTruth(box),
      flags: sum(box, (i) => box.flags(i).length),
      sizes: sum(box, (i) => box.size(i)),
      dates: sum(box, (i) => box.time(i)),
      subjects: sum(box, (i) => mark(box.subject(i).decoded)),
      names: sum(box, (i) => mark(box.people(i).from[0])),
      addresses: sum(box, (i) => {
        const { from, to, cc } = box.people(i)
        return [from, ...to, ...cc].reduce((total, person) => total + addressLength(person), 0)
      }),
      messageIds: sum(box, (i) => box.messageId(i).length),
      parts: sum(box, (i) => box.structure(i).parts),
    }
  },
  'envelopes-untouched': () => listTruth(mailboxes.envelopes),
  bodies: () => bodiesTruth(mailboxes.bodies),
  stream: () => bodiesTruth(mailboxes.stream),
  slow: () => {
    const sampler = new Sampler()
    for (const piece of mailboxes.stream.body(0, 0, SLOW_OCTETS)) sampler.add(piece)
    return { count: 1, bytes: SLOW_OCTETS, sample: sampler.value }
  },
  search: () => listTruth(mailboxes.search),
  pipelined: () => ({
    ...listTruth(mailboxes.bodies),
    flags: sum(mailboxes.bodies, (i) => mailboxes.bodies.flags(i).length),
  }),
}
