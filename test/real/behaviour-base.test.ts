import { afterAll } from 'vitest'
import { DovecotSubject } from '../behaviour/dovecot.js'
import { fallbacks } from '../behaviour/fallbacks.js'
import { workOnMail } from '../behaviour/index.js'
import { notOffered } from '../behaviour/subject.js'
import { describeReal } from './server.js'

// The same behaviours where Dovecot announces no extension at all: every fall-back gives the same result.
describeReal('Dovecot, as a base server', (server) => {
  const subject = new DovecotSubject(server, true)
  afterAll(() => {
    console.info(`No behaviours of a base server:\n  ${notOffered.join('\n  ')}`)
  })
  workOnMail(subject)
  fallbacks(subject)
})
