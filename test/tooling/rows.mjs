// The table of extensions and the servers that they were tried on, from the lines that test/behaviour/rows.ts wrote.
//
//   node test/tooling/rows.mjs                 prints it again
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cache } from './root.mjs'

const directory = join(cache, 'rows')

/** Removes what an earlier run wrote. */
export function forgetRows() {
  rmSync(directory, { recursive: true, force: true })
}

/** By capability and server: the titles of the tests, by what became of them. Beside that, what servers announce. */
function readRows() {
  const rows = new Map()
  const announced = new Map()
  const servers = new Set()
  const files = existsSync(directory) ? readdirSync(directory).sort() : []
  for (const file of files) {
    const server = basename(file, '.txt')
    servers.add(server)
    for (const line of readFileSync(join(directory, file), 'utf8').split('\n')) {
      const [outcome, capability, title, why] = line.split('\t')
      if (title === undefined) continue
      if (outcome === 'announces') {
        announced.set(server, (announced.get(server) ?? new Set()).add(capability))
        continue
      }
      if (!rows.has(capability)) rows.set(capability, new Map())
      const row = rows.get(capability)
      if (!row.has(server)) row.set(server, { ran: new Set(), lacks: new Set(), broken: new Map() })
      const cell = row.get(server)
      if (outcome === 'broken') cell.broken.set(title, why)
      else cell[outcome]?.add(title)
    }
  }
  return { rows, announced, servers: [...servers] }
}

/** Prints a line per capability with the servers it ran on, a line per server, and what is broken where. */
export function printRows() {
  const { rows, announced, servers } = readRows()
  if (rows.size === 0) return
  const names = [...rows.keys()].sort()
  const width = Math.max(...names.map((name) => name.length))
  console.log('\n== extensions, and the servers that they ran on (in brackets: passed tests)')
  for (const name of names) {
    const cells = servers.flatMap((server) => {
      const count = rows.get(name).get(server)?.ran.size ?? 0
      return count > 0 ? [`${server} (${count})`] : []
    })
    console.log(`${name.padEnd(width)}  ${cells.join(', ') || '-'}`)
  }
  console.log('\n== servers, and the extensions that ran there')
  for (const server of servers) {
    const on = (outcome) => names.filter((name) => (rows.get(name).get(server)?.[outcome].size ?? 0) > 0)
    const ran = on('ran')
    console.log(`${server}: ${ran.length} of ${names.length}: ${ran.join(' ') || '-'}`)
    const lacks = on('lacks')
    if (lacks.length > 0) console.log(`  not offered: ${lacks.join(' ')}`)
    // A name that ends in "=" stands for any value.
    const isTested = (each) => names.some((name) => name === each || (name.endsWith('=') && each.startsWith(name)))
    const untested = [...(announced.get(server) ?? [])].filter((each) => !isTested(each)).sort()
    if (untested.length > 0) console.log(`  announced, and asked for by no test: ${untested.join(' ')}`)
    for (const name of on('broken')) {
      for (const [title, why] of rows.get(name).get(server).broken) console.log(`  broken: ${name}: ${title}: ${why}`)
    }
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) printRows()
