// The server side of a conversation, in memory: it waits for what the client sends, and gives one answer to each step.
import { Duplex } from 'node:stream'
import { Failure } from '../failure.mjs'
import { answer, greeting } from './answers.mjs'

const MAX_STEPS = 300

/** A stream that stands for a socket, with the scripted server behind it. */
export class Peer extends Duplex {
  /** What was or would have been answered to each step, for mutation; tags stand as `<t>`. */
  answers = []
  /** Grows with everything that happens. */
  activity = 0
  #case
  #pending = Buffer.alloc(0)
  /** The command in work, its lines joined; and the octets of a literal that are still to come. */
  #command = ''
  #literal = 0
  #dialogue = false
  /** The client has asked for compression: what cannot be read from now on is compressed. */
  #mayCompress = false
  #tag = 't'
  #before = 't'
  #given
  #state

  constructor(given) {
    super({ autoDestroy: true, emitClose: true })
    this.#case = given
    this.#state = given.split >>> 0
    // The client listens only after it has got the stream.
    setImmediate(() => this.#step(greeting(given.kind, given.preauth)))
  }

  /** Gives the good answer to the last step, where another one was given. False when it was given already. */
  repeatWell() {
    if (this.#given === undefined) return false
    const text = this.#given
    this.#given = undefined
    this.#send(text)
    return true
  }

  hangUp(error) {
    this.activity++
    if (this.destroyed) return
    if (error === undefined) this.push(null)
    else this.destroy(error)
  }

  _read() {
    // What is to be said is pushed when it is due.
  }

  _write(chunk, _encoding, done) {
    this.activity++
    this.#pending = Buffer.concat([this.#pending, chunk])
    try {
      this.#take()
      done()
    } catch (error) {
      this.failure = error
      done(error)
    }
  }

  _final(done) {
    this.activity++
    done()
    if (!this.destroyed) this.push(null)
  }

  _destroy(error, done) {
    this.activity++
    done(error)
  }

  #take() {
    for (;;) {
      if (this.#literal > 0) {
        const count = Math.min(this.#literal, this.#pending.length)
        this.#pending = this.#pending.subarray(count)
        this.#literal -= count
        if (this.#literal > 0) return
      }
      const end = this.#pending.indexOf('\r\n')
      if (end === -1) return
      const line = this.#pending.toString('latin1', 0, end)
      this.#pending = this.#pending.subarray(end + 2)
      if (/[\r\n\0]/.test(line) && this.#mayCompress) return
      if (/[\r\n\0]/.test(line)) throw new Failure('the client sends a line end or NUL in a line', JSON.stringify(line))
      this.#line(line)
    }
  }

  #line(line) {
    const whole = this.#command + line
    const marker = /~?\{(\d+)(\+?)\}$/.exec(line)
    if (marker !== null) {
      this.#command = whole
      this.#literal = Number(marker[1])
      if (marker[2] === '') {
        // A client that waits for the go-ahead gets it, or whatever the case says; a refusal ends the command.
        this.#tag = /^\S+/.exec(whole)?.[0] ?? 't'
        const given = this.#step('+ go\r\n')
        if (/^<t> (?:NO|BAD)/m.test(given)) {
          this.#command = ''
          this.#literal = 0
        }
      }
      return
    }
    this.#command = ''
    if (this.#dialogue) {
      const given = this.#step('<t> OK [CAPABILITY IMAP4rev1 IDLE] done\r\n')
      this.#dialogue = !given.includes('<t> ')
      return
    }
    const match = /^([A-Za-z0-9]+) ([A-Za-z0-9-]+(?: .*)?)$/.exec(whole)
    if (match === null) {
      if (this.#mayCompress) return
      // After an abort a dialogue may end late.
      if (line === 'DONE' || line === '*' || line === '') return void this.#step('')
      if (this.answers.some((text) => text.includes('+'))) return void this.#step('')
      throw new Failure('the client sends what is no command', JSON.stringify(whole))
    }
    if (match[2].startsWith('COMPRESS')) this.#mayCompress = true
    this.#before = this.#tag
    this.#tag = match[1]
    const given = this.#step(answer(this.#case.kind, match[2]))
    this.#dialogue = /^(?:IDLE|AUTHENTICATE)/i.test(match[2]) && !given.includes('<t> ')
  }

  /** Answers one step; gives what was answered. */
  #step(good) {
    const index = this.answers.length
    if (index >= MAX_STEPS) throw new Failure('a conversation has no end')
    const given = this.#case.replies[index] ?? good
    this.answers.push(given)
    this.#given = given === good ? undefined : good
    this.#send(given)
    return given
  }

  #send(text) {
    if (this.destroyed || this.readableEnded) return
    this.activity++
    const named = text.replaceAll('<t>', this.#tag).replaceAll('<p>', this.#before)
    const bytes = Buffer.from(named, 'latin1')
    let from = 0
    while (from < bytes.length) {
      const size = this.#case.split === 0 ? bytes.length : 1 + this.#next(this.#case.split % 3 === 0 ? 3 : 60)
      this.push(bytes.subarray(from, from + size))
      from += size
    }
  }

  #next(bound) {
    this.#state = (Math.imul(this.#state, 1103515245) + 12345) >>> 0
    return (this.#state >>> 16) % bound
  }
}
