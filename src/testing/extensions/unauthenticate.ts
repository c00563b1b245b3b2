import type { Feature } from '../feature.js'
import { uncompress } from './compress.js'

/** UNAUTHENTICATE (RFC 8437): all is as it was ahead of the login, TLS excepted; never answered with NO. */
export const unauthenticateFeature: Feature = {
  capabilities: ['UNAUTHENTICATE'],
  commands: [
    {
      name: 'UNAUTHENTICATE',
      states: ['authenticated'],
      needs: ['UNAUTHENTICATE'],
      run(session, args) {
        args.end()
        session.logOut()
        // The answer itself is still compressed (§4.1).
        return { text: 'Nobody is logged in any more', after: () => uncompress(session) }
      },
    },
  ],
}
