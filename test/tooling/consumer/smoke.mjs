import manifest from 'imapkit/package.json' with { type: 'json' }
import { exercise } from './exercise.mjs'

if (manifest.name !== 'imapkit') throw new Error('imapkit/package.json is not ours')
await exercise(await import('imapkit'), await import('imapkit/testing'), await import('imapkit/codec'))
