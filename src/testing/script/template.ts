// `<name>` stands for a word; `<=name>` for the word that was captured under that name; `<*>` for anything.
const PLACEHOLDER = /<(\*|=?[A-Za-z][A-Za-z0-9]*)>/g

/** Turns a `C:` line into a pattern; what is captured already fills in `<=name>`. */
export function compileExpected(text: string, captured: ReadonlyMap<string, string>): RegExp {
  let source = ''
  let end = 0
  const names = new Set<string>()
  for (const match of text.matchAll(PLACEHOLDER)) {
    source += literally(text.slice(end, match.index))
    end = match.index + match[0].length
    const name = match[1] as string
    if (name === '*') source += '.*'
    else if (name.startsWith('=')) source += literally(captured.get(name.slice(1)) ?? match[0])
    else if (names.has(name)) source += `\\k<${name}>`
    else {
      names.add(name)
      source += `(?<${name}>\\S+)`
    }
  }
  return new RegExp(`^${source}${literally(text.slice(end))}$`, 's')
}

/** Fills captured words into an `S:` line; a placeholder that was never captured is text. */
export function fillIn(text: string, captured: ReadonlyMap<string, string>): string {
  return text.replace(PLACEHOLDER, (all, name: string) => captured.get(name) ?? all)
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
