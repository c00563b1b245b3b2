// The loop: mutate what was interesting, run it, keep what did something new. What is new is told by the target itself
// (kinds of results, looked at after each execution) and by coverage (looked at once per batch, and then narrowed down).
import { Coverage } from './coverage.mjs'
import { asFailure } from './failure.mjs'
import { Random } from './random.mjs'

const MAX_FEATURES = 5000
const MAX_CORPUS = 10_000
const MAX_BATCH = 10_000
/** Every so many executions one is made with all checks. */
const THOROUGH = 16

export class Engine {
  executions = 0
  /** Executions that were made again, to find which input of a batch did something new. */
  repeated = 0
  found = 0
  #target
  #random
  #coverage
  #corpus = []
  /** Those inputs that coverage has shown to be interesting, and that are not seeds. */
  #covering = []
  #features = new Set()
  #batch
  #report
  /** Called before each execution, for whoever watches from outside. */
  #begin

  /**
   * @param target - see targets/bytes.mjs
   * @param {{ seed: number, report: (failure, input) => Promise<void>, begin?: (input) => void }} options
   */
  constructor(target, coverage, { seed, report, begin = () => undefined }) {
    this.#target = target
    this.#coverage = coverage
    this.#random = new Random(seed)
    this.#batch = target.batch
    this.#report = report
    this.#begin = begin
  }

  get corpusSize() {
    return this.#corpus.length
  }

  get features() {
    return this.#features.size
  }

  /** Inputs that reached code which the seeds did not reach. */
  get covering() {
    return this.#covering
  }

  /** Runs all seeds, some of them with all checks, and all kept cases with all checks. */
  async start(seeds, kept) {
    this.#target.prepare(this.#random, [...seeds, ...kept])
    for (const [index, input] of [...seeds, ...kept].entries()) {
      await this.#run(input, index >= seeds.length || index % THOROUGH === 0)
      this.#corpus.push(input)
    }
    this.#coverage.news(this.#coverage.take())
  }

  /** Runs a batch of new inputs. @param {number} most - at most so many */
  async batch(most) {
    const inputs = []
    const count = Math.min(most, this.#batch)
    for (let i = 0; i < count; i++) {
      const input = this.#target.mutate(this.#pick(), () => this.#pick())
      const thorough = this.executions % THOROUGH === 0
      inputs.push({ input, thorough })
      const features = await this.#run(input, thorough)
      this.executions++
      if (this.#isNew(features)) this.#keep(input)
    }
    const places = this.#coverage.news(this.#coverage.take())
    if (places.length === 0) {
      this.#batch = Math.min(MAX_BATCH, Math.ceil(this.#batch * 1.4))
      return
    }
    this.#batch = Math.max(this.#target.batch, this.#batch >> 1)
    await this.#narrow(inputs, places)
  }

  /** Finds the inputs that reached some places, by halves. Gives the places that it found. */
  async #narrow(inputs, places) {
    if (inputs.length === 1) {
      this.found++
      this.#keep(inputs[0].input)
      this.#covering.push(inputs[0].input)
      return
    }
    const half = inputs.length >> 1
    let left = places
    for (const part of [inputs.slice(0, half), inputs.slice(half)]) {
      if (left.length === 0) return
      this.#coverage.take()
      for (const { input, thorough } of part) {
        this.repeated++
        await this.#run(input, thorough)
      }
      const taken = this.#coverage.take()
      this.#coverage.news(taken)
      const here = Coverage.covers(taken, left)
      if (here.length > 0) await this.#narrow(part, here)
      left = left.filter((place) => !here.includes(place))
    }
  }

  async #run(input, thorough) {
    this.#begin(input)
    try {
      const features = this.#target.execute(input, thorough)
      return features instanceof Promise ? await features : features
    } catch (error) {
      await this.#fail(error, input)
      return []
    }
  }

  /** Runs what failed again, this time with stacks. */
  async #fail(error, input) {
    let failure = asFailure(error)
    await withStacks(async () => {
      try {
        await this.#target.execute(input, true)
      } catch (again) {
        failure = asFailure(again)
      }
      await this.#report(failure, input)
    })
  }

  #isNew(features) {
    let isNew = false
    for (const feature of features) {
      if (this.#features.has(feature) || this.#features.size >= MAX_FEATURES) continue
      this.#features.add(feature)
      isNew = true
    }
    return isNew
  }

  #keep(input) {
    if (this.#corpus.length < MAX_CORPUS) this.#corpus.push(input)
    else this.#corpus[this.#random.below(MAX_CORPUS)] = input
  }

  /** Half of the time one of those that were found last. */
  #pick() {
    const corpus = this.#corpus
    const recent = Math.min(corpus.length, 200)
    return this.#random.oneIn(2) ? this.#random.pick(corpus) : corpus[corpus.length - 1 - this.#random.below(recent)]
  }
}

/** Taking a stack costs more than reading a short response: most of the time nobody needs one. */
export function withoutStacks() {
  Error.stackTraceLimit = 0
}

async function withStacks(work) {
  Error.stackTraceLimit = 30
  await work()
  withoutStacks()
}

/** The smallest input found, within some executions, that fails in the same way. */
export async function minimise(target, input, kind, tries = 3000) {
  const fails = async (candidate) => {
    try {
      await target.execute(candidate, true)
      return false
    } catch (error) {
      return asFailure(error).kind === kind
    }
  }
  if (!(await fails(input))) return undefined
  let best = input
  for (let progress = true; progress && tries > 0;) {
    progress = false
    for (const candidate of target.smaller(best)) {
      if (tries-- <= 0) break
      if (target.sizeOf(candidate) > target.sizeOf(best) || target.encode(candidate) === target.encode(best)) continue
      if (!(await fails(candidate))) continue
      best = candidate
      progress = true
      break
    }
  }
  return best
}
