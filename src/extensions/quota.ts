import { checkCapability, checkName, checkObject, checkString } from '../commands/checks.js'
import type { Command } from '../commands/command.js'
import { loggedIn } from '../commands/states.js'
import { ArgumentError } from '../model/errors.js'
import type { ExtensionResponse, Untagged } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import type { Extension } from './extension.js'

/** How much of a resource is used, and how much may be; rounded beyond 2^53. */
export interface QuotaUsage {
  readonly usage: number
  readonly limit: number
}

/** The resources of one quota root (RFC 9208 §3.2). */
export interface QuotaInfo {
  /** The name of the root, often the empty string. */
  readonly root: string
  /**
   * By the name of the resource in upper case (RFC 9208 §5): `STORAGE` and `ANNOTATION-STORAGE` in units of 1024 octets,
   * `MESSAGE` and `MAILBOX` in numbers of them.
   */
  readonly resources: ReadonlyMap<string, QuotaUsage>
}

/** The quota roots of a mailbox (RFC 9208 §4.1.2). */
export interface MailboxQuota {
  /** The names of the roots, in the server's order; a mailbox without quota has none. */
  readonly roots: readonly string[]
  readonly quotas: readonly QuotaInfo[]
}

/** Limits by the name of the resource, such as `{ STORAGE: 512 }`; what is left out has no limit afterwards. */
export type QuotaLimits = Readonly<Record<string, number>>

interface QuotaResponse extends ExtensionResponse {
  readonly type: 'X:QUOTA'
  readonly quota: QuotaInfo
}

interface QuotaRootResponse extends ExtensionResponse {
  readonly type: 'X:QUOTAROOT'
  readonly mailbox: string
  readonly roots: readonly string[]
}

/**
 * quota-response = "QUOTA" SP quota-root-name SP quota-list
 * quota-list     = "(" quota-resource *(SP quota-resource) ")"
 * quota-resource = resource-name SP resource-usage SP resource-limit   (RFC 9208 §7)
 *
 * An empty list is taken too, as RFC 2087 had it, and none at all, which Courier sends where there is no limit.
 */
function readQuota(cursor: Cursor): QuotaResponse {
  const root = cursor.astring()
  const resources = new Map<string, QuotaUsage>()
  const readResource = (): void => {
    const name = cursor.astring().toUpperCase()
    cursor.sp()
    const usage = readAmount(cursor)
    cursor.sp()
    resources.set(name, { usage, limit: readAmount(cursor) })
  }
  if (cursor.trySp() && !cursor.atEnd) cursor.list(readResource)
  return { kind: 'untagged', type: 'X:QUOTA', quota: { root, resources } }
}

/** number64; some servers tell that there is no limit by the highest one, which a number holds only in about. */
function readAmount(cursor: Cursor): number {
  return cursor.peek() === MINUS ? cursor.size() : Number(cursor.number64())
}

const MINUS = 0x2d

/** quotaroot-response = "QUOTAROOT" SP mailbox *(SP quota-root-name)   (RFC 9208 §7) */
function readQuotaRoot(cursor: Cursor): QuotaRootResponse {
  const mailbox = cursor.mailbox()
  const roots: string[] = []
  while (cursor.trySp() && !cursor.atEnd) roots.push(cursor.astring())
  return { kind: 'untagged', type: 'X:QUOTAROOT', mailbox, roots }
}

const isQuota = (response: Untagged): response is QuotaResponse => response.type === 'X:QUOTA'
const isQuotaRoot = (response: Untagged): response is QuotaRootResponse => response.type === 'X:QUOTAROOT'

/** GETQUOTA: what of a quota root is used (RFC 9208 §4.1.1). */
export function getQuota(root: string): Command<QuotaInfo> {
  checkString('The name of a quota root', root)
  return {
    name: 'GETQUOTA',
    needs: 'QUOTA',
    states: loggedIn,
    traits: { answers: 'QUOTA' },
    safe: true,
    encode: (w) => void w.sp().astring(root),
    collect: () => collectQuotas((quotas) => named(quotas, root) ?? empty(root)),
  }
}

