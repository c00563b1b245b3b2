import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = (file: string): string => fileURLToPath(new URL(`../src/${file}`, import.meta.url))

// Tests import the package by its public name or a layer by its relative path: both must be the same modules.
const alias = [
  { find: /^imapkit$/, replacement: source('index.ts') },
  { find: /^imapkit\/testing$/, replacement: source('testing/index.ts') },
  { find: /^imapkit\/codec$/, replacement: source('codec.ts') },
]

type ProjectTest = NonNullable<Extract<TestProjectConfiguration, { test?: unknown }>['test']>

const project = (name: string, test: ProjectTest = {}): TestProjectConfiguration => ({
  root,
  resolve: { alias },
  test: { name, include: [`test/${name}/**/*.test.ts`], environment: 'node', ...test },
})

/** Fails a file that leaves sockets, servers or timers behind. */
const HANDLES = ['test/handles/setup.ts']

export default defineConfig({
  root,
  test: {
    projects: [
      project('unit', { setupFiles: HANDLES }),
      project('corpus', { testTimeout: 20_000 }),
      project('regression', { setupFiles: HANDLES }),
      project('script', { testTimeout: 15_000, setupFiles: HANDLES }),
      project('server', { testTimeout: 20_000, hookTimeout: 20_000, setupFiles: HANDLES }),
      project('security', { testTimeout: 20_000, setupFiles: HANDLES }),
      project('property', { testTimeout: 60_000 }),
      // A leak shows only when garbage is gone.
      project('chaos', { testTimeout: 240_000, setupFiles: HANDLES, execArgv: ['--expose-gc'] }),
      // Each test is a process of its own, on the compiled package.
      project('fuzz', { testTimeout: 120_000, fileParallelism: false }),
      project('examples', { testTimeout: 60_000, hookTimeout: 120_000, setupFiles: HANDLES }),
      // One setup starts (or finds) the servers; the files then share them and must not run over each other.
      project('real', {
        globalSetup: ['test/real/setup.ts'],
        setupFiles: HANDLES,
        testTimeout: 30_000,
        hookTimeout: 60_000,
        fileParallelism: false,
      }),
      project('types', {
        include: [],
        typecheck: {
          enabled: true,
          only: true,
          include: ['test/types/**/*.test-d.ts'],
          tsconfig: 'tsconfig.json',
          // Errors elsewhere belong to `npm run types`, which shows them all.
          ignoreSourceErrors: true,
        },
      }),
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/index.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportsDirectory: 'coverage',
      thresholds: {
        'src/wire/**': { lines: 95 },
        'src/grammar/**': { lines: 95 },
        'src/connection/**': { lines: 95 },
      },
    },
  },
})
