import type { Arguments } from '../arguments.js'
import type { Call, Feature } from '../feature.js'
import { no } from '../refusal.js'
import { readCriteria, searchContext } from '../search/program.js'
import { numberOf } from '../search/search.js'
import type { Session } from '../session.js'
import type { NumberOf, ThreadNode } from '../slots.js'
import { orderedSubject } from '../threading/ordered-subject.js'
import { references, refs } from '../threading/references.js'

/** thread = ["UID" SP] "THREAD" SP thread-alg SP search-criteria */
function thread(session: Session, args: Arguments, call: Call): void {
  args.sp()
  const name = args.atom('the name of an algorithm').toUpperCase()
  args.sp()
  const context = searchContext(session)
  const test = readCriteria(args, context)
  args.end()
  const algorithm = session.server.tables.threadAlgorithms.get(name)
  // The grammar takes any atom: thread-alg-ext.
  if (algorithm === undefined || !session.has(...algorithm.needs)) throw no('This algorithm is not known', 'CANNOT')
  const { messages } = session.selected
  const found = session.limited(messages, call).filter((message) => !message.expunged && test(message))
  const number = numberOf(session, call)
  const lists = algorithm.thread(found, session).map((node) => `(${members(node, number)})`)
  session.out.line(`* THREAD${lists.length === 0 ? '' : ` ${lists.join('')}`}`)
}

/** thread-members = nz-number *(SP nz-number) [SP thread-nested]; thread-nested = 2*thread-list */
function members(root: ThreadNode, number: NumberOf): string {
  const parts: string[] = []
  let node = root
  for (;;) {
    if (node.message !== null) parts.push(String(number(node.message)))
    const [child, ...others] = node.children
    if (child === undefined) break
    if (others.length > 0) {
      parts.push(node.children.map((each) => `(${members(each, number)})`).join(''))
      break
    }
    node = child
  }
  return parts.join(' ')
}

/** THREAD with ORDEREDSUBJECT and REFERENCES (RFC 5256), and REFS, which was never published. */
export const threadFeature: Feature = {
  capabilities: ['THREAD=ORDEREDSUBJECT', 'THREAD=REFERENCES', 'THREAD=REFS'],
  threadAlgorithms: {
    ORDEREDSUBJECT: { needs: ['THREAD=ORDEREDSUBJECT'], thread: orderedSubject },
    REFERENCES: { needs: ['THREAD=REFERENCES'], thread: references },
    REFS: { needs: ['THREAD=REFS'], thread: refs },
  },
  commands: [
    { name: 'THREAD', states: ['selected'], needs: ['THREAD='], tellsExpunge: false, run: thread },
    { name: 'UID THREAD', states: ['selected'], needs: ['THREAD='], run: thread },
  ],
}
