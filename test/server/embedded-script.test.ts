import { describe, expect, it } from 'vitest'
import { ScriptedServer } from 'imapkit/testing'
import { RawClient } from '../unit/testing/raw-client.js'

const dial = (server: ScriptedServer): Promise<RawClient> => RawClient.dial({ port: server.port })

describe('a scripted server', () => {
  it('plays a transcript: tags, literals, patterns', async () => {
    await using server = await ScriptedServer.start(String.raw`
      # comments and empty lines are passed over
      S: * PREAUTH ready

      C: <tag> LOGIN alice {6}
      S: + go
      C: secret {<n>}
      S: + go
      C: äöü
      C:  (line two)
      S: <tag> OK [X <n>] hi <b> <nobody>
      C: /(?<a>\S+) FETCH \d+ \(UID BODY\[\]<0\.100>\)/i
      C: <b> NOOP
      S: * 1 FETCH (UID 1 BODY[] {4}
      S: ab
      S: )
      S: <b> OK
      S: <a> OK
      C: <c> STORE <*> <=b>
      S-raw <c> OK \xff\x00\\\r\n
    `)
    await using client = await dial(server)
    expect(await client.line()).toBe('* PREAUTH ready')
    client.send('A1 LOGIN alice {6}\r\n')
    expect(await client.line()).toBe('+ go')
    client.send('secret {99}\r\n')
    expect(await client.line()).toBe('+ go')
    client.send(`${Buffer.from('äöü').toString('latin1')}\r\n (line two)\r\n`)
    expect(await client.line()).toBe('A1 OK [X 99] hi <b> <nobody>')
    client.send('A2 fetch 12 (UID BODY[]<0.100>)\r\nA3 NOOP\r\n')
    expect(await client.until(/^A2/)).toEqual(['* 1 FETCH (UID 1 BODY[] {4}', 'ab', ')', 'A3 OK', 'A2 OK'])
    client.send('A4 STORE 1 FLAGS (x) A3\r\n')
    expect(await client.line()).toBe('<c> OK \xff\0\\')
    await server.done
    client.send('A5 NOOP\r\nA6 LOGOUT\r\n')
    expect(await client.rest()).toBe('* BYE Goodbye\r\nA6 OK LOGOUT completed\r\n')
  })

  it('says what was expected and what came', async () => {
    await using server = await ScriptedServer.start(
      'S: * OK\nC: <tag> LOGIN alice secret\nS: <tag> OK\nC: <tag> SELECT INBOX',
    )
    await using client = await dial(server)
    client.send('a LOGIN alice secret\r\nb EXAMINE INBOX\r\n')
    await expect(server.done).rejects.toThrow(
      'Connection 1, line 4 of the script\n    S: * OK\n    C: <tag> LOGIN alice secret\n    S: <tag> OK\n  expected: C: <tag> SELECT INBOX\n  received: b EXAMINE INBOX',
    )
    expect(await client.rest()).toContain('a OK')
  })

  it.each<[name: string, script: string, send: string | null, error: RegExp]>([
    ['a client that goes away', 'C: x', null, /received: the connection was closed$/],
    ['a client that stays', 'C-close', 'a NOOP\r\n', /expected: C-close\n {2}received: a NOOP$/],
    ['a bare LF', 'C: <tag> NOOP', 'a NOOP\n', /bare LF: "a NOOP"/],
    ['silence', 'C: <tag> NOOP', '', /received: nothing for 50 ms$/],
    ['a word too many', 'C: <tag> NOOP', 'a NOOP NOOP\r\n', /received: a NOOP NOOP$/],
  ])('notices %s', async (_name, script, send, error) => {
    await using server = await ScriptedServer.start(script, { timeout: 50 })
    await using client = await dial(server)
    if (send === null) client.socket.end()
    else client.send(send)
    await expect(server.done).rejects.toThrow(error)
  })

  it('waits, splits, closes and resets, one connection after the other', async () => {
    await using server = await ScriptedServer.start(`
      S-split 1
      S: * OK one
      S-wait 30
      S-close
      ---
      S: * OK two
      C: go
      S-reset
      ---
      S: * OK three
      C-close
    `)
    const start = Date.now()
    await using one = await dial(server)
    expect(await one.rest()).toBe('* OK one\r\n')
    expect(Date.now() - start).toBeGreaterThanOrEqual(25)
    await using two = await dial(server)
    await two.line()
    two.send('go\r\n')
    expect(await two.rest()).toBe('')
    await using three = await dial(server)
    await three.line()
    three.socket.end()
    await server.done
    expect(server.connectionCount).toBe(3)
  })

  it('takes steps as values, for octets that no line can hold', async () => {
    await using server = await ScriptedServer.start([
      'S: * OK',
      { expect: /^\S+ LOGIN/ },
      { receive: Buffer.from([0, 255, 13, 10]) },
      { send: Buffer.from([0, 254]) },
      'S-close',
    ])
    await using client = await dial(server)
    await client.line()
    client.send('a LOGIN\r\n\0\xff\r\n')
    await server.done
    expect(await client.rest()).toBe('\0\xfe')
  })

  it('speaks TLS and STARTTLS', async () => {
    await using tls = await ScriptedServer.start('S: * OK', { security: 'tls' })
    await using secure = await RawClient.dial({ port: tls.port, ca: tls.ca })
    expect(await secure.line()).toBe('* OK')
    expect(tls.connectOptions('me', 'pw')).toEqual({
      host: '127.0.0.1',
      port: tls.port,
      security: 'tls',
      auth: { user: 'me', password: 'pw' },
      tls: { ca: tls.ca },
    })
    await using server = await ScriptedServer.start('C: <a> STARTTLS\nS: <a> OK\nS-starttls\nC: <b> NOOP\nS: <b> OK', {
      security: 'starttls',
    })
    await using client = await dial(server)
    client.send('a STARTTLS\r\n')
    await client.line()
    await client.startTls(server.ca)
    client.send('b NOOP\r\n')
    expect(await client.line()).toBe('b OK')
    await server.done
  })

  it('rejects what is no script, a connection too many, and being closed too early', async () => {
    await expect(ScriptedServer.start('S: ok\nX: hm')).rejects.toThrow('Line 2 of the script is no step: X: hm')
    await expect(ScriptedServer.start('S-wait soon')).rejects.toThrow('Line 1')
    await using server = await ScriptedServer.start('C: x')
    await using first = await dial(server)
    await using second = await dial(server)
    expect(await second.rest()).toBe('')
    await expect(server.done).rejects.toThrow('The script has no connection 2')
    first.send('x\r\n')
    const early = await ScriptedServer.start('C: x')
    await early.close()
    await early.close()
    await expect(early.done).rejects.toThrow('0 of 1 connections had been played')
  })
})
