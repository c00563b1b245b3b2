import { connect } from 'imapkit'
import { expect, it } from 'vitest'
import { DovecotSubject } from '../behaviour/dovecot.js'
import { extensions } from '../behaviour/extensions/index.js'
import { describeReal } from './server.js'

describeReal('Dovecot', (server) => {
  const subject = new DovecotSubject(server)

  extensions(subject)

  it('LOGIN-REFERRALS: a user who has moved is told where to', async () => {
    const auth = { user: 'referred', password: 'referred-secret' }
    await expect(connect({ ...subject.options(), auth })).rejects.toMatchObject({
      name: 'AuthenticationError',
      responseCode: { name: 'REFERRAL', urls: [expect.stringMatching(/^imap:/)] },
    })
  })
})
