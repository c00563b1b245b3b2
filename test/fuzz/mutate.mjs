// Changes to octets: blind ones, and ones that know the tokens, numbers, literals, lists and lines of IMAP.

/** Inputs do not grow beyond this; most stay below the first, so that many can be tried. */
const USUAL_SIZE = 300
const MAX_SIZE = 4096

const NUMBERS = [
  ...['0', '1', '2', '9', '00', '01', '10', '99', '255', '256', '1000', '65535', '65536', '100000', '-1', '+1', '1.5'],
  ...['2147483647', '2147483648', '4294967295', '4294967296', '9007199254740991', '9007199254740992', '1e9', '1e99'],
  ...['9223372036854775807', '9223372036854775808', '18446744073709551615', '99999999999999999999999999'],
]

/** What the grammar is made of and what readers must get over, beside the words that the seeds hold. */
const TOKENS = [
  ...[' ', '  ', '(', ')', '()', '(())', '[', ']', '{', '}', '"', '""', '\\', '\\"', '\\\\', '*', '%', '<', '>', '<0>'],
  ...[
    '\r\n',
    '\n',
    '\r',
    '\0',
    '\t',
    '\x7f',
    '\x80',
    '\xff',
    '\xc3\xa4',
    '\xed\xa0\x80',
    '\xf0\x9f\x98\x80',
    '\xef\xbb\xbf',
  ],
  ...[
    'NIL',
    'nil',
    '"NIL"',
    'INBOX',
    '"x"',
    '{0}\r\n',
    '{1}\r\nx',
    '{3}\r\nabc',
    '~{2}\r\n\0\0',
    '{5+}\r\nhello',
    '{0}',
  ],
  ...[
    '{4294967296}\r\n',
    '{99999999999999999999}\r\n',
    '* ',
    '+ ',
    '+\r\n',
    '* OK ',
    '* NO ',
    '* BAD ',
    '* BYE ',
    '* PREAUTH ',
  ],
  ...[
    '* 1 FETCH (',
    '* LIST (',
    '* STATUS ',
    '* SEARCH ',
    '* ESEARCH ',
    '* VANISHED ',
    '[COPYUID 1 1:2 3:4] ',
    '[ALERT] ',
  ],
  ...[
    '=?utf-8?Q?=C3=A4?=',
    '=?utf-8?B?w6Q=?=',
    '=?iso-2022-jp?B?GyRC?=',
    '=?x?x?x?=',
    '&AOQ-',
    '&-',
    '&',
    '&2AA-',
    '&ZeVnLIqe-',
  ],
  ...[
    '1:3,5',
    '*:4',
    '1:*',
    '$',
    '4294967295:1',
    '"17-Jul-1996 02:44:25 -0700"',
    "utf-8''%41",
    '"NAME*0*" "x"',
    '__proto__',
  ],
  ...[
    'constructor',
    'hasOwnProperty',
    'toString',
    '\\Seen',
    '\\*',
    '\\',
    '$Junk',
    'BODY[]',
    'BODY[1.2.MIME]<0>',
    'imap://h/',
  ],
]

/** Gathers the words of seeds, for a dictionary. */
export function wordsOf(seeds) {
  const words = new Set(TOKENS)
  for (const seed of seeds) {
    for (const [word] of seed.toString('latin1').matchAll(/[A-Za-z$\\][A-Za-z0-9.=+/-]{1,30}/g)) {
      if (words.size < 5000) words.add(word)
    }
  }
  return [...words].map((word) => Buffer.from(word, 'latin1'))
}

/** Changes inputs by chance. */
export class Mutator {
  #random
  #words

  constructor(random, words) {
    this.#random = random
    this.#words = words
  }

  /**
   * Gives a changed copy.
   *
   * @param {Buffer} input
   * @param {() => Buffer} other - gives another input, to take pieces from
   */
  mutate(input, other) {
    const random = this.#random
    const most = random.oneIn(50) ? MAX_SIZE : Math.max(USUAL_SIZE, input.length)
    let bytes = input
    for (let steps = 1 + random.small(8); steps > 0; steps--) {
      bytes = this.#one(bytes, other)
      if (bytes.length > most) bytes = bytes.subarray(0, most)
    }
    return bytes === input ? Buffer.from(bytes) : bytes
  }