/** GETQUOTAROOT: the quota roots of a mailbox with their quotas (RFC 9208 §4.1.2). */
export function getQuotaRoot(mailbox: string): Command<MailboxQuota> {
  checkName(mailbox)
  return {
    name: 'GETQUOTAROOT',
    needs: 'QUOTA',
    states: loggedIn,
    traits: { answers: ['QUOTA', 'QUOTAROOT'] },
    safe: true,
    encode: (w) => void w.sp().mailbox(mailbox),
    collect: () => collectQuotas((quotas, roots) => ({ roots, quotas })),
  }
}

/**
 * SETQUOTA: sets the limits of a quota root (RFC 9208 §4.1.3). Gives what holds now, which may be rounded; undefined where
 * the server does not tell.
 *
 * @throws ArgumentError for limits that are none
 */
export function setQuota(root: string, limits: QuotaLimits): Command<QuotaInfo | undefined> {
  checkString('The name of a quota root', root)
  checkObject('Limits', limits)
  const entries = Object.entries(limits)
  for (const [name, limit] of entries) {
    if (!Number.isSafeInteger(limit) || limit < 0) {
      throw new ArgumentError(`The limit of ${name.slice(0, 40)} is a whole number from 0 up`)
    }
  }
  return {
    name: 'SETQUOTA',
    // RFC 2087 knows no QUOTASET; its servers announce QUOTA alone.
    needs: ['QUOTASET', 'QUOTA'],
    states: loggedIn,
    traits: { answers: 'QUOTA' },
    safe: true,
    encode: (w, context) => {
      // Only a server of RFC 2087 sets quotas without saying so.
      if (RESOURCES.some((name) => context.has(`QUOTA=RES-${name}`))) checkCapability(context, 'QUOTASET', 'SETQUOTA')
      w.sp()
        .astring(root)
        .sp()
        .list(entries, ([name, limit]) => w.atom(name).sp().number(limit))
    },
    collect: () => collectQuotas((quotas) => named(quotas, root)),
  }
}

const RESOURCES = ['STORAGE', 'MESSAGE', 'MAILBOX', 'ANNOTATION-STORAGE']

/** The quota of a root; of several the last one, since SETQUOTA may change it. One alone may have another form of the name. */
function named(quotas: readonly QuotaInfo[], root: string): QuotaInfo | undefined {
  return quotas.findLast((each) => each.root === root) ?? (quotas.length === 1 ? quotas[0] : undefined)
}

function collectQuotas<R>(result: (quotas: readonly QuotaInfo[], roots: readonly string[]) => R) {
  const quotas: QuotaInfo[] = []
  let roots: readonly string[] = []
  return {
    untagged: (response: Untagged): boolean => {
      if (isQuota(response)) quotas.push(response.quota)
      else if (isQuotaRoot(response)) roots = response.roots
      else return false
      return true
    },
    done: (): R => result(quotas, roots),
  }
}

/** A server that answers OK and nothing else has no limits on this root. */
function empty(root: string): QuotaInfo {
  return { root, resources: new Map() }
}

/** QUOTA and its families (RFC 9208). */
export const quota: readonly Extension[] = [
  {
    capability: 'QUOTA',
    spec: [9208, 2087],
    summary: 'Tells how much of its storage a user has used up.',
    usage: "client.quota.ofMailbox('INBOX')",
    examples: ['rfc9208.txt', 'rfc2087.txt'],
    tested: ['embedded', 'transcript', 'dovecot', 'cyrus', 'courier'],
    untagged: { QUOTA: readQuota, QUOTAROOT: readQuotaRoot },
  },
  {
    capability: 'QUOTASET',
    spec: [9208],
    summary: 'Sets the limits of a quota root.',
    usage: "client.quota.set('', { STORAGE: 512 })",
    examples: ['rfc9208.txt'],
    tested: ['embedded', 'transcript'],
  },
  {
    capability: 'QUOTA=RES-',
    spec: [9208],
    summary: 'Names the resources that the server counts: STORAGE, MESSAGE, MAILBOX, ANNOTATION-STORAGE.',
    usage: "client.status('INBOX', { deletedStorage: true })",
    note: 'With MESSAGE and STORAGE, STATUS tells what an EXPUNGE would free: `deleted` and `deletedStorage`.',
    examples: ['rfc9208.txt'],
    tested: ['embedded', 'transcript'],
  },
]
