import { describe, expect, it } from 'vitest'
import { specialUseNames, useOfName } from '../../../src/client/special-use-names.js'
import { specialUses, type SpecialUsesOptions, type UseFinder } from '../../../src/client/special-uses.js'
import type { Command } from '../../../src/commands/command.js'
import { Capabilities } from '../../../src/model/capabilities.js'
import { AbortError, ArgumentError, ConnectionError, TimeoutError } from '../../../src/model/errors.js'
import type { Namespaces } from '../../../src/model/mailbox.js'
import { protocol } from '../../../src/protocol.js'
import { encodeMailboxName } from '../../../src/wire/utf7.js'
import { encode, Play, wrong } from '../commands/helpers.js'

/** A server by what it answers to each command: lines, or the end of the command where it is not OK. */
type Answers = Readonly<Record<string, readonly string[]>>

interface Scene extends UseFinder {
  readonly sent: string[]
  readonly warnings: string[]
}

function finder(capabilities: string, answers: Answers, namespaces: Namespaces | null = null): Scene {
  const names = capabilities.split(' ').filter((each) => each !== '')
  const sent: string[] = []
  const warnings: string[] = []
  return {
    capabilities: new Capabilities(names),
    protocol,
    commandTimeout: 5000,
    namespaces,
    sent,
    warnings,
    warn: (error) => void warnings.push(error.message),
    run: <R>(command: Command<R>): Promise<R> => {
      sent.push(encode(command, { has: names }).slice('A1 '.length, -'\r\n'.length))
      const lines = answers[command.name]
      if (lines === undefined) throw new Error(`${command.name} was not expected`)
      const end = /^(NO|BAD) /.test(lines[0] ?? '') ? lines[0] : 'OK done'
      const play = new Play(command, { has: names })
      return new Promise((resolve) => {
        resolve(play.send(...lines.filter((line) => line.startsWith('*')), `A1 ${end}`).result)
      })
    },
  }
}

/** Lines of LIST for names, which may have attributes before them. */
function listed(names: readonly string[], delimiter = '/', type = 'LIST'): string[] {
  return names.map((each) => {
    const [, attributes = '', name = ''] = /^((?:\\\S+ )*)(.*)$/.exec(each) ?? []
    return `* ${type} (${attributes.trim()}) "${delimiter}" "${encodeMailboxName(name)}"`
  })
}

async function found(finder: UseFinder, options?: SpecialUsesOptions): Promise<Record<string, string>> {
  const uses = await specialUses(finder, options)
  return Object.fromEntries([...uses].map(([use, { mailbox, by }]) => [use.slice(1), `${mailbox} (${by})`]))
}

