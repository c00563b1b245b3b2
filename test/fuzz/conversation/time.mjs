// Time that stands still until somebody moves it: timers of the client run when nothing else can happen any more, so that
// a time-out of minutes takes no time, and a timer that is left behind shows.
const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  now: performance.now.bind(performance),
  date: Date.now,
}

let stopped = false
let now = 0
let serial = 0
const timers = new Map()

class Timer {
  constructor(callback, at, args) {
    this.callback = callback
    this.at = at
    this.args = args
    this.serial = ++serial
  }

  ref() {
    return this
  }

  unref() {
    return this
  }

  hasRef() {
    return false
  }
}

globalThis.setTimeout = (callback, delay = 0, ...args) => {
  if (!stopped) return real.setTimeout(callback, delay, ...args)
  const timer = new Timer(callback, now + Math.max(1, delay), args)
  timers.set(timer.serial, timer)
  return timer
}
globalThis.clearTimeout = (timer) => {
  if (timer instanceof Timer) timers.delete(timer.serial)
  else real.clearTimeout(timer)
}
performance.now = () => (stopped ? now : real.now())
Date.now = () => (stopped ? 1.7e12 + now : real.date())

/** From now on time stands still; timers of before are unaffected. */
export function stopTime() {
  stopped = true
  now = 1000
  timers.clear()
}

export function releaseTime() {
  stopped = false
  timers.clear()
}

/** How many timers wait. */
export function waiting() {
  return timers.size
}

/** Goes to the time of the next timer, and runs it; false when there is none. */
export function moveTime() {
  let next
  for (const timer of timers.values()) {
    if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.serial < next.serial)) next = timer
  }
  if (next === undefined) return false
  timers.delete(next.serial)
  now = Math.max(now, next.at)
  next.callback(...next.args)
  return true
}

/** Lets everything happen that is due without time passing. */
export function turn() {
  return new Promise((resolve) => setImmediate(resolve))
}
