import { canonicalMailbox } from '../commands/checks.js'
import { findSection, sectionItem, type SectionAsk } from '../commands/fetch-items.js'
import { searchProgram } from '../commands/search-program.js'
import { urlFetch } from '../extensions/urlauth.js'
import { ArgumentError, StateError } from '../model/errors.js'
import { formatImapUrl, type ImapUrl, type ImapUrlPath, parseImapUrl } from '../model/imap-url.js'
import { resolveImapUrl } from '../model/imap-url-resolve.js'
import type { MailboxInfo } from '../model/mailbox.js'
import { uids, type UidSet } from '../model/number-set.js'
import { fetchSingle } from './fetch-single.js'
import { limitedSearch } from './limited-search.js'
import type { CallOptions, MailboxContext, Runner } from './mailbox-context.js'
import { whole } from './message-limit.js'
import type { ReadonlyMailbox } from './readonly-mailbox.js'

/** What an IMAP URL names. */
export type UrlContent =
  /** A message, a part of one, or a range of its octets; transfer encodings are not undone. */
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  /** A mailbox with all its messages, or those that a search found. */
  | { readonly kind: 'messages'; readonly mailbox: string; readonly uids: UidSet }
  /** A list of mailboxes (RFC 2192). */
  | { readonly kind: 'mailboxes'; readonly mailboxes: readonly MailboxInfo[] }

/** Where a client is connected, and as whom; undefined where it cannot know. */
export interface Home {
  readonly host: string
  readonly port: number
  readonly user: string | undefined
}

/** What fetching a URL needs of its client. */
export interface UrlFetcher {
  readonly home: Home
  readonly current: ReadonlyMailbox | null
  readonly run: Runner
  examine(mailbox: string, options: CallOptions): Promise<ReadonlyMailbox>
  list(pattern: string, options: { readonly subscribed?: boolean } & CallOptions): Promise<MailboxInfo[]>
}

/**
 * Fetches what an IMAP URL names (RFC 5092 §9): null when the message is not there, or an authorized URL is refused.
 *
 * @throws ArgumentError for what is no URL, or names nothing that could be fetched; StateError for another server, another
 *   user, another mailbox than the selected one, and a URL whose UIDVALIDITY is not that of the mailbox any more
 */
export async function fetchUrl(
  fetcher: UrlFetcher,
  given: string | ImapUrl,
  { signal, timeout }: CallOptions,
): Promise<UrlContent | null> {
  const end = timeout === undefined ? undefined : performance.now() + timeout
  const call = (): CallOptions => ({
    signal,
    timeout: end === undefined ? undefined : Math.max(0, end - performance.now()),
  })
  const url = typeof given === 'string' ? resolveImapUrl(given, baseOf(fetcher)) : parseImapUrl(formatImapUrl(given))
  checkHost(fetcher.home, url)
  if (url.urlAuth !== undefined) return fetchAuthorized(fetcher, url, given, call())
  checkUser(fetcher.home, url)
  const { mailbox, list } = url
  if (list !== undefined) {
    const subscribed = list === 'LSUB' ? { subscribed: true } : {}
    return { kind: 'mailboxes', mailboxes: await fetcher.list(mailbox ?? '*', { ...subscribed, ...call() }) }
  }
  if (mailbox === undefined) throw new ArgumentError('The URL names a server: nothing of it can be fetched')
  const { current } = fetcher
  if (current !== null && current.name === canonicalMailbox(mailbox)) return current.fetchUrlPath(url, call())
  if (current !== null) {
    throw new StateError('The URL names another mailbox than the selected one: use another connection, or unselect')
  }
  // Nobody asked for a selection: it ends with the call.
  const opened = await fetcher.examine(mailbox, call())
  let isOver = false
  try {
    const content = await opened.fetchUrlPath(url, call())
    isOver = true
    return content
  } finally {
    // A call that failed, because its time was over perhaps, does not wait for that.
    if (isOver) await opened.leave(call())
    else void opened.leave()
  }
}

