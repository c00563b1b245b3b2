import { DovecotSubject } from '../behaviour/dovecot.js'
import { extensions } from '../behaviour/extensions/index.js'
import { describeReal } from './server.js'

describeReal('Dovecot', (server) => {
  extensions(new DovecotSubject(server))
})
