import { afterAll } from 'vitest'
import { EmbeddedSubject } from '../behaviour/embedded.js'
import { extensions } from '../behaviour/extensions/index.js'

// Started before the tests are registered: they are registered by what it announces.
const subject = new EmbeddedSubject()
await subject.start()

afterAll(() => subject.stop())
extensions(subject)