describe('specialUses()', () => {
  it('takes what SPECIAL-USE tells, all uses of a mailbox, the first mailbox of a use', async () => {
    const it = finder('LIST-EXTENDED SPECIAL-USE XLIST', {
      LIST: listed(['INBOX', '\\archive \\SENT Both', '\\Sent Other', '\\Noselect \\Trash Gone', '\\Memos Notes']),
    })
    expect(await found(it)).toEqual({
      Archive: 'Both (attribute)',
      Memos: 'Notes (attribute)',
      Sent: 'Both (attribute)',
    })
    expect(it.sent).toEqual(['LIST "" * RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)'])
  })

  it('fills up by names, of mailboxes that the server has not marked', async () => {
    const it = finder('LIST-EXTENDED SPECIAL-USE', {
      LIST: listed(['INBOX', '\\Trash Spam', 'Sent', '\\Drafts Work', 'Drafts']),
    })
    expect(await found(it)).toEqual({ Drafts: 'Work (attribute)', Sent: 'Sent (name)', Trash: 'Spam (attribute)' })
  })

  it('asks XLIST where there is no SPECIAL-USE', async () => {
    const it = finder('XLIST', {
      LIST: listed(['INBOX', '\\Noselect [Gmail]', '[Gmail]/Todos', '[Gmail]/Spam', '[Gmail]/Enviados', 'Drafts']),
      XLIST: [
        ...listed(['\\Inbox Recibidos', '\\AllMail [Gmail]/Todos', '\\Spam [Gmail]/Spam'], '/', 'XLIST'),
        ...listed(['\\Sent [Gmail]/Enviados', '\\Trash Unlisted'], '/', 'XLIST'),
      ],
    })
    expect(await found(it)).toEqual({
      All: '[Gmail]/Todos (xlist)',
      Drafts: 'Drafts (name)',
      Junk: '[Gmail]/Spam (xlist)',
      Sent: '[Gmail]/Enviados (xlist)',
    })
    expect(it.sent).toEqual(['LIST "" *', 'XLIST "" *'])
  })

  it('goes on without XLIST and NAMESPACE where the server refuses them', async () => {
    const it = finder('XLIST NAMESPACE', {
      LIST: listed(['INBOX', 'Gesendet']),
      XLIST: ['BAD what'],
      NAMESPACE: ['NO never'],
    })
    expect(await found(it)).toEqual({ Sent: 'Gesendet (name)' })
    expect(it.warnings).toHaveLength(2)
  })

  it.each([
    ['in any case', ['SENT ITEMS', 'entwürfe'], { Drafts: 'entwürfe (name)', Sent: 'SENT ITEMS (name)' }],
    ['in another Unicode form', ['Entwu\u0308rfe'], { Drafts: 'Entwu\u0308rfe (name)' }],
    [
      'beyond Latin letters',
      ['Отправленные', '迷惑メール'],
      { Junk: '迷惑メール (name)', Sent: 'Отправленные (name)' },
    ],
    ['only as a whole', ['Sent 2024', 'My Drafts', 'Trashcan', 'Junk ', 'constructor', '__proto__'], {}],
    ['only at the top', ['Work', 'Work/Sent', 'INBOX/Trash'], {}],
    ['but not twice', ['Sent', 'Sent Items', 'Trash'], { Trash: 'Trash (name)' }],
    ['not for other uses', ['All Mail', 'Important', 'Starred', 'Flagged', 'Snoozed'], {}],
    ['not where it cannot be opened', ['\\Noselect Sent', '\\NonExistent Trash', '\\NoAccess Junk'], {}],
  ])('knows names %s', async (_title, names, expected) => {
    expect(await found(finder('', { LIST: listed(['INBOX', ...names]) }))).toEqual(expected)
  })

  it('looks below INBOX where everything is there', async () => {
    const all = listed(['INBOX', 'INBOX.Sent', 'INBOX.IDN.Trash', 'inbox.Drafts'], '.')
    expect(await found(finder('', { LIST: all }))).toEqual({ Drafts: 'inbox.Drafts (name)', Sent: 'INBOX.Sent (name)' })
  })

  it('looks in the personal namespace, and never at what belongs to others', async () => {
    const names = ['INBOX', 'INBOX.Sent', 'Sent', 'shared.Trash', '\\Junk shared.Spam', '\\Drafts user.bob.Drafts']
    const answers = {
      LIST: listed(names, '.'),
      NAMESPACE: ['* NAMESPACE (("INBOX." ".")) (("user." ".")) (("#shared." ".")("shared." "."))'],
    }
    const asked = finder('NAMESPACE', answers)
    expect(await found(asked)).toEqual({ Sent: 'INBOX.Sent (name)' })
    expect(asked.sent).toEqual(['NAMESPACE', 'LIST "" *'])
    const namespaces = { personal: [{ prefix: 'inbox.', delimiter: '.' }], otherUsers: [], shared: [] }
    const known = finder('NAMESPACE', answers, namespaces)
    expect(await found(known)).toMatchObject({ Sent: 'INBOX.Sent (name)', Junk: 'shared.Spam (attribute)' })
    expect(known.sent).toEqual(['LIST "" *'])
  })

  it('lets the caller decide', async () => {
    const it = () => finder('LIST-EXTENDED SPECIAL-USE', { LIST: listed(['INBOX', '\\Sent Sent', 'Trash', 'Spam']) })
    expect(await found(it(), { override: { '\\Sent': 'Elsewhere', '\\Trash': null, '\\Junk': undefined } })).toEqual({
      Junk: 'Spam (name)',
      Sent: 'Elsewhere (override)',
    })
    // What has a use is not taken by name for another one.
    expect(await found(it(), { override: { '\\Archive': 'Trash' } })).toEqual({
      Archive: 'Trash (override)',
      Junk: 'Spam (name)',
      Sent: 'Sent (attribute)',
    })
  })

  it('gives the uses in one order, whatever the server has', async () => {
    const it = finder('', { LIST: listed(['Trash', 'Sent', 'Archive', 'INBOX', 'Junk', 'Drafts']) })
    expect([...(await specialUses(it)).keys()]).toEqual(['\\Archive', '\\Drafts', '\\Junk', '\\Sent', '\\Trash'])
  })

  it.each<[string, unknown]>([
    ['no special use', { override: { Sent: 'Sent' } }],
    ['an empty name', { override: { '\\Sent': '' } }],
    ['no name', { override: { '\\Sent': 7 } }],
    ['no object', { override: 'Sent' }],
    ['no signal', { signal: 7 }],
    ['no time', { timeout: 'soon' }],
  ])('refuses %s before anything is sent', async (_title, options) => {
    const it = finder('', {})
    await expect(specialUses(it, wrong(options))).rejects.toBeInstanceOf(ArgumentError)
    expect(it.sent).toEqual([])
  })

  it('ends with what else goes wrong, and with the caller’s signal and time', async () => {
    const lost = { ...finder('NAMESPACE', {}), run: () => Promise.reject(new ConnectionError('lost')) }
    await expect(specialUses(lost)).rejects.toBeInstanceOf(ConnectionError)
    const silent = { ...finder('', {}), run: () => new Promise<never>(() => undefined) }
    await expect(specialUses(silent, { timeout: 5 })).rejects.toBeInstanceOf(TimeoutError)
    await expect(specialUses(silent, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(AbortError)
  })
})

describe('well-known names', () => {
  const all = Object.entries(specialUseNames).flatMap(([use, names]) => names.map((name) => [name, use] as const))

  it('are many, in many languages', () => {
    expect(all.length).toBeGreaterThan(250)
  })

  it.each(all)('%s means %s and nothing else', (name, use) => {
    expect(name).toBe(name.normalize('NFC').trim())
    expect(useOfName(name)).toBe(use)
    expect(useOfName(name.normalize('NFD'))).toBe(use)
    expect(all.filter(([other]) => other.toLowerCase() === name.toLowerCase())).toHaveLength(1)
  })

  it.each(['', 'constructor', '__proto__', 'toString', 'INBOX', 'Outbox', 'Sent2', 'Sen'])(
    '%j means nothing',
    (name) => {
      expect(useOfName(name)).toBeUndefined()
    },
  )
})
