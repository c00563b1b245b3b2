import { connect, type Command, type Extension, type Untagged } from 'imapkit'
import { ImapServer, type Feature } from 'imapkit/testing'
import { expect, it } from 'vitest'

const isWeather = (response: Untagged): response is Untagged & { readonly sky: string } => response.type === 'X:WEATHER'

/** An extension of somebody else's: a record for the client, and one for the server. */
const record: Extension = {
  capability: 'X-WEATHER',
  spec: 'vendor',
  summary: 'Tells the weather.',
  usage: 'client.run(weather())',
  tested: ['embedded'],
  untagged: {
    WEATHER: (cursor) => {
      const told = { kind: 'untagged', type: 'X:WEATHER', sky: cursor.string() } as const
      return told
    },
  },
}

const feature: Feature = {
  capabilities: ['X-WEATHER'],
  commands: [
    {
      name: 'XWEATHER',
      states: ['authenticated', 'selected'],
      needs: ['X-WEATHER'],
      run(session, args) {
        args.end()
        session.out.line('* WEATHER "fine"')
        return { text: 'Look out of the window' }
      },
    },
  ],
}

function weather(): Command<string | undefined> {
  return {
    name: 'XWEATHER',
    needs: 'X-WEATHER',
    states: ['authenticated', 'selected'],
    traits: { answers: 'WEATHER' },
    collect: () => {
      let sky: string | undefined
      return {
        untagged: (response) => {
          if (!isWeather(response)) return false
          sky = response.sky
          return true
        },
        done: () => sky,
      }
    },
  }
}

it('one record on each side makes an extension', async () => {
  await using server = await ImapServer.start({ users: { alice: { password: 'secret' } }, features: [feature] })
  await using client = await connect({ ...server.connectOptions('alice'), extensions: [record] })
  expect(client.capabilities.has('X-WEATHER')).toBe(true)
  expect(await client.run(weather())).toBe('fine')
})

it('a server without it is not asked', async () => {
  await using server = await ImapServer.start({ users: { alice: { password: 'secret' } } })
  await using client = await connect({ ...server.connectOptions('alice'), extensions: [record] })
  await expect(client.run(weather())).rejects.toMatchObject({ name: 'CapabilityError', needs: 'X-WEATHER' })
})
