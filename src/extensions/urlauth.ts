import { checkArray, checkCapability, checkName, checkObject } from '../commands/checks.js'
import type { Command } from '../commands/command.js'
import { loggedIn } from '../commands/states.js'
import { readBodyStructure } from '../grammar/body-structure.js'
import type { BodyStructure } from '../model/body-structure.js'
import { ArgumentError, ProtocolError } from '../model/errors.js'
import { formatImapUrl, parseImapUrl, type ImapUrl } from '../model/imap-url.js'
import type { ResponseCode, UrlMechanism } from '../model/response-code.js'
import type { ExtensionResponse, Untagged } from '../model/response.js'
import type { Cursor } from '../wire/cursor.js'
import type { Writer } from '../wire/writer.js'
import { checkUrlPartial } from './catenate.js'
import type { Extension } from './extension.js'

/** What to fetch of an authorized URL; more than a URL needs URLAUTH=BINARY (RFC 5524 §3.1). */
export interface UrlFetchRequest {
  readonly url: string
  /** `BODY` as it is, which is the default, `BINARY` without its transfer encoding; false for the structure alone. */
  readonly content?: 'BODY' | 'BINARY' | false | undefined
  /** Tells the structure of what is returned. */
  readonly structure?: boolean | undefined
}

/** What an authorized URL names. */
export interface UrlFetched {
  readonly url: string
  /** The content; null where it was not asked for, and where the server cannot undo its transfer encoding. */
  readonly bytes: Uint8Array | null
  /** The structure of the part, numbered as if it were a message of its own; where it was asked for. */
  readonly bodyStructure?: BodyStructure
}

interface GenUrlAuthResponse extends ExtensionResponse {
  readonly type: 'X:GENURLAUTH'
  readonly urls: readonly string[]
}

/** One URL of an answer; what the server does not give out is null. */
interface UrlAnswer {
  readonly url: string
  readonly found: Omit<UrlFetched, 'url'> | null
}

interface UrlFetchResponse extends ExtensionResponse {
  readonly type: 'X:URLFETCH'
  readonly answers: readonly UrlAnswer[]
}

/** genurlauth-data = "*" SP "GENURLAUTH" 1*(SP url-full)   (RFC 4467 §9) */
function readGenUrlAuth(cursor: Cursor): GenUrlAuthResponse {
  const urls: string[] = []
  for (cursor.skipSpaces(); !cursor.atEnd; cursor.skipSpaces()) {
    urls.push(cursor.astring())
    cursor.countItems()
  }
  return { kind: 'untagged', type: 'X:GENURLAUTH', urls }
}

/**
 * urlfetch-data  = "*" SP "URLFETCH" 1*(SP url-full SP nstring)   (RFC 4467 §9)
 * urldata-ext    = SP url-full url-metadata
 * url-metadata   = 1*(SP "(" url-metadata-el ")")   (RFC 5524 §5)
 */
function readUrlFetch(cursor: Cursor): UrlFetchResponse {
  const answers: UrlAnswer[] = []
  for (cursor.skipSpaces(); !cursor.atEnd; cursor.skipSpaces()) {
    const url = cursor.astring()
    cursor.sp()
    cursor.countItems()
    if (cursor.peek() === OPEN) answers.push({ url, found: readMetadata(cursor) })
    else {
      const bytes = cursor.nbytes() ?? null
      answers.push({ url, found: bytes === null ? null : { bytes } })
    }
  }
  return { kind: 'untagged', type: 'X:URLFETCH', answers }
}

const OPEN = 0x28

/**
 * url-metadata-el     = url-meta-bodystruct / url-meta-body / url-meta-binary
 * url-meta-bodystruct = "BODYPARTSTRUCTURE" SP body
 * url-meta-binary     = "BINARY" SP ( nstring / literal8 )
 * url-meta-body       = "BODY" SP nstring
 *
 * Dovecot 2.3 puts all elements into one pair of parentheses.
 */
function readMetadata(cursor: Cursor): Omit<UrlFetched, 'url'> {
  let bytes: Uint8Array | null = null
  let bodyStructure: BodyStructure | undefined
  while (cursor.peek() === OPEN) {
    cursor.list(() => {
      const name = cursor.word()
      cursor.sp()
      if (name === 'BODYPARTSTRUCTURE') bodyStructure = readBodyStructure(cursor)
      else if (name === 'BODY' || name === 'BINARY') bytes = cursor.nbytes() ?? null
      else cursor.skipValue()
    })
    cursor.skipSpaces()
  }
  return { bytes, ...(bodyStructure !== undefined && { bodyStructure }) }
}

