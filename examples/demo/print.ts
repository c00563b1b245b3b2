/** Prints the title of a step. */
export function heading(text: string): void {
  console.log(process.stdout.isTTY ? `\n\x1b[1m${text}\x1b[0m` : `\n${text}`)
}

/** Prints one line of a step. */
export function line(text: string): void {
  console.log(`  ${text}`)
}

/** Cuts or fills text to `width` columns; control characters of a stranger's mail stay off the terminal. */
export function cell(text: string, width: number): string {
  const shown = [...text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ')]
  const cut = shown.length > width ? [...shown.slice(0, width - 1), '…'] : shown
  return cut.join('') + ' '.repeat(Math.max(0, width - cut.length))
}

/** Writes a number of octets for people. */
export function octets(size: number): string {
  return size < 1024
    ? `${size} B`
    : size < 1024 ** 2
      ? `${(size / 1024).toFixed(1)} KiB`
      : `${(size / 1024 ** 2).toFixed(1)} MiB`
}
