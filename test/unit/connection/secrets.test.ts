import { describe, expect, it } from 'vitest'
import { Secrets } from '../../../src/connection/secrets.js'

const secrets = new Secrets()
secrets.add('"hunter\\"2"')
secrets.add('opensesame')
secrets.add(' ')
secrets.add('no')

describe('secrets that a server echoes', () => {
  it.each([
    ['x1 BAD unknown command LOGIN alice opensesame', 'x1 BAD unknown command LOGIN alice ***'],
    ['x1 NO [AUTHENTICATIONFAILED] "hunter\\"2" is wrong', 'x1 NO [AUTHENTICATIONFAILED] "***" is wrong'],
    ['x1 no hunter"2 is wrong', 'x1 no *** is wrong'],
    ['* BYE opensesame, opensesame', '* BYE ***, ***'],
    ['* BAD opensesame', '* BAD ***'],
    ['*  NO opensesame', '*  NO ***'],
  ])('are taken out of %s', (text, shown) => {
    expect(secrets.hide(text)).toBe(shown)
  })

  it.each(['* 1 FETCH (BODY[TEXT] "opensesame")', 'x1 OK opensesame', '* LIST () "/" opensesame', 'x1 NO no'])(
    'stay where they are data: %s',
    (text) => {
      expect(secrets.hide(text)).toBe(text)
    },
  )
})