/** resp-text-code =/ "URLMECH" SP "INTERNAL" *(SP mechanism ["=" base64]) */
function mechanismsOf(code: ResponseCode | null): readonly UrlMechanism[] | undefined {
  return code?.name === 'URLMECH' ? code.mechanisms : undefined
}

const isGenUrlAuth = (response: Untagged): response is GenUrlAuthResponse => response.type === 'X:GENURLAUTH'
const isUrlFetch = (response: Untagged): response is UrlFetchResponse => response.type === 'X:URLFETCH'

/** mechanism = "INTERNAL" / 1*(ALPHA / DIGIT / "-" / ".") */
function checkMechanism(mechanism: string): void {
  const given: unknown = mechanism
  if (typeof given !== 'string' || !/^[A-Za-z0-9.-]+$/.test(given)) {
    throw new ArgumentError('A mechanism of URLAUTH is a name such as INTERNAL')
  }
}

/** @throws ArgumentError for what GENURLAUTH could not complete, where a server may just answer BAD (RFC 4467 §7) */
function rump(url: string | ImapUrl): string {
  const parsed = typeof url === 'string' ? parseImapUrl(url) : url
  const text = typeof url === 'string' ? url : formatImapUrl(url)
  if (parsed.user === undefined) throw new ArgumentError('A URL to be authorized names its owner: imap://user@host/…')
  if (parsed.urlAuth === undefined || parsed.urlAuth.token !== undefined) {
    throw new ArgumentError('A URL to be authorized ends in who may use it, such as ;URLAUTH=user+fred')
  }
  return text
}

/**
 * GENURLAUTH: authorizes URLs, so that others can fetch what they name (RFC 4467 §7).
 *
 * genurlauth = "GENURLAUTH" 1*(SP url-rump SP mechanism)
 *
 * @param urls - each with its owner, a UID and `URLAUTH` without a token
 * @throws ArgumentError for other URLs
 */
export function genUrlAuth(urls: readonly (string | ImapUrl)[], mechanism = 'INTERNAL'): Command<readonly string[]> {
  checkArray('The list of URLs', urls)
  if (urls.length === 0) throw new ArgumentError('GENURLAUTH needs at least one URL')
  checkMechanism(mechanism)
  const rumps = urls.map(rump)
  return {
    name: 'GENURLAUTH',
    needs: 'URLAUTH',
    states: loggedIn,
    traits: { answers: 'GENURLAUTH' },
    safe: true,
    encode: (w, context) => {
      for (const url of rumps) {
        checkUrlPartial(context, url)
        w.sp().string(url).sp().atom(mechanism)
      }
    },
    collect: () => {
      const found: string[] = []
      return {
        untagged: (response) => {
          if (!isGenUrlAuth(response)) return false
          found.push(...response.urls)
          return true
        },
        done: () => {
          if (found.length === rumps.length) return found
          throw new ProtocolError(`The server answered GENURLAUTH with ${found.length} of ${rumps.length} URLs`)
        },
      }
    },
  }
}

/**
 * RESETKEY: makes a new key for a mailbox, or removes all keys of the user; URLs that were authorized by the old ones
 * are worth nothing from then on (RFC 4467 §7). Gives the mechanisms of the mailbox.
 *
 * resetkey = "RESETKEY" [SP mailbox *(SP mechanism)]
 */
export function resetKey(mailbox?: string, mechanisms: readonly string[] = []): Command<readonly UrlMechanism[]> {
  if (mailbox !== undefined) checkName(mailbox)
  checkArray('The list of mechanisms', mechanisms)
  for (const mechanism of mechanisms) checkMechanism(mechanism)
  if (mailbox === undefined && mechanisms.length > 0) throw new ArgumentError('RESETKEY of a mechanism needs a mailbox')
  return {
    name: 'RESETKEY',
    needs: 'URLAUTH',
    states: loggedIn,
    traits: {},
    encode: (w) => {
      if (mailbox !== undefined) w.sp().mailbox(mailbox)
      for (const mechanism of mechanisms) w.sp().atom(mechanism)
    },
    collect: () => {
      let found: readonly UrlMechanism[] = []
      return {
        untagged: (response) => {
          const told = response.type === 'OK' ? mechanismsOf(response.code) : undefined
          found = told ?? found
          return told !== undefined
        },
        done: (tagged) => mechanismsOf(tagged.code) ?? found,
      }
    },
  }
}

