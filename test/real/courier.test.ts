import { essentials } from '../behaviour/essentials.js'
import { extensions } from '../behaviour/extensions/index.js'
import { RealSubject } from '../behaviour/real.js'
import { describeReal } from './server.js'

describeReal(
  'Courier',
  (server) => {
    const subject = new RealSubject('courier', server)
    essentials(subject)
    extensions(subject)
  },
  'courier',
)
