import { connect, uids, type Command, type Extension, type Untagged } from 'imapkit'
import { ScriptedServer } from 'imapkit/testing'
import { describe, expect, it } from 'vitest'

interface Weather {
  readonly sky: string
  readonly degrees: number
}

const isWeather = (response: Untagged): response is Untagged & { weather: Weather } => response.type === 'X:WEATHER'

/** An extension of somebody else's: one record, and a command. */
const toy: Extension = {
  capability: 'X-TOY',
  spec: 'vendor',
  summary: 'Tells the weather.',
  usage: 'client.run(weather())',
  tested: ['transcript'],
  untagged: {
    WEATHER: (cursor) => {
      const sky = cursor.atom()
      cursor.sp()
      return Object.assign(
        { kind: 'untagged' as const, type: 'X:WEATHER' as const },
        {
          weather: { sky, degrees: cursor.number() },
        },
      )
    },
  },
  fetchItems: [
    {
      key: 'mood',
      needs: 'X-TOY',
      write: (w) => void w.word('X-MOOD'),
      read: { 'X-MOOD': (cursor, data) => void (data['mood'] = cursor.nstring()) },
    },
  ],
  searchKeys: { mood: { needs: 'X-TOY', write: (w, mood: string) => void w.word('X-MOOD').sp().astring(mood) } },
  statusItems: [{ key: 'moods', name: 'X-MOODS', needs: 'X-TOY', read: (cursor) => cursor.number() }],
  codes: { 'X-RAIN': (cursor) => ({ drops: cursor.number() }) },
}

function weather(): Command<Weather | undefined> {
  let found: Weather | undefined
  return {
    name: 'X-WEATHER',
    needs: 'X-TOY',
    states: ['authenticated', 'selected'],
    traits: { answers: 'WEATHER' },
    collect: () => ({
      untagged: (response) => {
        if (!isWeather(response)) return false
        found = response.weather
        return true
      },
      done: () => found,
    }),
  }
}

describe('an extension of one record', () => {
  it('is written, read and refused as those of the package are', async () => {
    const script = await ScriptedServer.start(`
      S: * PREAUTH [CAPABILITY IMAP4rev1 X-TOY] hello
      C: <t> EXAMINE INBOX
      S: * 3 EXISTS
      S: * OK [UIDVALIDITY 1] ok
      S: <t> OK [READ-ONLY] done
      C: <t> X-WEATHER
      S: * WEATHER fine 21
      S: <t> OK [X-RAIN 0] done
      C: <t> UID FETCH 7 (UID X-MOOD)
      S: * 2 FETCH (UID 7 X-MOOD "glad")
      S: <t> OK done
      C: <t> UID SEARCH X-MOOD sad
      S: * SEARCH 3 4
      S: <t> OK done
      C: <t> STATUS Archive (X-MOODS)
      S: * STATUS Archive (X-MOODS 12)
      S: <t> OK done
    `)
    const client = await connect({ ...script.connectOptions(), id: false, idle: false, extensions: [toy] })
    const inbox = await client.examine('INBOX')
    expect(await client.run(weather())).toEqual({ sky: 'fine', degrees: 21 })
    const query = { mood: true } as object
    const moods = { moods: true } as object
    expect(await inbox.fetch(uids(7), query).toArray()).toEqual([expect.objectContaining({ uid: 7, mood: 'glad' })])
    expect([...(await inbox.search({ mood: 'sad' } as object))]).toEqual([3, 4])
    expect(await client.status('Archive', moods)).toEqual({ moods: 12 })
    await script.done
    client.close()
    await script.close()
  })
})
