import type { Feature } from '../feature.js'
import { bad } from '../refusal.js'

/** ENABLE (RFC 5161, RFC 9051 §6.3.1), and IMAP4rev2 as what it enables. */
export const enableFeature: Feature = {
  capabilities: ['ENABLE'],
  enables: { IMAP4rev2: { enable: (session) => void session.enabled.add('IMAP4REV2') } },
  commands: [
    {
      name: 'ENABLE',
      states: ['authenticated'],
      needs: ['ENABLE'],
      // enable = "ENABLE" 1*(SP capability)
      run(session, args) {
        if (session.state === 'selected') throw bad('ENABLE is not allowed when a mailbox is selected')
        const asked: string[] = []
        do {
          args.sp()
          asked.push(args.atom('a capability').toUpperCase())
        } while (!args.atEnd)
        const enabled: string[] = []
        for (const [name, { needs = [name], enable }] of session.server.tables.enables) {
          const upper = name.toUpperCase()
          if (!asked.includes(upper) || !session.has(...needs) || session.enabled.has(upper)) continue
          enable(session)
          enabled.push(name)
        }
        session.out.line(['* ENABLED', ...enabled].join(' '))
      },
    },
  ],
}
