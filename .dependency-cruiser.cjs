// The table of layers in docs/architecture.md, as rules. Arrows point downward only:
//
//   session > client > protocol > extensions > commands > grammar > mime, wire > model
//   client > connection > wire, model (and the types of commands/command.ts)
//   testing > wire, model

/** A layer, and the only parts of the project that it may import. */
const layers = {
  model: [],
  wire: ['model'],
  mime: ['model'],
  grammar: ['wire', 'model', 'mime/words.ts', 'mime/memo.ts'],
  commands: ['grammar', 'wire', 'model'],
  extensions: ['commands', 'grammar', 'wire', 'model'],
  'protocol.ts': ['extensions', 'commands', 'grammar', 'wire', 'model'],
  'codec.ts': ['protocol.ts', 'grammar', 'wire', 'model'],
  connection: ['wire', 'model', 'commands/command.ts'],
  sasl: ['model'],
  client: ['connection', 'protocol.ts', 'extensions', 'commands', 'sasl', 'mime', 'wire', 'model'],
  session: ['client', 'model'],
  testing: ['wire', 'model'],
}

/** Which packages and Node modules a layer may import; every other layer imports none. */
const outside = {
  model: [],
  wire: ['buffer'],
  mime: ['libmime', 'mailparser', 'module', 'stream', 'buffer'],
  grammar: ['buffer'],
  commands: ['buffer'],
  extensions: ['buffer'],
  'protocol.ts': [],
  'codec.ts': ['buffer'],
  sasl: ['crypto', 'util', 'buffer', '@mongodb-js/saslprep'],
}

const escape = (text) => text.replaceAll('.', '\\.')
const within = (part) => `^src/${escape(part)}${part.endsWith('.ts') ? '$' : '/'}`

const layerRules = Object.entries(layers).map(([layer, allowed]) => ({
  name: `layer-${layer.replace('.ts', '')}`,
  comment: `${layer} imports only: ${allowed.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: within(layer) },
  to: { path: '^src/', pathNot: [layer, ...allowed].map(within) },
}))

// Core modules resolve to their bare name, packages to a path below node_modules.
const outsideRules = Object.entries(outside).map(([layer, allowed]) => ({
  name: `outside-${layer.replace('.ts', '')}`,
  comment: `${layer} imports from outside only: ${allowed.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: within(layer) },
  to: {
    pathNot: ['^src/', ...allowed.map((name) => `(^|^node:|node_modules/(@types/)?)${name}($|/)`)],
  },
}))

module.exports = {
  forbidden: [
    ...layerRules,
    ...outsideRules,
    {
      name: 'connection-imports-command-types-only',
      comment: 'connection gets commands by parameter; it knows only the type of a command',
      severity: 'error',
      from: { path: '^src/connection/' },
      to: { path: '^src/commands/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sockets-in-transport-only',
      comment: 'sockets and compression belong to the transport of a connection and to the embedded server',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/connection/(transport|dial|deflate)\\.ts$', '^src/testing/'] },
      to: { path: '^(node:)?(net|tls|zlib|dgram|http|https|http2)$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'names-looked-up-for-proxies-only',
      comment: 'sockets look names up by themselves; only a proxy that takes addresses has to be given one',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/connection/tunnel\\.ts$'] },
      to: { path: '^(node:)?dns(/promises)?$' },
    },
    {
      name: 'no-timers-module',
      comment: 'timers are globals and are limited by the linter to the layers that own time',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(node:)?timers(/promises)?$' },
    },
    {
      name: 'sources-import-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|examples|docs)/' },
    },
    {
      name: 'examples-use-public-entries',
      comment: 'an example imports what a user can import',
      severity: 'error',
      from: { path: '^examples/' },
      to: { path: '^(src|test|docs)/', pathNot: '^src/(index|codec|testing/index)\\.ts$' },
    },
    {
      name: 'runtime-dependencies-only',
      comment: 'what src imports at run time must be in "dependencies"',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
        pathNot: '^node_modules/@types/',
      },
    },
    {
      name: 'no-circular',
      comment: 'a circle of modules at run time; one that types close is gone before anything runs',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'reachable-from-an-entry',
      comment: 'a source that no public entry reaches is dead or forgotten (orphans included)',
      severity: 'error',
      from: { path: '^src/(index|codec|testing/index)\\.ts$' },
      to: { reachable: false, path: '^src/', pathNot: ['\\.d\\.ts$', '^src/(index|codec|testing/index)\\.ts$'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|test/bench|test/tooling)/' },
    // Type-only imports are dependencies too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'] },
  },
}
