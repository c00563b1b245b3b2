import { changing } from '../behaviour/changing.js'
import { essentials } from '../behaviour/essentials.js'
import { extensions } from '../behaviour/extensions/index.js'
import { RealSubject } from '../behaviour/real.js'
import { describeReal } from './server.js'

const KEYWORDS = 'keywords are BAD'

/** Behaviours of the base protocol that imap4d does not show; it takes no keyword, and gives back other bytes than it took. */
const CANNOT = {
  'adds, removes, replaces, clears': KEYWORDS,
  'runs writes and reads at once without mixing them up': KEYWORDS,
}

describeReal(
  'GNU mailutils imap4d',
  (server) => {
    const subject = new RealSubject('imap4d', server, CANNOT)
    essentials(subject)
    changing(subject)
    extensions(subject)
  },
  'imap4d',
)
