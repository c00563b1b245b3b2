import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { QUIRK_NAMES, QUIRKS } from '../../src/client/quirk-table.js'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const page = read('docs/compatibility.md')
const corpus = readdirSync(new URL('test/corpus/', root)).filter((name) => name.endsWith('.txt'))

/** Titles of the cases of a corpus file, without the sources. */
const titles = (file: string): readonly string[] =>
  [...read(`test/corpus/${file}`).matchAll(/^# (.*?)(?: — .*)?$/gm)].map((match) => match[1] ?? '')

/** Every file in a last cell of a table, with what is said to stand in it. */
const named = page
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\| (?:server does|quirk|-)/.test(line))
  .flatMap((line) => [...(line.split(' | ').at(-1) ?? '').matchAll(/`([^`]+\.(?:txt|ts))`((?:,? “[^”]+”)*)/g)])
  .map(([, file = '', quoted = '']) => ({
    file,
    texts: [...quoted.matchAll(/“([^”]+)”/g)].map((each) => each[1] ?? ''),
  }))

it('the page of compatibility names tests', () => {
  expect(named.length).toBeGreaterThan(100)
})

it.each(named)('the page of compatibility: $file', ({ file, texts }) => {
  if (corpus.includes(file)) return expect(titles(file)).toEqual(expect.arrayContaining(texts))
  expect(existsSync(new URL(file, root)), file).toBe(true)
  for (const text of texts) expect(read(file)).toContain(text)
})

it('the page of compatibility names every case of the catalogue', () => {
  const all = named.filter(({ file }) => file === 'quirks.txt').flatMap(({ texts }) => texts)
  expect(titles('quirks.txt').filter((title) => !all.includes(title))).toEqual([])
})

it('the page of compatibility lists every quirk that can be switched', () => {
  for (const name of QUIRK_NAMES) {
    expect(page).toContain(`\`${name}\``)
    expect(page).toContain(QUIRKS[name].summary)
  }
})
