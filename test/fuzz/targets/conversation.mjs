// The client against a server in memory whose answers are wrong: every promise settles, with nothing but errors of this
// package, iterators end, no timer and no stream is left, no secret shows, and nothing is sent that is no command.
import '../conversation/time.mjs'
import { built } from '../built.mjs'
import { moveTime, releaseTime, stopTime, turn, waiting } from '../conversation/time.mjs'
import { Peer } from '../conversation/peer.mjs'
import { KINDS } from '../conversation/answers.mjs'
import { mutateCase, smallerCases } from '../conversation/cases.mjs'
import { Failure } from '../failure.mjs'
import { Mutator, wordsOf } from '../mutate.mjs'
import { corpusSeeds, transcriptSeeds } from '../seeds.mjs'

const { connect, ImapError } = await built('index.js')
const { parseMail } = await built('mime/parse.js')
const { canRun, names, operations } = await import('../conversation/operations.mjs')

// What is loaded on first use would take another time then.
await parseMail(Buffer.from('Subject: x\r\n\r\nx'))

const PASSWORD = 'hunter2secret'
/** Turns of the event loop without anything happening, after which nothing more will without a push. */
const QUIET_TURNS = 4
/** The same where a message is parsed: that is done by a package with streams of its own. */
const PARSING_TURNS = 60
const MAX_PUSHES = 3000

const AUTH = [
  { user: 'ann', password: PASSWORD },
  { user: 'ann', accessToken: PASSWORD },
]

let mutator
let lines
let random

export const target = {
  name: 'conversation',
  batch: 2,
  execute,
  seeds,
  prepare(given) {
    random = given
    const corpus = [...corpusSeeds(), ...transcriptSeeds('S')]
    mutator = new Mutator(random, [
      ...wordsOf(corpus),
      Buffer.from('<t> OK '),
      Buffer.from('<t> NO '),
      Buffer.from('<p> OK x\r\n'),
    ])
    lines = corpus.flatMap((each) => each.toString('latin1').split(/(?<=\r\n)/)).filter((line) => line.length < 500)
  },
  mutate: (input, other) => mutateCase(input, other, { random, mutator, lines, names, kinds: KINDS }),
  sizeOf: (input) => target.encode(input).length,
  encode: ({ kind, preauth, split, end, program, replies }) =>
    JSON.stringify({ kind, preauth, split, end, program, replies }),
  decode: (line) => JSON.parse(line),
  smaller: smallerCases,
}

/** One conversation for each operation and kind of server, and some long ones. */
function seeds() {
  const found = []
  const make = (kind, preauth, program) => found.push({ kind, preauth, split: 0, end: 'end', program, replies: {} })
  for (const name of names) for (const kind of [1, 2, 0]) make(kind, true, ['select', name])
  for (let kind = 0; kind < KINDS; kind++) make(kind, false, ['select', 'fetch', 'logout'])
  make(1, true, ['listen', 'select', '&fetch', '&search', 'store', 'stream', 'append', 'noop', 'download', 'logout'])
  make(2, true, ['select', 'fetch', 'search', 'store', 'copy', 'move', 'expunge', 'unselect', 'logout'])
  make(5, true, ['imap2 find', 'select', 'imap2 fetch', 'logout'])
  return found
}

async function execute(input) {
  stopTime()
  const peer = new Peer(input)
  try {
    return await converse(input, peer)
  } finally {
    // For whoever mutates the case.
    input.answers = peer.answers
    peer.destroy()
    releaseTime()
  }
}