  #one(bytes, other) {
    const random = this.#random
    switch (random.below(18)) {
      case 0:
        return this.#set(bytes, (octet) => octet ^ (1 << random.below(8)))
      case 1:
        return this.#set(bytes, () => random.below(256))
      case 2:
        return cut(bytes, ...this.#stretch(bytes, 8))
      case 3:
        return cut(bytes, ...this.#stretch(bytes, bytes.length))
      case 4:
      case 5:
        return insert(bytes, random.below(bytes.length + 1), random.pick(this.#words))
      case 6:
        return this.#replaceWord(bytes)
      case 7:
      case 8:
        return this.#splice(bytes, other())
      case 9:
        return this.#repeat(bytes, ...this.#stretch(bytes, 40))
      case 10:
        return this.#literal(bytes)
      case 11:
        return this.#number(bytes)
      case 12:
        return this.#nest(bytes)
      case 13:
        return this.#lines(bytes)
      case 14:
        return this.#swap(bytes)
      case 15:
        return this.#quote(bytes)
      case 16:
        return this.#list(bytes)
      default:
        return this.#set(bytes, (octet) => (octet > 0x40 && octet < 0x7f ? octet ^ 0x20 : octet + 1))
    }
  }

  #set(bytes, change) {
    if (bytes.length === 0) return bytes
    const copy = Buffer.from(bytes)
    const at = this.#random.below(copy.length)
    copy[at] = change(copy[at])
    return copy
  }

  /** The start and end of some piece. */
  #stretch(bytes, most) {
    const from = this.#random.below(bytes.length)
    return [from, Math.min(bytes.length, from + 1 + this.#random.small(most))]
  }

  /** Where a token, maybe in parentheses or quotes, begins and ends. */
  #token(bytes) {
    const text = bytes.toString('latin1')
    const start = this.#random.below(text.length)
    let from = start
    while (from > 0 && !isBreak(text.charCodeAt(from - 1))) from--
    let to = start
    while (to < text.length && !isBreak(text.charCodeAt(to))) to++
    return [from, Math.max(to, Math.min(text.length, from + 1))]
  }

  #replaceWord(bytes) {
    const [from, to] = this.#token(bytes)
    return replace(bytes, from, to, this.#random.pick(this.#words))
  }

  #splice(bytes, other) {
    const random = this.#random
    if (random.oneIn(3)) {
      return Buffer.concat([
        bytes.subarray(0, random.below(bytes.length + 1)),
        other.subarray(random.below(other.length + 1)),
      ])
    }
    const [from, to] = random.oneIn(2) ? this.#token(other) : this.#stretch(other, 60)
    const piece = other.subarray(from, to)
    const at = random.below(bytes.length + 1)
    return random.oneIn(2) ? insert(bytes, at, piece) : replace(bytes, at, at + piece.length, piece)
  }

  #repeat(bytes, from, to) {
    const random = this.#random
    const piece = bytes.subarray(from, to)
    const times = Math.min(2 + random.small(random.oneIn(8) ? 500 : 6), Math.ceil(MAX_SIZE / Math.max(1, piece.length)))
    return insert(bytes, from, Buffer.concat(Array.from({ length: times }, () => piece)))
  }

