// Type-checks every fenced `ts` block of README.md and docs/**/*.md and of the TSDoc comments in src, in one program.
//
// A block is a module: it may import from 'imapkit', 'imapkit/testing' and Node, and use top-level await. Names that
// snippets share without declaring them (`client`, `inbox`, `uid` …) stand in doc-prelude.ts; a document adds its own
// in a comment that no reader sees: <!-- prelude: declare const draft: string -->
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { cache, root } from './root.mjs'

const documents = [join(root, 'README.md'), ...filesBelow(join(root, 'docs'), '.md')].filter(
  (file) => existsSync(file) && !file.startsWith(join(root, 'docs', 'api')),
)
const sources = filesBelow(join(root, 'src'), '.ts')

const blocks = [
  ...documents.flatMap((file) => fencedBlocks(file, readFileSync(file, 'utf8'))),
  ...sources.flatMap((file) => tsdocBlocks(file, readFileSync(file, 'utf8'))),
]

const { config, error } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'))
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)
Object.assign(options, {
  configFilePath: join(root, 'tsconfig.json'),
  noUnusedLocals: false,
  noUnusedParameters: false,
  // Snippets show the usual way of writing, not the strictest one.
  noPropertyAccessFromIndexSignature: false,
})

// The modules exist only in memory, below .cache, where they are part of the package and see its dependencies.
const virtual = new Map(blocks.map((block, index) => [join(cache, 'snippets', `${index}.ts`), block]))
const host = ts.createCompilerHost(options)
const { fileExists, readFile, getSourceFile } = host
host.fileExists = (file) => virtual.has(file) || fileExists(file)
host.readFile = (file) => virtual.get(file)?.code ?? readFile(file)
host.getSourceFile = (file, languageVersion, ...rest) => {
  const block = virtual.get(file)
  return block === undefined
    ? getSourceFile(file, languageVersion, ...rest)
    : ts.createSourceFile(file, block.code, languageVersion, true)
}

const program = ts.createProgram([...virtual.keys(), join(root, 'test/tooling/doc-prelude.ts')], options, host)
const problems = [...virtual].flatMap(([file, block]) => {
  const source = program.getSourceFile(file)
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((diagnostic) => ({
    block,
    line: block.lineOf(source.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line),
    text: ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
  }))
})
const preludeProblems = program
  .getSemanticDiagnostics(program.getSourceFile(join(root, 'test/tooling/doc-prelude.ts')))
  .map(({ messageText }) => `test/tooling/doc-prelude.ts: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)

for (const text of preludeProblems) console.error(text)
for (const { block, line, text } of problems) console.error(`${relative(root, block.file)}:${line}: ${text}`)
const failed = problems.length + preludeProblems.length
console.log(`${blocks.length} snippets in ${new Set(blocks.map((block) => block.file)).size} files, ${failed} errors`)
process.exitCode = failed > 0 ? 1 : 0

/** Blocks of a Markdown text. `toLine` maps a line of the text (from 0) to a line of the file (from 1). */
function fencedBlocks(file, text, toLine = (line) => line + 1) {
  const prelude = [...text.matchAll(/<!--\s*prelude:([\s\S]*?)-->/g)]
    .map((match) => match[1].replaceAll('\n', ' '))
    .join(' ')
  const found = []
  let open
  text.split('\n').forEach((line, number) => {
    const fence = /^(\s*)(`{3,}|~{3,})\s*(\S*)/.exec(line)
    if (open === undefined) {
      if (fence !== null) open = { mark: fence[2], language: fence[3], start: number + 1, lines: [] }
    } else if (fence !== null && fence[3] === '' && fence[2].startsWith(open.mark)) {
      if (['ts', 'typescript'].includes(open.language)) found.push(block(file, open, prelude, toLine))
      open = undefined
    } else {
      open.lines.push(line)
    }
  })
  if (open !== undefined)
    throw new Error(`${relative(root, file)}:${toLine(open.start - 1)}: the code block has no end`)
  return found
}

function block(file, { start, lines }, prelude, toLine) {
  // The first line holds the prelude, and makes a module of a block without imports.
  return {
    file,
    code: [`export {}; ${prelude}`, ...lines].join('\n'),
    lineOf: (line) => toLine(start + Math.max(0, line - 1)),
  }
}

/** Blocks in the documentation comments of a source file, without the leading asterisks. */
function tsdocBlocks(file, text) {
  const found = []
  for (const match of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    if (!/[`~]{3}/.test(match[0])) continue
    const first = text.slice(0, match.index).split('\n').length
    const lines = match[0].split('\n').map((line) => line.replace(/^\s*\/?\*+\/? ?/, ''))
    found.push(...fencedBlocks(file, lines.join('\n'), (line) => first + line))
  }
  return found
}

function filesBelow(directory, suffix) {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
