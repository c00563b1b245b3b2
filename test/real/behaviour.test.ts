import { behaviours } from '../behaviour/index.js'
import { DovecotSubject } from '../behaviour/dovecot.js'
import { describeReal } from './server.js'

// The behaviours of test/server/behaviour.test.ts, against a real Dovecot.
describeReal('Dovecot', (server) => {
  behaviours(new DovecotSubject(server))
})
