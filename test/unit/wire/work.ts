/**
 * Counts the characters that readers look at while `run` runs: how work grows with input shows the same on every
 * machine, while seconds do not.
 */
export function charactersRead(run: () => void): number {
  const { charCodeAt, indexOf, includes } = String.prototype
  let count = 0
  String.prototype.charCodeAt = function (this: string, at: number) {
    count++
    return charCodeAt.call(this, at)
  }
  String.prototype.indexOf = function (this: string, text: string, from = 0) {
    const found = indexOf.call(this, text, from)
    count += (found === -1 ? this.length : found + 1) - from
    return found
  }
  String.prototype.includes = function (this: string, text: string, from = 0) {
    return this.indexOf(text, from) !== -1
  }
  try {
    run()
  } finally {
    Object.assign(String.prototype, { charCodeAt, indexOf, includes })
  }
  return count
}
