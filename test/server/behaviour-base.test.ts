import { afterAll, beforeAll } from 'vitest'
import { EmbeddedSubject } from '../behaviour/embedded.js'
import { fallbacks } from '../behaviour/fallbacks.js'
import { workOnMail } from '../behaviour/index.js'
import { skipped } from '../behaviour/subject.js'

// The same behaviours on a server that has no extension at all: every fall-back gives the same result.
const subject = new EmbeddedSubject(true)

beforeAll(() => subject.start())
afterAll(async () => {
  await subject.stop()
  console.info(`Not tried, since a base server lacks it:\n  ${skipped.join('\n  ')}`)
})
workOnMail(subject)
fallbacks(subject)
