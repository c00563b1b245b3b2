// A server that answers from prepared bytes, so that a measurement shows the client and not the server.
//
// Started with an IPC channel, it sends { port, delayedPort }: the second port is the same server 20 ms away. It speaks
// what a reading client needs and answers BAD with a reason to everything else. User `plain` is not offered ESEARCH.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { mailboxes } from './load-data.mjs'

const BASE = 'IMAP4rev1 SASL-IR AUTH=PLAIN ID ENABLE IDLE NAMESPACE UNSELECT CHILDREN CONDSTORE'
const ONE_WAY_DELAY = 10
const WRITE_SIZE = 256 * 1024

class CommandError extends Error {}

/** Turns a set into ascending, separate intervals of message indexes. */
function resolveSet(mailbox, text, byUid) {
  const last = byUid ? mailbox.uidNext - 1 : mailbox.count
  const number = (part) => {
    if (part === '*') return last
    if (!/^[1-9]\d{0,9}$/.test(part)) throw new CommandError(`Not a set: ${text}`)
    return Number(part)
  }
  const intervals = text.split(',').map((part) => {
    const [a, b = a] = part.split(':')
    const [low, high] = [number(a), number(b)].sort((x, y) => x - y)
    if (byUid) return [mailbox.indexOf(low), mailbox.indexOf(high + 1)]
    if (high > mailbox.count) throw new CommandError('No such message sequence number')
    return [low - 1, high]
  })
  intervals.sort(([a], [b]) => a - b)
  const merged = []
  for (const [from, to] of intervals) {
    if (from >= to) continue
    const previous = merged.at(-1)
    if (previous && from <= previous[1]) previous[1] = Math.max(previous[1], to)
    else merged.push([from, to])
  }
  return merged
}

const simpleItems = {
  UID: (mailbox, index) => mailbox.uid(index),
  FLAGS: (mailbox, index) => `(${mailbox.flags(index).join(' ')})`,
  INTERNALDATE: (mailbox, index) => mailbox.internalDate(index),
  'RFC822.SIZE': (mailbox, index) => mailbox.size(index),
  ENVELOPE: (mailbox, index) => mailbox.envelope(index),
  BODYSTRUCTURE: (mailbox, index) => mailbox.structure(index).text,
  MODSEQ: (mailbox, index) => `(${mailbox.modSeq(index)})`,
}
const MACROS = { FAST: 'FLAGS INTERNALDATE RFC822.SIZE', ALL: 'FLAGS INTERNALDATE RFC822.SIZE ENVELOPE' }

function parseItems(text, byUid) {
  const inner = text.replace(/^\((.*)\)$/, '$1').toUpperCase()
  const names = (MACROS[inner] ?? inner).split(' ')
  if (byUid && !names.includes('UID')) names.unshift('UID')
  const bodies = []
  const simple = []
  for (const name of names) {
    const body = /^BODY(?:\.PEEK)?\[\](?:<(\d+)\.(\d+)>)?$/.exec(name)
    if (body) bodies.push(body[1] === undefined ? {} : { offset: Number(body[1]), length: Number(body[2]) })
    else if (name in simpleItems) simple.push(name)
    else throw new CommandError(`No FETCH item here: ${name}`)
  }
  return { simple, bodies }
}

/** All FETCH lines of a mailbox for one list of items, built once: line i is at ends[i - 1] to ends[i]. */
const preparedLines = new Map()
function linesOf(name, simple) {
  const key = `${name} ${simple.join(' ')}`
  let lines = preparedLines.get(key)
  if (!lines) {
    const mailbox = mailboxes[name]
    const ends = new Float64Array(mailbox.count)
    const parts = []
    let end = 0
    for (let index = 0; index < mailbox.count; index++) {
      const items = simple.map((item) => `${item} ${simpleItems[item](mailbox, index)}`)
      const line = Buffer.from(`* ${index + 1} FETCH (${items.join(' ')})\r\n`)
      parts.push(line)
      end += line.length
      ends[index] = end
    }
    lines = { bytes: Buffer.concat(parts), ends }
    preparedLines.set(key, lines)
  }
  return lines
}

