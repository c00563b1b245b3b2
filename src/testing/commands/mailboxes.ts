import type { Arguments } from '../arguments.js'
import type { Completion, Feature } from '../feature.js'
import { lookUp } from '../lookup.js'
import { no } from '../refusal.js'
import type { Session } from '../session.js'
import { SPECIAL_USES } from '../../model/flags.js'
import type { MemoryMailbox } from '../store/mailbox.js'

/** The one mailbox name that a command takes. */
function onlyName(args: Arguments): string {
  args.sp()
  const name = args.mailbox()
  args.end()
  return name
}

/** create = "CREATE" SP mailbox [SP "(" create-param *(SP create-param) ")"] (RFC 4466 §2.2) */
function create(session: Session, args: Arguments): Completion {
  args.sp()
  const name = args.mailbox()
  const parameters = args.take(' ')
    ? args.list(() => {
        const word = args.name('a parameter of CREATE')
        const parameter = lookUp(session, session.server.tables.createParameters, word, 'parameter of CREATE')
        return parameter.read(args, session)
      })
    : []
  args.end()
  for (const hook of session.hooks('beforeCreate')) hook(session, name)
  const mailbox = session.access.create(name)
  for (const apply of parameters) apply(mailbox)
  const codes = session.hooks('onCreate').map((hook) => hook(session, mailbox))
  return { code: codes.find((code) => code !== undefined) }
}

/** rename = "RENAME" SP mailbox SP mailbox [SP "(" rename-param *(SP rename-param) ")"] (RFC 4466 §2.3) */
function rename(session: Session, args: Arguments): Completion {
  args.sp()
  const from = args.mailbox()
  args.sp()
  const to = args.mailbox()
  const parameters = args.take(' ')
    ? args.list(() => {
        const word = args.name('a parameter of RENAME')
        const parameter = lookUp(session, session.server.tables.renameParameters, word, 'parameter of RENAME')
        return parameter.read(args, session)
      })
    : []
  args.end()
  session.access.rename(from, to)
  const mailbox = session.access.mailbox(to)
  for (const apply of parameters) apply(mailbox)
  const codes = session.hooks('onRename').map((hook) => hook(session, mailbox))
  return { code: codes.find((code) => code !== undefined) }
}

/** "USE" SP "(" [use-attr *(SP use-attr)] ")" (RFC 6154 §6) */
function readUse(args: Arguments, session: Session): (mailbox: MemoryMailbox) => void {
  args.sp()
  const uses = args.list(() => {
    args.char('\\')
    const name = `\\${args.atom('a special use')}`.toLowerCase()
    const known = SPECIAL_USES.find((use) => use.toLowerCase() === name)
    if (known === undefined) throw no('This special use is not known', 'USEATTR')
    return known
  }, true)
  const taken = uses.find((use) => session.owner.mailboxes.some((mailbox) => mailbox.attributes.has(use)))
  if (taken !== undefined) throw no('Another mailbox has this special use', 'USEATTR')
  return (mailbox) => {
    for (const use of uses) mailbox.attributes.add(use)
  }
}

/** CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE, NAMESPACE (RFC 9051 §6.3). */
export const mailboxesFeature: Feature = {
  capabilities: ['CREATE-SPECIAL-USE', 'NAMESPACE'],
  createParameters: { USE: { needs: ['CREATE-SPECIAL-USE'], read: readUse } },
  commands: [
    { name: 'CREATE', states: ['authenticated'], run: create },
    { name: 'DELETE', states: ['authenticated'], run: ({ access }, args) => access.delete(onlyName(args)) },
    { name: 'RENAME', states: ['authenticated'], run: rename },
    {
      name: 'SUBSCRIBE',
      states: ['authenticated'],
      // A name need not exist to be subscribed to.
      run: ({ owner }, args) => owner.subscribe(onlyName(args)),
    },
    {
      name: 'UNSUBSCRIBE',
      states: ['authenticated'],
      run: ({ owner }, args) => owner.unsubscribe(onlyName(args)),
    },
    {
      name: 'NAMESPACE',
      states: ['authenticated'],
      needs: ['NAMESPACE'],
      run(session, args) {
        args.end()
        session.out.line(`* NAMESPACE ${session.access.namespaces()}`)
      },
    },
  ],
}
