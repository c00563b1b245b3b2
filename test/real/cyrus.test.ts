import { changing } from '../behaviour/changing.js'
import { essentials } from '../behaviour/essentials.js'
import { extensions } from '../behaviour/extensions/index.js'
import { fetching } from '../behaviour/fetching.js'
import { RealSubject } from '../behaviour/real.js'
import { searching } from '../behaviour/searching.js'
import { describeReal } from './server.js'

/** Behaviours of the base protocol that Cyrus does not show. */
const CANNOT = {
  'answers each of 200 pipelined fetchOne': 'takes too long there',
  'stores a long, scattered set in several commands': 'takes too long there',
  "finds { header: { 'X-Empty': '' } }": 'a header field without a value is not found',
}

describeReal(
  'Cyrus',
  (server) => {
    const subject = new RealSubject('cyrus', server, CANNOT)
    essentials(subject)
    fetching(subject)
    searching(subject)
    changing(subject)
    extensions(subject)
  },
  'cyrus',
)