const preparedSearches = new Map()
function searchAll(name, byUid) {
  const key = `${name} ${byUid}`
  let bytes = preparedSearches.get(key)
  if (!bytes) {
    const mailbox = mailboxes[name]
    const numbers = Array.from({ length: mailbox.count }, (_, index) => (byUid ? mailbox.uid(index) : index + 1))
    bytes = Buffer.from(`* SEARCH ${numbers.join(' ')}\r\n`)
    preparedSearches.set(key, bytes)
  }
  return bytes
}

/** One connection: commands are run one after the other. */
class Peer {
  #socket
  #input = Buffer.alloc(0)
  #commands = Promise.resolve()
  #user
  #selected
  #idleTag
  /** Called when the socket takes more, or is closed. */
  #writable = () => {}
  /** Takes the next line when an AUTHENTICATE or IDLE waits for it. */
  #continuation
  /** Octets of the answer to the last command, which XSENT tells. */
  #sent = 0

  constructor(socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('drain', () => this.#writable())
    socket.on('close', () => this.#writable())
    void this.#write(`* OK [CAPABILITY ${BASE}] Load server\r\n`)
  }

  #receive(chunk) {
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk])
    for (;;) {
      const end = this.#input.indexOf('\r\n')
      if (end < 0) return
      const line = this.#input.toString('latin1', 0, end)
      this.#input = this.#input.subarray(end + 2)
      this.#commands = this.#commands.then(() => this.#line(line)).catch(() => this.#socket.destroy())
    }
  }

  async #write(data) {
    this.#sent += data.length
    if (!this.#socket.write(data) && !this.#socket.destroyed) {
      await new Promise((resolve) => {
        this.#writable = resolve
      })
    }
    if (this.#socket.destroyed) throw new Error('the client has gone')
  }

  async #line(line) {
    if (this.#continuation) {
      const take = this.#continuation
      this.#continuation = undefined
      await take(line)
      return
    }
    const [, tag, name, rest = ''] = /^(\S+) ((?:UID )?\S+)(?: (.*))?$/i.exec(line) ?? []
    if (tag === undefined) {
      await this.#write('* BAD Not a command\r\n')
      return
    }
    const command = name.toUpperCase()
    if (command === 'XSENT') {
      await this.#write(`* XSENT ${this.#sent}\r\n${tag} OK Done\r\n`)
      return
    }
    this.#sent = 0
    try {
      await this.#run(tag, command, rest)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      await this.#write(`${tag} BAD ${error.message}\r\n`)
    }
  }

  get #capabilities() {
    return this.#user === 'plain' ? BASE : `${BASE} ESEARCH`
  }

  get #mailbox() {
    if (this.#selected === undefined) throw new CommandError('No mailbox selected')
    return mailboxes[this.#selected]
  }

  async #run(tag, command, rest) {
    const ok = (text = 'Done') => this.#write(`${tag} OK ${text}\r\n`)
    switch (command) {
      case 'CAPABILITY':
        await this.#write(`* CAPABILITY ${this.#capabilities}\r\n`)
        return ok()
      case 'LOGIN':
        return this.#login(tag, rest.split(' ')[0].replaceAll('"', ''))
      case 'AUTHENTICATE': {
        const [mechanism, initial] = rest.split(' ')
        if (mechanism.toUpperCase() !== 'PLAIN') throw new CommandError('Only PLAIN here')
        const take = (response) => this.#login(tag, Buffer.from(response, 'base64').toString().split('\0')[1])
        if (initial !== undefined) return take(initial)
        this.#continuation = take
        return this.#write('+ \r\n')
      }
      case 'ID':
        await this.#write('* ID ("name" "load")\r\n')
        return ok()
      case 'NAMESPACE':
        await this.#write('* NAMESPACE (("" "/")) NIL NIL\r\n')
        return ok()
      case 'ENABLE':
        await this.#write(`* ENABLED${/\bCONDSTORE\b/i.test(rest) ? ' CONDSTORE' : ''}\r\n`)
        return ok()
      case 'LIST':
      case 'LSUB': {
        const pattern = rest.split(' ').at(-1).replaceAll('"', '')
        for (const name of Object.keys(mailboxes)) {
          if (pattern === '*' || pattern === '%' || pattern === name) {
            await this.#write(`* ${command} (\\HasNoChildren) "/" ${name}\r\n`)
          }
        }
        return ok()
      }
      case 'SELECT':
      case 'EXAMINE':
        return this.#select(tag, command, rest)
      case 'CLOSE':
      case 'UNSELECT':
        this.#selected = undefined
        return ok()
      case 'NOOP':
      case 'CHECK':
        return ok()
      case 'IDLE':
        this.#idleTag = tag
        this.#continuation = (line) =>
          this.#write(
            line.toUpperCase() === 'DONE' ? `${this.#idleTag} OK Idle ended\r\n` : `${tag} BAD DONE expected\r\n`,
          )
        return this.#write('+ idling\r\n')
      case 'FETCH':
      case 'UID FETCH':
        await this.#fetch(rest, command !== 'FETCH')
        return ok()
      case 'SEARCH':
      case 'UID SEARCH':
        await this.#search(tag, rest, command !== 'SEARCH')
        return ok()
      case 'LOGOUT':
        await this.#write(`* BYE Good bye\r\n${tag} OK Done\r\n`)
        this.#socket.end()
        return undefined
      default:
        throw new CommandError(`No such command here: ${command}`)
    }
  }

  async #login(tag, user) {
    this.#user = user
    await this.#write(`${tag} OK [CAPABILITY ${this.#capabilities}] Logged in\r\n`)
  }

  async #select(tag, command, rest) {
    this.#selected = undefined
    const name = rest.replace(/ \(CONDSTORE\)$/i, '').replaceAll('"', '')
    if (!Object.hasOwn(mailboxes, name)) return this.#write(`${tag} NO [NONEXISTENT] No such mailbox\r\n`)
    this.#selected = name
    const mailbox = mailboxes[name]
    return this.#write(
      '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded)\r\n' +
        '* OK [PERMANENTFLAGS ()] None\r\n' +
        `* ${mailbox.count} EXISTS\r\n* 0 RECENT\r\n` +
        '* OK [UIDVALIDITY 1700000000] Stable\r\n' +
        `* OK [UIDNEXT ${mailbox.uidNext}] Next\r\n` +
        `* OK [HIGHESTMODSEQ ${mailbox.highestModSeq}] Highest\r\n` +
        `${tag} OK [READ-${command === 'SELECT' ? 'WRITE' : 'ONLY'}] Done\r\n`,
    )
  }

  async #fetch(rest, byUid) {
    const [, set, items] = /^(\S+) (\(.*\)|\S+)$/.exec(rest) ?? []
    if (set === undefined) throw new CommandError('FETCH set items')
    const mailbox = this.#mailbox
    const { simple, bodies } = parseItems(items, byUid)
    for (const [from, to] of resolveSet(mailbox, set, byUid)) {
      if (bodies.length > 0) {
        for (let index = from; index < to; index++) await this.#fetchBody(mailbox, index, simple, bodies)
      } else {
        const { bytes, ends } = linesOf(this.#selected, simple)
        const end = ends[to - 1]
        for (let at = from === 0 ? 0 : ends[from - 1]; at < end; at += WRITE_SIZE) {
          await this.#write(bytes.subarray(at, Math.min(end, at + WRITE_SIZE)))
        }
      }
    }
  }

  async #fetchBody(mailbox, index, simple, bodies) {
    const size = mailbox.size(index)
    let text = simple.map((item) => `${item} ${simpleItems[item](mailbox, index)} `).join('')
    text = `* ${index + 1} FETCH (${text}`
    this.#socket.cork()
    for (const { offset, length } of bodies) {
      const from = Math.min(size, offset ?? 0)
      const to = Math.min(size, from + (length ?? size))
      text += `BODY[]${offset === undefined ? '' : `<${offset}>`} {${to - from}}\r\n`
      this.#writeCorked(text)
      for (const piece of mailbox.body(index, from, to)) {
        this.#writeCorked(piece)
        if (this.#socket.writableLength > WRITE_SIZE) {
          this.#socket.uncork()
          await this.#write('')
          this.#socket.cork()
        }
      }
      text = ' '
    }
    this.#writeCorked(')\r\n')
    this.#socket.uncork()
    await this.#write('')
  }

  #writeCorked(data) {
    this.#sent += data.length
    this.#socket.write(data)
  }

  async #search(tag, rest, byUid) {
    const [, returns, criteria] = /^(?:RETURN \(([^)]*)\) )?(?:CHARSET \S+ )?(.*)$/i.exec(rest)
    const mailbox = this.#mailbox
    const everything = criteria.toUpperCase() === 'ALL'
    const set = /^(UID )?([\d*,:]+)$/i.exec(criteria)
    if (!everything && !set) throw new CommandError(`No search key here: ${criteria}`)
    if (returns === undefined && everything) {
      await this.#write(searchAll(this.#selected, byUid))
      return
    }
    const intervals = everything ? [[0, mailbox.count]] : resolveSet(mailbox, set[2], set[1] !== undefined)
    const number = (index) => (byUid ? mailbox.uid(index) : index + 1)
    if (returns === undefined) {
      const numbers = intervals.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => number(from + i)))
      await this.#write(`* SEARCH${numbers.map((n) => ` ${n}`).join('')}\r\n`)
      return
    }
    const wanted = returns.toUpperCase().split(' ').filter(Boolean)
    const count = intervals.reduce((total, [from, to]) => total + to - from, 0)
    let answer = `* ESEARCH (TAG "${tag}")${byUid ? ' UID' : ''}`
    if (wanted.includes('COUNT')) answer += ` COUNT ${count}`
    if (count > 0) {
      if (wanted.includes('MIN')) answer += ` MIN ${number(intervals[0][0])}`
      if (wanted.includes('MAX')) answer += ` MAX ${number(intervals.at(-1)[1] - 1)}`
      if (wanted.includes('ALL') || wanted.length === 0) answer += ` ALL ${setText(intervals, number)}`
    }
    await this.#write(`${answer}\r\n`)
  }
}

