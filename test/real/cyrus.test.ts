import { essentials } from '../behaviour/essentials.js'
import { extensions } from '../behaviour/extensions/index.js'
import { RealSubject } from '../behaviour/real.js'
import { describeReal } from './server.js'

describeReal(
  'Cyrus',
  (server) => {
    const subject = new RealSubject('cyrus', server)
    essentials(subject)
    extensions(subject)
  },
  'cyrus',
)
