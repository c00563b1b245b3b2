import type { Feature } from '../feature.js'
import { bad } from '../refusal.js'
import { nstring, quoted, string } from '../syntax.js'

/** CAPABILITY, NOOP and LOGOUT (RFC 9051 §6.1), ID (RFC 2971). */
export const anyStateFeature: Feature = {
  capabilities: ['IMAP4rev1', 'IMAP4rev2', 'LITERAL+', 'SASL-IR', 'ID'],
  commands: [
    {
      name: 'CAPABILITY',
      states: ['any'],
      run(session, args) {
        args.end()
        session.out.line(`* CAPABILITY ${session.capabilities().join(' ')}`)
      },
    },
    {
      name: 'NOOP',
      states: ['any'],
      run: (_session, args) => args.end(),
    },
    {
      name: 'LOGOUT',
      states: ['any'],
      run(session, args) {
        args.end()
        session.out.line('* BYE Logging out')
        session.unselect()
        return { after: () => void (session.state = 'logout') }
      },
    },
    {
      name: 'ID',
      states: ['any'],
      needs: ['ID'],
      // id = "ID" SP ("(" [string SP nstring *(SP string SP nstring)] ")" / nil)
      run(session, args) {
        args.sp()
        if (!args.takeWord('NIL')) {
          const pairs = args.list(() => {
            const name = args.string('the name of a field').toString()
            args.sp()
            const value = args.nstring('the value of a field')
            if (Buffer.byteLength(name) > 30 || (value?.length ?? 0) > 1024) throw bad('A field of ID is too long')
            return name.toLowerCase()
          }, true)
          if (pairs.length > 30) throw bad('ID has more than 30 fields')
          if (new Set(pairs).size < pairs.length) throw bad('A field of ID comes twice')
        }
        args.end()
        const { id } = session.server.settings
        const fields = Object.entries(id ?? {}).map(([name, value]) => {
          return `${quoted(name)} ${value === null ? nstring(null, false) : string(value, false)}`
        })
        session.out.line(`* ID ${id === null ? 'NIL' : `(${fields.join(' ')})`}`)
      },
    },
  ],
}
