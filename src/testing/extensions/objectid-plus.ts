import type { Arguments } from '../arguments.js'
import type { Feature } from '../feature.js'
import type { FetchItem } from '../fetch/item.js'
import type { Session } from '../session.js'
import type { SelectParameter } from '../slots.js'
import type { Account } from '../store/account.js'
import type { MemoryMailbox } from '../store/mailbox.js'
import { emailIdOf, threadIdOf } from './objectid.js'

const needs = ['OBJECTID+'] as const

const isActive = (session: Session): boolean => session.enabled.has('OBJECTID+')

/** The first use of OBJECTID asks for what ENABLE asks for, and is told of that once. */
function activate(session: Session): void {
  if (isActive(session)) return
  session.enabled.add('OBJECTID+')
  session.out.line('* ENABLED OBJECTID+')
}

const ownerOf = (session: Session, mailbox: MemoryMailbox): Account =>
  session.access.locate(session.nameOf(mailbox)).account

/** "OBJECTID" SP "(" "MAILBOXID" SP objectid SP "ACCOUNTID" SP objectid ")" */
function compound(session: Session, mailbox: MemoryMailbox): string {
  return `(MAILBOXID ${mailbox.id} ACCOUNTID ${ownerOf(session, mailbox).id})`
}

function codeOf(session: Session, mailbox: MemoryMailbox): string | undefined {
  return isActive(session) ? `OBJECTID ${compound(session, mailbox)}` : undefined
}

/** "OBJECTID" SP "(" "EMAILID" SP objectid SP "THREADID" SP objectid ")" */
const item: FetchItem = {
  label: 'OBJECTID',
  prepare: activate,
  write: (out, message) => void out.text(`OBJECTID (EMAILID ${emailIdOf(message)} THREADID ${threadIdOf(message)})`),
}

/** "(" key SP value *(SP key SP value) ")" */
function readPairs(args: Arguments): ReadonlyMap<string, string> {
  return new Map(
    args.list(() => {
      const key = args.name('a key of OBJECTID')
      args.sp()
      return [key, args.astringText('an identifier')] as const
    }),
  )
}

/** A mailbox by its identifiers; undefined when there is none, and then the name counts. */
function byId(session: Session, pairs: ReadonlyMap<string, string>): MemoryMailbox | undefined {
  const account = pairs.get('ACCOUNTID')
  return session.access
    .candidates()
    .map(({ mailbox }) => mailbox)
    .filter((mailbox) => mailbox !== null)
    .filter((mailbox) => account === undefined || ownerOf(session, mailbox).id === account)
    .find((mailbox) => mailbox.selectable && mailbox.id === pairs.get('MAILBOXID'))
}

/** select-param: "OBJECTID" SP "(" key SP value *(SP key SP value) ")" */
const parameter: SelectParameter = {
  needs,
  read(args, session) {
    args.sp()
    const pairs = readPairs(args)
    return {
      choose: () => byId(session, pairs),
      apply({ mailbox }) {
        if (isActive(session)) return
        activate(session)
        tellOpened(session, mailbox)
      },
    }
  },
}

function tellOpened(session: Session, mailbox: MemoryMailbox): void {
  const code = codeOf(session, mailbox)
  if (code !== undefined) session.out.line(`* OK [${code}] Identifiers`)
}

/** OBJECTID+ (draft-ietf-mailmaint-imap-objectid-bis): the identifiers of a mailbox or a message in one compound. */
export const objectIdPlusFeature: Feature = {
  capabilities: ['OBJECTID+'],
  enables: { 'OBJECTID+': { enable: (session) => void session.enabled.add('OBJECTID+') } },
  fetchItems: { OBJECTID: { needs, read: () => item } },
  selectParameters: { OBJECTID: parameter },
  statusItems: {
    OBJECTID: {
      needs,
      value(mailbox, session) {
        activate(session)
        return compound(session, mailbox)
      },
    },
  },
  hooks: {
    needs,
    onCreate: codeOf,
    onRename: codeOf,
    onSelect: (session, { mailbox }) => tellOpened(session, mailbox),
  },
}
