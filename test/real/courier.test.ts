import { changing } from '../behaviour/changing.js'
import { essentials } from '../behaviour/essentials.js'
import { extensions } from '../behaviour/extensions/index.js'
import { fetching } from '../behaviour/fetching.js'
import { RealSubject } from '../behaviour/real.js'
import { searching } from '../behaviour/searching.js'
import { describeReal } from './server.js'

/** Behaviours of the base protocol that Courier does not show. */
const CANNOT = {
  'decodes the envelope: encoded words, groups, zones': 'groups come without their names',
  'answers each of 200 pipelined fetchOne': 'takes too long there',
  'answers each of 200 pipelined fetchOne of few messages, for different items':
    'it ends each message with CR LF, so that not what was appended comes back',
  "finds { sentOn: '2026-06-01' }": 'it takes the day of Date in another zone',
  'finds { seq: SeqSet(*) }': '* in a search finds nothing',
  'finds { not: { not: { seen: true } } }': 'NOT NOT is an error',
  'stores a long, scattered set in several commands': 'takes too long there',
}

describeReal(
  'Courier',
  (server) => {
    const subject = new RealSubject('courier', server, CANNOT)
    essentials(subject)
    fetching(subject)
    searching(subject)
    changing(subject)
    extensions(subject)
  },
  'courier',
)
