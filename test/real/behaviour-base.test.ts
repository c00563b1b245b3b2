import { afterAll } from 'vitest'
import { DovecotSubject } from '../behaviour/dovecot.js'
import { fallbacks } from '../behaviour/fallbacks.js'
import { workOnMail } from '../behaviour/index.js'
import { skipped } from '../behaviour/subject.js'
import { describeReal } from './server.js'

// The same behaviours where Dovecot announces no extension at all: every fall-back gives the same result.
describeReal('Dovecot, as a base server', (server) => {
  const subject = new DovecotSubject(server, true)
  afterAll(() => {
    console.info(`Not tried, since a base server lacks it:\n  ${skipped.join('\n  ')}`)
  })
  workOnMail(subject)
  fallbacks(subject)
})
