// Framer and readers without I/O: whatever a server sends gives responses, ProtocolError or LimitError, and the same
// ones however it is cut.
import { isDeepStrictEqual } from 'node:util'
import { built } from '../built.mjs'
import { Failure } from '../failure.mjs'
import { plain } from '../plain.mjs'
import { corpusSeeds, transcriptSeeds } from '../seeds.mjs'
import { byteTarget } from './bytes.mjs'

const { DEFAULT_LIMITS, Framer, LimitError, ProtocolError, readResponse } = await built('codec.js')
const { protocol } = await built('protocol.js')

const LIMITS = { ...DEFAULT_LIMITS, literal: 100_000, response: 200_000 }
const TIGHT = { ...LIMITS, line: 200, literal: 40, response: 300, nesting: 8, items: 30 }

export const target = byteTarget({
  name: 'decoder',
  batch: 200,
  seeds: () => [...corpusSeeds(), ...transcriptSeeds('S')],
  execute,
})

/**
 * Reads an input.
 *
 * @param {Buffer} bytes
 * @param {boolean} thorough - byte by byte too, with literals as streams, and every response read twice
 * @returns {string[]} what stands for the kinds of things that were found
 */
function execute(bytes, thorough) {
  // What is not said by the input is derived from it, so that it is the same when it is replayed.
  const mark = checksum(bytes)
  const limits = mark % 5 === 0 ? TIGHT : LIMITS
  const utf8 = (mark & 8) !== 0
  const whole = frame(bytes, [], limits)
  if (thorough || mark % 8 === 0) same(whole, frame(bytes, cuts(bytes.length, mark), limits), 'at random places')
  const found = whole.error === undefined ? [] : [`fatal ${whole.error}`]
  for (const each of whole.frames) found.push(read(each, { limits, utf8 }, thorough))
  if (thorough) {
    const every = Array.from({ length: Math.min(bytes.length, 600) }, (_, i) => i)
    same(whole, frame(bytes, every, limits), 'byte by byte')
    same(whole, frame(bytes, cuts(bytes.length, mark + 1), limits, { utf8, limits }), 'with streams')
  }
  return found
}

function checksum(bytes) {
  let sum = bytes.length
  for (let i = 0; i < bytes.length; i++) sum = (Math.imul(sum, 31) + bytes[i]) >>> 0
  return sum ^ (sum >>> 13)
}

function cuts(length, seed) {
  const places = []
  let state = seed >>> 0
  for (let at = 0; ;) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    at += 1 + ((state >>> 16) % 40)
    if (at >= length) return places
    places.push(at)
  }
}

/** Cuts an input into frames, pushed in pieces; each piece is spoilt when it has been read. */
function frame(bytes, places, limits, streams) {
  const frames = []
  const streamed = []
  let error
  const framer = new Framer(
    {
      literal: (head, size) => {
        only(() => protocol.readFetchHead(head, streams), 'readFetchHead')
        if (size % 3 === 0) return undefined
        const parts = []
        streamed.push({ index: head.literals.length, response: frames.length, parts })
        return {
          data: (part) => parts.push(Buffer.from(part)),
          end: () => parts.push(null),
          fail: () => parts.push('failed'),
        }
      },
      response: (one) => frames.push(one),
    },
    limits,
  )
  framer.streaming = streams !== undefined
  try {
    let from = 0
    for (const to of places) {
      if (to <= from) continue
      const piece = Buffer.from(bytes.subarray(from, to))
      framer.push(piece)
      if (streams === undefined) piece.fill(0x7d)
      from = to
    }
    framer.push(bytes.subarray(from))
  } catch (thrown) {
    if (!(thrown instanceof LimitError)) throw thrown
    error = thrown.message.replace(/\d+/g, 'N')
  }
  return { frames, error, idle: framer.idle, rest: Buffer.from(framer.takeRest()), streamed }
}

function same(whole, split, how) {
  const streams = new Map(split.streamed.map((one) => [`${one.response} ${one.index}`, one.parts]))
  // What is streamed is not kept, and so it does not count against the limits.
  const count = streams.size > 0 ? Math.min(whole.frames.length, split.frames.length) : whole.frames.length
  if (streams.size === 0) {
    if (split.frames.length !== count) throw new Failure(`other responses when cut ${how}`)
    if (split.error !== whole.error)
      throw new Failure(`another error when cut ${how}`, `${whole.error}, ${split.error}`)
    if (split.idle !== whole.idle) throw new Failure(`another state when cut ${how}`)
    if (whole.error === undefined && !split.rest.equals(whole.rest)) throw new Failure(`another rest when cut ${how}`)
  } else if (whole.error === undefined && split.frames.length !== whole.frames.length) {
    throw new Failure(`other responses when cut ${how}`)
  }
  for (let i = 0; i < count; i++) {
    const [one, other] = [whole.frames[i], split.frames[i]]
    if (one.text !== other.text) throw new Failure(`another text when cut ${how}`, `${one.text} | ${other.text}`)
    if (one.literals.length !== other.literals.length) throw new Failure(`other literals when cut ${how}`)
    for (let j = 0; j < one.literals.length; j++) {
      const parts = streams.get(`${i} ${j}`)
      if (parts !== undefined && parts.at(-1) !== null) throw new Failure('a stream of a whole literal has no end')
      const literal = parts === undefined ? other.literals[j] : Buffer.concat(parts.slice(0, -1))
      if (!Buffer.from(one.literals[j]).equals(literal)) throw new Failure(`another literal when cut ${how}`)
    }
  }
}

/** Reads one response; gives what kind it is. */
function read(one, { limits, utf8 }, thorough) {
  let warnings = 0
  const warn = () => void warnings++
  const response = only(() => readResponse(one, { limits, utf8, warn }), 'readResponse')
  if (thorough) {
    const again = only(() => readResponse(one, { limits, utf8, warn: () => undefined }), 'readResponse')
    const [first, second] = [response, again].map((each) => (typeof each === 'string' ? each : plain(each)))
    if (!isDeepStrictEqual(first, second)) throw new Failure('read again, a response is another one')
    if (Object.keys(Object.prototype).length > 0) throw new Failure('the prototype of all objects has changed')
  }
  return typeof response === 'string' ? response : `${shape(response)} ${Math.min(warnings, 3)}`
}

/** Lets only the errors through that a caller must expect, as text. */
function only(run, what) {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return `${what} ${error.code} ${error.message.slice(0, 24).replace(/\d+/g, 'N')}`
  }
}

/** The kind of a response, without what a server may choose freely. */
function shape(response) {
  if (response.kind === 'untagged' && response.type === 'FETCH') {
    const items = Object.keys(response.data).sort().join()
    const defects = response.data.defects?.map((defect) => defect.item).join() ?? ''
    return `FETCH ${items.slice(0, 40)} ${defects.slice(0, 20)}`
  }
  const code = response.code?.name.slice(0, 10) ?? ''
  return `${response.kind} ${(response.type ?? response.status ?? '').slice(0, 10)} ${code}`
}