async function converse(input, peer) {
  const outcomes = []
  const strange = []
  const check = (error) => {
    if (!(error instanceof ImapError)) strange.push(error)
    else if (shows(error)) strange.push(new Failure('an error shows a secret', error.message))
    else if (mistake(error) !== undefined) strange.push(mistake(error))
  }
  const hear = () => undefined
  const on = {
    trace: ({ text }) => {
      if (text.includes(PASSWORD)) strange.push(new Failure('a trace shows a secret', text))
    },
    warning: ({ error }) => check(error),
  }
  const setup = {
    host: 'mail.example',
    security: 'plaintext',
    transport: () => peer,
    on,
    idle: { delayMs: 10 },
    enable: ['QRESYNC'],
  }
  const auth = AUTH[input.kind === 4 ? 1 : 0]
  const aborter = new AbortController()
  const it = { client: undefined, mailbox: undefined, hear, signal: aborter.signal }

  const settled = (name, promise) => {
    const outcome = { name, done: false }
    outcomes.push(outcome)
    return promise.then(
      () => Object.assign(outcome, { done: true, result: 'ok' }),
      (error) => {
        Object.assign(outcome, { done: true, result: error?.code ?? String(error) })
        check(error)
      },
    )
  }

  const play = async () => {
    await settled(
      'connect',
      connect({ ...setup, ...(input.preauth ? {} : { auth }) }).then((client) => void (it.client = client)),
    )
    if (it.client === undefined) return
    const running = []
    for (const step of input.program) {
      const name = step.replace(/^&/, '')
      if (!Object.hasOwn(operations, name) || !canRun(name, it)) continue
      const ended = settled(
        name,
        invoke(() => operations[name](it)),
      )
      running.push(ended)
      if (!step.startsWith('&')) await ended
    }
    await Promise.all(running)
    it.client.close()
    await settled('closed', it.client.closed)
  }

  let over = false
  const playing = play().then(
    () => (over = true),
    (error) => {
      over = true
      strange.push(error)
    },
  )
  await drive(input, peer, aborter, () => over, outcomes)
  await playing
  await quiet(peer)
  // Closing may wait for a stream that does not close.
  if (!peer.destroyed) throw new Failure('the stream is left open', input.program.join())
  if (peer.failure !== undefined) throw peer.failure
  if (strange.length > 0) throw strange[0]
  if (waiting() > 0) throw new Failure('a timer is left')
  return outcomes.map(({ name, result }) => `${name} ${result}`)
}

/** Pushes the conversation on whenever nothing happens by itself. */
async function drive(input, peer, aborter, isOver, outcomes) {
  let late = false
  for (let pushes = 0; ; pushes++) {
    await quiet(peer, isOver, input.program.includes('parse') ? PARSING_TURNS : QUIET_TURNS)
    if (isOver()) return
    if (pushes > MAX_PUSHES) throw new Failure('a conversation never ends', openOf(outcomes))
    if (!aborter.signal.aborted && input.end !== 'end') aborter.abort(new Error('enough'))
    else if (input.end === 'late' && !late) late = !peer.repeatWell()
    else if (input.end === 'reset' && !peer.destroyed)
      peer.hangUp(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))
    else if (input.end !== 'stall' && !peer.destroyed && !peer.readableEnded && !peer.hungUp) {
      peer.hungUp = true
      peer.hangUp()
    } else if (!moveTime()) throw new Failure('a promise never settles', openOf(outcomes))
  }
}

/** Waits until nothing happens any more. */
async function quiet(peer, isOver = () => false, most = QUIET_TURNS) {
  for (let turns = 0; turns < most && !isOver();) {
    const before = peer.activity
    await turn()
    turns = peer.activity === before ? turns + 1 : 0
  }
}

function openOf(outcomes) {
  return outcomes
    .filter(({ done }) => !done)
    .map(({ name }) => name)
    .join()
}

async function invoke(operation) {
  return operation()
}

/** A mistake of the client's own code that a proper error covers up. */
function mistake(error) {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof TypeError || each instanceof RangeError || each instanceof ReferenceError) return each
  }
  return undefined
}

/** Whether an error, or what it was caused by, tells the password. */
function shows(error) {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each.message.includes(PASSWORD)) return true
    if (each instanceof ImapError && JSON.stringify(each).includes(PASSWORD)) return true
  }
  return false
}