  /** Changes what a literal announces, or makes one out of the text at hand. */
  #literal(bytes) {
    const random = this.#random
    const text = bytes.toString('latin1')
    const found = [...text.matchAll(/~?\{\d*\+?\}(\r\n)?/g)]
    if (found.length === 0 || random.oneIn(4)) {
      const [from, to] = random.oneIn(2) ? this.#token(bytes) : this.#stretch(bytes, 30)
      const size = to - from + (random.oneIn(3) ? random.below(5) - 2 : 0)
      const marker = `${random.oneIn(6) ? '~' : ''}{${Math.max(0, size)}${random.oneIn(6) ? '+' : ''}}\r\n`
      return insert(bytes, from, Buffer.from(marker))
    }
    const one = random.pick(found)
    const size = Number(/\d+/.exec(one[0])?.[0] ?? 0)
    const left = text.length - one.index - one[0].length
    const sizes = [size + 1, Math.max(0, size - 1), 0, left, left + 1, Math.max(0, left - 2), random.pick(NUMBERS)]
    const line = random.oneIn(8) ? '' : random.oneIn(8) ? '\n' : '\r\n'
    const marker = `${random.oneIn(6) ? '~' : ''}{${random.pick(sizes)}${random.oneIn(6) ? '+' : ''}}${line}`
    return replace(bytes, one.index, one.index + one[0].length, Buffer.from(marker))
  }

  #number(bytes) {
    const found = [...bytes.toString('latin1').matchAll(/\d+/g)]
    if (found.length === 0) return insert(bytes, this.#random.below(bytes.length + 1), this.#numeral())
    const one = this.#random.pick(found)
    return replace(bytes, one.index, one.index + one[0].length, this.#numeral())
  }

  #numeral() {
    const random = this.#random
    return Buffer.from(random.oneIn(3) ? String(random.small(5000)) : random.pick(NUMBERS))
  }

  /** Puts parentheses or brackets around something, once or deep. */
  #nest(bytes) {
    const random = this.#random
    const [from, to] = random.oneIn(2) ? this.#token(bytes) : this.#stretch(bytes, 60)
    const depth = random.oneIn(6) ? 1 + random.below(200) : 1 + random.small(4)
    const [open, close] = random.pick([
      ['(', ')'],
      ['(', ')'],
      ['[', ']'],
      ['(NIL ', ' NIL)'],
      ['("a" ', ')'],
    ])
    const inner = Buffer.concat([
      Buffer.from(open.repeat(depth)),
      bytes.subarray(from, to),
      Buffer.from(close.repeat(random.oneIn(5) ? random.below(depth + 1) : depth)),
    ])
    return replace(bytes, from, to, inner)
  }

  /** Doubles, drops, moves or joins lines. */
  #lines(bytes) {
    const random = this.#random
    const lines = bytes.toString('latin1').split('\r\n')
    const at = random.below(lines.length)
    switch (random.below(4)) {
      case 0:
        lines.splice(at, 0, lines[random.below(lines.length)])
        break
      case 1:
        lines.splice(at, 1)
        break
      case 2:
        lines.splice(random.below(lines.length), 0, ...lines.splice(at, 1))
        break
      default:
        lines.splice(at, 2, lines.slice(at, at + 2).join(random.pick(['', ' ', '\n', '\r'])))
    }
    return Buffer.from(lines.join('\r\n'), 'latin1')
  }

  #swap(bytes) {
    const [first, second] = [this.#token(bytes), this.#token(bytes)].sort((a, b) => a[0] - b[0])
    if (first[1] > second[0]) return bytes
    return Buffer.concat([
      bytes.subarray(0, first[0]),
      bytes.subarray(...second),
      bytes.subarray(first[1], second[0]),
      bytes.subarray(...first),
      bytes.subarray(second[1]),
    ])
  }

  /** Takes quotes away from a token, or puts some around it. */
  #quote(bytes) {
    const [from, to] = this.#token(bytes)
    const text = bytes.toString('latin1', from, to)
    const changed = text.startsWith('"') ? text.slice(1, text.endsWith('"') ? -1 : undefined) : `"${text}"`
    return replace(bytes, from, to, Buffer.from(changed, 'latin1'))
  }

  /** Drops, doubles or empties what stands between a pair of parentheses. */
  #list(bytes) {
    const random = this.#random
    const text = bytes.toString('latin1')
    const opens = [...text.matchAll(/\(/g)]
    if (opens.length === 0) return bytes
    const from = random.pick(opens).index
    let depth = 0
    let to = from
    do {
      if (text[to] === '(') depth++
      else if (text[to] === ')') depth--
      to++
    } while (depth > 0 && to < text.length)
    const list = bytes.subarray(from, to)
    switch (random.below(4)) {
      case 0:
        return cut(bytes, from, to)
      case 1:
        return insert(bytes, to, list)
      case 2:
        return replace(bytes, from, to, Buffer.from(random.pick(['NIL', '()', '""', '(NIL)', '0', '(']))) // a list of nothing
      default:
        return insert(bytes, from + 1, list)
    }
  }
}

function isBreak(code) {
  return code <= 0x20 || code === 0x28 || code === 0x29 || code === 0x5b || code === 0x5d
}

function insert(bytes, at, piece) {
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)])
}

function cut(bytes, from, to) {
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
}

function replace(bytes, from, to, piece) {
  return Buffer.concat([bytes.subarray(0, from), piece, bytes.subarray(to)])
}

/** Smaller inputs, larger cuts first, for minimising. */
export function* smaller(bytes) {
  for (let size = bytes.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < bytes.length; at += size) yield cut(bytes, at, at + size)
  }
  for (let at = 0; at < bytes.length; at++) {
    // An easy octet in the place of a hard one.
    if (bytes[at] !== 0x61 && bytes[at] !== 0x20) yield replace(bytes, at, at + 1, Buffer.from('a'))
  }
}
