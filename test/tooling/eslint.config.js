// Run as `eslint --config test/tooling/eslint.config.js .` from the root: patterns are relative to the root.
import { fileURLToPath } from 'node:url'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Only these parts of the source own time: every other part is a function of its input. */
const ownsTime = ['src/connection/**/*.ts', 'src/client/idler.ts', 'src/session/**/*.ts', 'src/testing/**/*.ts']

const noTimers = ['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
  name,
  message: 'Only connection, session, the idler and testing use timers.',
}))

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
  message: 'Named exports only.',
}

const noHiddenTimer = {
  selector: 'MemberExpression[object.name="AbortSignal"][property.name="timeout"]',
  message: 'AbortSignal.timeout() is a timer: only connection, session, the idler and testing use timers.',
}

const noDoubleCast = {
  selector: 'TSAsExpression > TSAsExpression > TSUnknownKeyword',
  message: '`as unknown as` hides a wrong type: narrow the value instead.',
}

export default defineConfig(
  globalIgnores([
    'dist/',
    'coverage/',
    '.cache/',
    'docs/api/',
    'test/bench/node_modules/',
    'test/tooling/doc-prelude.ts',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    name: 'every file',
    files: ['**/*.{ts,js,mjs,cjs}'],
    rules: {
      eqeqeq: 'error',
      'no-constant-binary-expression': 'error',
      'no-control-regex': 'off',
      'no-else-return': 'error',
      'no-empty': 'error',
      'no-eval': 'error',
      'no-implicit-coercion': ['error', { boolean: false }],
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      'no-unmodified-loop-condition': 'error',
      // `for (const one of all) return one` is how one takes the first.
      'no-unreachable-loop': ['error', { ignore: ['ForOfStatement'] }],
      'no-useless-rename': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
    },
  },
  {
    name: 'typed files',
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'as' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'typeLike', format: ['PascalCase'] },
        { selector: 'interface', format: ['PascalCase'], custom: { regex: '^I[A-Z][a-z]', match: false } },
      ],
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { checkThenables: true }],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      // A method that must return a promise is `async` so that it never throws synchronously.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allow: [{ from: 'lib', name: ['Error', 'URL'] }] },
      ],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/unbound-method': 'error',
      'no-restricted-syntax': ['error', noDefaultExport],
    },
  },
  {
    name: 'sources',
    files: ['src/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-globals': ['error', ...noTimers],
      'no-restricted-syntax': ['error', noDefaultExport, noDoubleCast, noHiddenTimer],
    },
  },
  {
    name: 'sources that own time',
    files: ownsTime,
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-syntax': ['error', noDefaultExport, noDoubleCast],
    },
  },
  {
    name: 'examples',
    files: ['examples/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '(^|/)\\.\\./|/(src|dist)/', message: 'Examples import the public entries only.' }] },
      ],
    },
  },
  {
    name: 'tests',
    files: ['test/**/*.ts'],
    rules: {
      // Tests hand over wrong values on purpose and look into results whose shape they assert.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    name: 'type tests',
    files: ['test/types/**/*.ts'],
    rules: {
      // They state what is a type error, and never run.
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': false }],
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-unused-vars': 'off',
    },
  },
  {
    name: 'configuration that a tool loads by its default export',
    files: ['test/vitest.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
)
