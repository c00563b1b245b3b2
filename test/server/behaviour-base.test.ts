import { afterAll, beforeAll } from 'vitest'
import { EmbeddedSubject } from '../behaviour/embedded.js'
import { fallbacks } from '../behaviour/fallbacks.js'
import { workOnMail } from '../behaviour/index.js'
import { notOffered } from '../behaviour/subject.js'

// The same behaviours on a server that has no extension at all: every fall-back gives the same result.
const subject = new EmbeddedSubject(true)

beforeAll(() => subject.start())
afterAll(async () => {
  await subject.stop()
  console.info(`No behaviours of a base server:\n  ${notOffered.join('\n  ')}`)
})
workOnMail(subject)
fallbacks(subject)