/** The shortest text of a set of messages. */
function setText(intervals, number) {
  const ranges = []
  for (const [from, to] of intervals) {
    for (let index = from; index < to; index++) {
      const n = number(index)
      const last = ranges.at(-1)
      if (last && last[1] === n - 1) last[1] = n
      else ranges.push([n, n])
    }
  }
  return ranges.map(([low, high]) => (low === high ? String(low) : `${low}:${high}`)).join(',')
}

/** A line of 20 ms there and back in front of a port; its width is not limited. */
function delayed(port) {
  return createServer((near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true })
    near.setNoDelay(true)
    const carry = (from, to) => {
      from.on('data', (chunk) => setTimeout(() => to.write(chunk), ONE_WAY_DELAY))
      from.on('end', () => setTimeout(() => to.end(), ONE_WAY_DELAY))
      from.on('error', () => to.destroy())
      from.on('close', () => setTimeout(() => to.destroy(), 2 * ONE_WAY_DELAY))
    }
    carry(near, far)
    carry(far, near)
  })
}

const listen = async (server) => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server.address().port
}

const port = await listen(createServer((socket) => new Peer(socket)))
const delayedPort = await listen(delayed(port))
process.send({ port, delayedPort })
// The benchmark is the only one who needs this process.
process.on('disconnect', () => process.exit())
