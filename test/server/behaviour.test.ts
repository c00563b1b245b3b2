import { afterAll, beforeAll } from 'vitest'
import { behaviours } from '../behaviour/index.js'
import { EmbeddedSubject } from '../behaviour/embedded.js'

// The behaviours of test/real/behaviour.test.ts, against the embedded server.
const subject = new EmbeddedSubject()

beforeAll(() => subject.start())
afterAll(() => subject.stop())
behaviours(subject)
