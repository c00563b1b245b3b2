import { essentials } from '../behaviour/essentials.js'
import { extensions } from '../behaviour/extensions/index.js'
import { RealSubject } from '../behaviour/real.js'
import { describeReal } from './server.js'

describeReal(
  'GNU mailutils imap4d',
  (server) => {
    const subject = new RealSubject('imap4d', server)
    essentials(subject)
    extensions(subject)
  },
  'imap4d',
)