/**
 * URLFETCH: fetches what authorized URLs name, whatever mailbox is selected and whose it is (RFC 4467 §7, RFC 5524).
 * Gives one result for each, in order; null for a URL that is invalid, has expired, or is not for this user.
 *
 * urlfetch      = "URLFETCH" 1*(SP url-fetch-arg)
 * url-fetch-arg = url-full / "(" url-full *(SP url-fetch-param) ")"
 *
 * @param requests - URLs as GENURLAUTH gave them; what is more than a URL needs URLAUTH=BINARY
 */
export function urlFetch(requests: readonly (string | UrlFetchRequest)[]): Command<readonly (UrlFetched | null)[]> {
  checkArray('The list of URLs', requests)
  if (requests.length === 0) throw new ArgumentError('URLFETCH needs at least one URL')
  for (const request of requests) checkRequest(request)
  return {
    name: 'URLFETCH',
    needs: 'URLAUTH',
    states: loggedIn,
    traits: { answers: 'URLFETCH' },
    safe: true,
    encode: (w, context) => {
      for (const request of requests) {
        checkUrlPartial(context, urlOf(request))
        if (isExtended(request))
          checkCapability(context, 'URLAUTH=BINARY', 'URLFETCH of more than the content as it is')
        writeRequest(w.sp(), request)
      }
    },
    collect: () => {
      const answers: UrlAnswer[] = []
      return {
        untagged: (response) => {
          if (!isUrlFetch(response)) return false
          answers.push(...response.answers)
          return true
        },
        done: () => requests.map((request) => take(answers, urlOf(request))),
      }
    },
  }
}

/** Takes the first answer for a URL away: one URL may have been asked for twice. */
function take(answers: UrlAnswer[], url: string): UrlFetched | null {
  const index = answers.findIndex((answer) => answer.url === url)
  const [answer] = index < 0 ? [] : answers.splice(index, 1)
  if (answer === undefined) throw new ProtocolError('The server answered URLFETCH without one of the URLs')
  return answer.found === null ? null : { url, ...answer.found }
}

function urlOf(request: string | UrlFetchRequest): string {
  return typeof request === 'string' ? request : request.url
}

function isExtended(request: string | UrlFetchRequest): request is UrlFetchRequest {
  if (typeof request === 'string') return false
  return request.structure === true || (request.content !== undefined && request.content !== 'BODY')
}

function checkRequest(request: string | UrlFetchRequest): void {
  if (typeof request !== 'string') checkObject('What URLFETCH fetches', request)
  const given: unknown = urlOf(request)
  if (typeof given !== 'string' || !/^[\x21-\x7e]+$/.test(given)) {
    throw new ArgumentError('An authorized URL is the text that GENURLAUTH gave')
  }
  if (typeof request === 'string') return
  const { content, structure } = request
  const known: readonly unknown[] = ['BODY', 'BINARY', false, undefined]
  if (!known.includes(content)) throw new ArgumentError("content is 'BODY', 'BINARY' or false")
  if (content === false && structure !== true) throw new ArgumentError('URLFETCH needs content or structure')
}

/** url-fetch-param = "BODY" / "BINARY" / "BODYPARTSTRUCTURE" / atom */
function writeRequest(w: Writer, request: string | UrlFetchRequest): void {
  if (!isExtended(request)) {
    w.string(urlOf(request))
    return
  }
  const { url, content = 'BODY', structure } = request
  w.open().string(url)
  if (content !== false) w.sp().word(content)
  if (structure === true) w.sp().word('BODYPARTSTRUCTURE')
  w.close()
}

/** URLAUTH: URLs that let others fetch parts of messages (RFC 4467, RFC 5524). */
export const urlauth: readonly Extension[] = [
  {
    capability: 'URLAUTH',
    spec: [4467],
    summary: 'Makes URLs by which others can fetch a message or a part of it, and fetches such URLs.',
    usage: "client.url.generate(['imap://joe@example.com/INBOX/;UID=20;URLAUTH=user+fred'])",
    examples: ['rfc4467.txt'],
    tested: ['embedded', 'transcript', 'dovecot', 'cyrus'],
    untagged: { GENURLAUTH: readGenUrlAuth, URLFETCH: readUrlFetch },
  },
  {
    capability: 'URLAUTH=BINARY',
    spec: [5524],
    summary: 'Fetches such URLs with their transfer encoding undone, and tells their structure.',
    usage: "client.url.fetch([{ url, content: 'BINARY', structure: true }])",
    examples: ['rfc5524.txt'],
    tested: ['embedded', 'transcript', 'cyrus'],
  },
]