/** What a relative URL is relative to (RFC 4469 §3). */
function baseOf({ home, current }: UrlFetcher): ImapUrl {
  const { host, port, user } = home
  return {
    scheme: 'imap',
    host,
    port,
    ...(user === undefined ? {} : { user }),
    ...(current === null ? {} : { mailbox: current.name }),
  }
}

/** The login of this connection is good for its own server only: a URL may come from anybody (RFC 5092 §3.2). */
function checkHost(home: Home, { host, port }: ImapUrl): void {
  if (host === home.host.toLowerCase() && (port === undefined || port === home.port)) return
  throw new StateError('The URL names another server than the one that is connected')
}

/** A URL without a user names mailboxes that are the same for everybody, or those of whoever uses it. */
function checkUser(home: Home, { user }: ImapUrl): void {
  if (user === undefined || user === home.user) return
  throw new StateError('The URL names another user than the one who is logged in')
}

/** The token is made of the text of the URL, which is sent as it was given. */
async function fetchAuthorized(
  fetcher: UrlFetcher,
  url: ImapUrl,
  given: string | ImapUrl,
  call: CallOptions,
): Promise<UrlContent | null> {
  if (url.urlAuth?.token === undefined) throw new ArgumentError('The URL lacks its token: GENURLAUTH completes it')
  // url-full has a scheme (RFC 4467 §9): a relative one is completed.
  const text = typeof given === 'string' && /^imaps?:/i.test(given) ? given : formatImapUrl(url)
  const [found] = await fetcher.run(urlFetch([text]), call)
  const bytes = found?.bytes ?? null
  return bytes === null ? null : { kind: 'message', bytes }
}

/** Fetches what the part of a URL behind its mailbox names, in the mailbox of the context. */
export async function fetchPath(
  context: MailboxContext,
  path: ImapUrlPath,
  call: CallOptions,
): Promise<UrlContent | null> {
  const { selection } = context
  const { uidValidity, uid, search: program } = path
  if (uidValidity !== undefined && uidValidity !== selection.uidValidity) {
    throw new StateError('The URL is stale: the mailbox has another UIDVALIDITY, so that its UIDs mean other messages')
  }
  if (uid !== undefined) {
    const bytes = await fetchBytes(context, uid, askOf(path), call)
    return bytes === null ? null : { kind: 'message', bytes }
  }
  const found =
    program === undefined
      ? await limitedSearch<UidSet>(context, {}, undefined, call)
      : await context.run(whole(searchProgram(program)), call)
  return { kind: 'messages', mailbox: selection.name, uids: found }
}

async function fetchBytes(
  context: MailboxContext,
  uid: number,
  ask: SectionAsk,
  call: CallOptions,
): Promise<Uint8Array | null> {
  const data = await fetchSingle(context, uids(uid), [{ item: sectionItem, ask }], call)
  return data === null ? null : (findSection(data, ask)?.bytes ?? null)
}

/** To the end, where the URL tells no length; a partial fetch always has one (RFC 9051 §6.4.5.1). */
const TO_THE_END = 0xffff_ffff

/**
 * section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT"   (RFC 9051 §9)
 *
 * @throws ArgumentError for what is no section
 */
function askOf({ section = '', partial }: ImapUrlPath): SectionAsk {
  const range = partial === undefined ? {} : { partial: [partial.offset, partial.length ?? TO_THE_END] as const }
  const [, part = '', not, list] = /^(?:([\d.]+)\.)?HEADER\.FIELDS(\.NOT)? \(([^()]*)\)$/i.exec(section) ?? []
  if (list === undefined) return { section, ...range }
  const headers = [...list.matchAll(/"((?:[^"\\]|\\.)*)"|[^ "]+/g)].map(([word, quoted]) => quoted ?? word)
  return { section: part, headers, not: not !== undefined, ...range }
}
