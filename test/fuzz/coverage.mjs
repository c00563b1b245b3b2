// Which blocks of the compiled sources have run, from the precise coverage of the inspector. It is asked for once per
// batch, since asking costs milliseconds; counting itself costs next to nothing.
import { Session } from 'node:inspector'

/** Watches the scripts whose URL holds a text. */
export class Coverage {
  #session = new Session()
  #wanted
  /** By script and function, one octet per character: 1 where something has run. */
  #functions = new Map()
  /** What functions have looked like; most look as they did before. */
  #looks = new Set()

  /** @param {string} wanted - part of the URL of the scripts that count; start before they are loaded */
  constructor(wanted) {
    this.#wanted = wanted
    this.#session.connect()
    this.#post('Profiler.enable')
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** How many characters of the sources have run. */
  get size() {
    const scripts = new Map()
    const outerFirst = (a, b) => a.start - b.start || b.run.length - a.run.length
    for (const { url, start, run } of [...this.#functions.values()].sort(outerFirst)) {
      const script = scripts.get(url) ?? new Uint8Array(start + run.length)
      scripts.set(url, script)
      // The script itself is the outermost function; it has run before any other one.
      if (start + run.length <= script.length) script.set(run, start)
    }
    let size = 0
    for (const script of scripts.values()) for (const each of script) size += each
    return size
  }

  /** What has run since the last call, as it is handed to {@link news} and {@link covers}: functions with their ranges. */
  take() {
    const { result } = this.#post('Profiler.takePreciseCoverage')
    const found = new Map()
    for (const { url, functions } of result) {
      if (!url.includes(this.#wanted)) continue
      for (const { ranges } of functions) found.set(`${url} ${ranges[0].startOffset} ${ranges[0].endOffset}`, ranges)
    }
    return found
  }

  /** The places that never ran before, one for each stretch of them; they count as seen from now on. */
  news(taken) {
    const places = []
    for (const [key, ranges] of taken) {
      const look = `${key} ${ranges.map((one) => (one.count > 0 ? one.startOffset : -one.startOffset)).join()}`
      if (this.#looks.has(look)) continue
      this.#looks.add(look)
      const run = paint(ranges)
      const known = this.#functions.get(key)
      if (known === undefined) {
        this.#functions.set(key, { url: key.split(' ', 1)[0], start: ranges[0].startOffset, run })
        if (run[0] === 1) places.push({ key, at: 0 })
        continue
      }
      let inside = false
      for (let at = 0; at < run.length; at++) {
        const isNew = run[at] === 1 && known.run[at] === 0
        if (isNew) known.run[at] = 1
        if (isNew && !inside) places.push({ key, at })
        inside = isNew
      }
    }
    return places
  }

  /** Of some places those that have run. */
  static covers(taken, places) {
    return places.filter(({ key, at }) => {
      const ranges = taken.get(key)
      return ranges !== undefined && paint(ranges)[at] === 1
    })
  }

  /** The inspector of the own thread answers before it returns. */
  #post(method, params) {
    let answer
    this.#session.post(method, params, (error, result) => {
      if (error !== null) throw new Error(`${method}: ${error.message}`)
      answer = result
    })
    return answer
  }
}

/** An inner range stands after the one around it, and says better what ran. */
function paint(ranges) {
  const start = ranges[0].startOffset
  const run = new Uint8Array(ranges[0].endOffset - start)
  for (const { startOffset, endOffset, count } of ranges)
    run.fill(count > 0 ? 1 : 0, startOffset - start, endOffset - start)
  return run
}
