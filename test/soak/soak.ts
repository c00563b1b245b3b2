import { connect, type ConnectOptions } from '../../src/index.js'
import { Actor, type Places } from './actor.js'
import { random } from './random.js'
import { Reader } from './reader.js'

/** Where a soak runs. */
export interface SoakTarget {
  /** Names of mailboxes start with it. */
  readonly prefix?: string
  /** Options for the clients. */
  readonly options: ConnectOptions
  /** An address without TLS for the reader. */
  readonly reader: { readonly host: string; readonly port: number; readonly user: string; readonly password: string }
}

/** What a soak did. */
export interface SoakReport {
  readonly seed: number
  readonly commands: number
  /** Calls that were refused since their messages had gone. */
  readonly refused: number
  readonly pauses: number
  /** Clients compared with a fresh reading, over all pauses. */
  readonly comparisons: number
  /** Messages in these comparisons. */
  readonly messages: number
  readonly milliseconds: number
}

/** How the four clients differ. */
const KINDS: readonly (readonly [string, Partial<ConnectOptions>])[] = [
  ['plain', { idle: { delayMs: 0 } }],
  ['resyncing', { enable: ['QRESYNC'], idle: { delayMs: 10 } }],
  ['one by one', { pipelining: 1, idle: { delayMs: 0 } }],
  ['without idle', { idle: false, limits: { commandLine: 120 } }],
]

/** What went wrong, with the seed that leads there. */
export class SoakError extends Error {
  /** The conversation of the client that it is about, the last lines of it. */
  readonly log: readonly string[]

  constructor(message: string, log: readonly string[]) {
    super(`${message}\n${log.slice(-40).join('\n')}`)
    this.log = log
  }
}

let soaks = 0

/**
 * Lets four clients do random things in one mailbox, and compares what each knows with a fresh reading at every pause.
 *
 * @param more - whether to go on, asked at every pause
 * @throws SoakError at the first difference, with the seed and the last lines of the client that it is about
 */
export async function soak(target: SoakTarget, seed: number, more: () => boolean): Promise<SoakReport> {
  const started = Date.now()
  const unique = `${process.pid}-${++soaks}-${started.toString(36)}`
  const places: Places = {
    main: `${target.prefix ?? ''}soak-${unique}`,
    other: `${target.prefix ?? ''}beside-${unique}`,
  }
  const { host, port, user, password } = target.reader
  await using reader = await Reader.open(host, port, user, password)
  for (const name of [places.main, places.other]) await reader.create(name)
  const actors = await Promise.all(
    KINDS.map(async ([name, more], i) => {
      const client = await connect({ ...target.options, ...more })
      return new Actor(name, client, places, random(seed * 1000 + i))
    }),
  )
  const next = random(seed)
  let [pauses, comparisons, messages] = [0, 0, 0]
  const fail = (what: string, actor: Actor): never => {
    throw new SoakError(`seed ${seed}, pause ${pauses}, client "${actor.name}": ${what}`, actor.log)
  }
  const attempt = async (actor: Actor, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (error instanceof SoakError) throw error
      fail(error instanceof Error ? (error.stack ?? error.message) : String(error), actor)
    }
  }
  try {
    do {
      const bursts = 3 + next(12)
      await Promise.all(
        actors.map((actor) =>
          attempt(actor, async () => {
            for (let i = 0; i < bursts; i++) await actor.burst()
          }),
        ),
      )
      for (const actor of actors) await attempt(actor, () => actor.settle())
      const truth = await reader.read(places.main)
      pauses++
      for (const actor of actors) {
        await attempt(actor, async () => {
          const found = await actor.compare(truth)
          if (found.length > 0) fail(found.slice(0, 20).join('; '), actor)
        })
        comparisons++
        messages += truth.length
      }
    } while (more())
  } finally {
    await Promise.allSettled(actors.map((actor) => actor.end()))
  }
  const sum = (pick: (actor: Actor) => number) => actors.reduce((all, actor) => all + pick(actor), 0)
  return {
    seed,
    commands: sum(({ counts }) => counts.commands),
    refused: sum(({ counts }) => counts.refused),
    pauses,
    comparisons,
    messages,
    milliseconds: Date.now() - started,
  }
}
