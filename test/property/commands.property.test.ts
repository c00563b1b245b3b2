import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { append, type AppendMessage } from '../../src/commands/append.js'
import { login } from '../../src/commands/auth.js'
import type { Command, EncodeContext } from '../../src/commands/command.js'
import { copy, move } from '../../src/commands/copy.js'
import { enable } from '../../src/commands/enable.js'
import { fetch, type AskedItem } from '../../src/commands/fetch.js'
import { binarySizeItem, sectionItem } from '../../src/commands/fetch-items.js'
import { id } from '../../src/commands/id.js'
import { list, lsub } from '../../src/commands/list.js'
import { search } from '../../src/commands/search.js'
import type { CoreCriteria } from '../../src/commands/search-criteria.js'
import { examine, select } from '../../src/commands/select.js'
import { create, deleteMailbox, rename, subscribe, unsubscribe } from '../../src/commands/simple.js'
import { status, type StatusQuery } from '../../src/commands/status.js'
import { store, type StoreChange } from '../../src/commands/store.js'
import { ArgumentError, CapabilityError } from '../../src/model/errors.js'
import type { SpecialUse } from '../../src/model/flags.js'
import { seqs, uids } from '../../src/model/number-set.js'
import { Writer } from '../../src/wire/writer.js'

/** Text of the kind that breaks out of a command, mixed with harmless text. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '\r\n',
        '\r',
        '\n',
        '\0',
        'A2 LOGOUT',
        ' ',
        '"',
        '\\',
        '(',
        ')',
        '{5}',
        '{5+}',
        ']',
        '*',
        'é',
        '&',
        '\u{1f600}',
        'a',
      ),
    )
    .map((parts) => parts.join('')),
)

/** Anything that an untyped caller may hand over, `text` among it. */
const anything = fc.oneof({ weight: 4, arbitrary: text }, fc.anything(), fc.array(text), fc.dictionary(text, text))

const message = Buffer.from('x')
const sink = { message: () => undefined }
const fetching = (item: AskedItem) => fetch(uids(1), [item], { sink })

/** Not every value can be the name of a property. */
const asKey = (value: unknown): string => (typeof value === 'string' ? value : 'x')

/** Every factory, with one argument that is not under control. */
const factories: Record<string, (value: never) => Command<unknown>> = {
  create: (value: string) => create(value),
  use: (value: SpecialUse) => create('a', { specialUse: value }),
  delete: (value: string) => deleteMailbox(value),
  rename: (value: string) => rename(value, value),
  subscribe: (value: string) => subscribe(value),
  unsubscribe: (value: string) => unsubscribe(value),
  select: (value: string) => select(value),
  examine: (value: string) => examine(value),
  enable: (value: string[]) => enable(value),
  enableOne: (value: string) => enable([value]),
  id: (value: Record<string, string>) => id(value),
  idName: (value: unknown) => id({ [asKey(value)]: value as string }),
  list: (value: string) => list(value, { reference: value }),
  lists: (value: string) => list([value, 'a']),
  listReturn: (value: never) => list('*', { return: [value] }),
  lsub: (value: string) => lsub(value, value),
  status: (value: string) => status(value, { messages: true }),
  statusQuery: (value: StatusQuery & Record<string, never>) => status('a', value),
  login: (value: string) => login(value, value),
  copy: (value: string) => copy(uids(1), value),
  move: (value: string) => move(seqs(1), value),
  copySet: (value: never) => copy(value, 'a'),
  store: (value: StoreChange) => store(uids(1), value),
  storeFlag: (value: string) => store(uids(1), { add: [value] }),
  storeSince: (value: bigint) => store(uids(1), { replace: [], unchangedSince: value }),
  appendTo: (value: string) => append(value, { content: message }),
  appendFlag: (value: string) => append('a', { content: message, flags: [value] }),
  appendMessage: (value: AppendMessage) => append('a', value),
  appendDate: (value: Date) => append('a', { content: message, internalDate: value }),
  search: (value: CoreCriteria) => search(value),
  searchReturn: (value: never) => search({}, { return: [value] }),
  ...Object.fromEntries(
    ['seen', 'keyword', 'from', 'text', 'header', 'since', 'larger', 'uid', 'seq', 'modSeq', 'or', 'not'].map((key) => [
      `search.${key}`,
      (value: never) => search({ [key]: value }),
    ]),
  ),
  searchHeader: (value: unknown) => search({ header: { [asKey(value)]: value as string } }),
  section: (value: string) => fetching({ item: sectionItem, ask: { section: value } }),
  sectionBinary: (value: string) => fetching({ item: sectionItem, ask: { kind: 'BINARY', section: value } }),
  sectionHeaders: (value: string) => fetching({ item: sectionItem, ask: { section: '', headers: [value] } }),
  sectionPartial: (value: [number, number]) => fetching({ item: sectionItem, ask: { section: '', partial: value } }),
  binarySize: (value: string) => fetching({ item: binarySizeItem, ask: [value] }),
}

const everything: EncodeContext = { has: (name) => name !== 'LOGINDISABLED', isEnabled: () => false }
const utf8: EncodeContext = { ...everything, isEnabled: () => true }

/** The octets outside literals; undefined when the command was refused, as it should be. */
function outsideLiterals(make: () => Command<unknown>, context: EncodeContext): string | undefined {
  const writer = new Writer({ utf8: context === utf8, literalPlus: false, literalMinus: false })
  try {
    const command = make()
    writer.command('A1', command.name)
    command.encode?.(writer, context)
    const { segments } = writer.finish()
    let out = ''
    for (const segment of segments) {
      if (segment.kind !== 'bytes') continue
      out += Buffer.from(segment.bytes).toString('latin1')
    }
    return withoutLiterals(out)
  } catch (error) {
    expect([ArgumentError.name, CapabilityError.name]).toContain((error as Error).name)
    return undefined
  }
}

/** Reads the octets as a server would: a marker at the end of a line makes it take the literal. */
function withoutLiterals(octets: string): string {
  let out = ''
  let rest = octets
  for (;;) {
    const end = rest.indexOf('\r\n')
    const line = end < 0 ? rest : rest.slice(0, end)
    const marker = /~?\{(\d+)\}$/.exec(line)
    if (marker === null) {
      expect(rest.length).toBe(line.length + 2)
      return out + line
    }
    out += line
    rest = rest.slice(end + 2 + Number(marker[1]))
  }
}

describe('no argument gets a line break or a NUL onto the wire outside a literal', () => {
  it.each(Object.entries(factories))('%s', (_name, factory) => {
    fc.assert(
      fc.property(anything, fc.constantFrom(everything, utf8), (value, context) => {
        const line = outsideLiterals(() => factory(value as never), context)
        if (line === undefined) return
        expect(line).toMatch(/^A1 [A-Z]/)
        expect(/[\r\n\0]/.test(line)).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  it('is not true because everything is refused', () => {
    const written = (name: string, value: unknown) =>
      outsideLiterals(() => factories[name]!(value as never), everything)
    expect(written('login', 'a\r\nb')).toBe('A1 LOGIN {4} {4}')
    expect(written('search.from', 'a\nb')).toBe('A1 UID SEARCH RETURN (ALL) FROM {3}')
    expect(written('create', 'a b')).toBe('A1 CREATE "a b"')
  })
})
