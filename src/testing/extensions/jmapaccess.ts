import type { Feature } from '../feature.js'
import { bad } from '../refusal.js'
import type { Session } from '../session.js'
import { quoted } from '../syntax.js'

/** The URL of the session resource, if the server has been told one. */
function urlOf(session: Session): string | undefined {
  return session.server.settings.extensions.jmapAccess
}

/** JMAPACCESS (RFC 9698): offered when the option names a URL, and announced to who is logged in. */
export const jmapAccessFeature: Feature = {
  optionalCapabilities: ['JMAPACCESS'],
  announces: ({ extensions }) => (extensions?.jmapAccess === undefined ? [] : ['JMAPACCESS']),
  announcedWhen: {
    // Without OBJECTID the identifiers could not be the same on both sides.
    JMAPACCESS: (session) => session.account !== null && urlOf(session) !== undefined && session.has('OBJECTID'),
  },
  commands: [
    {
      name: 'GETJMAPACCESS',
      states: ['authenticated'],
      needs: ['JMAPACCESS'],
      run(session, args) {
        args.end()
        const url = urlOf(session)
        if (url === undefined || !session.has('OBJECTID')) throw bad('No JMAP server is known')
        // resp-jmapaccess = "JMAPACCESS" SP quoted
        session.out.line(`* JMAPACCESS ${quoted(url)}`)
      },
    },
  ],
}
