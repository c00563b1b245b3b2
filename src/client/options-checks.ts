import { domainToASCII } from 'node:url'
import { checkObject } from '../commands/checks.js'
import { enable } from '../commands/enable.js'
import { id } from '../commands/id.js'
import { ArgumentError } from '../model/errors.js'
import type { ImapEvents } from '../model/events.js'

/** Every event, so that a listener for one that does not exist is found. */
const EVENTS: Readonly<Record<keyof ImapEvents, true>> = {
  exists: true,
  expunge: true,
  vanished: true,
  flags: true,
  status: true,
  list: true,
  metadata: true,
  progress: true,
  alert: true,
  capability: true,
  state: true,
  bye: true,
  close: true,
  warning: true,
  trace: true,
}

/** A host name as DNS and TLS take it, or an address. @throws ArgumentError */
export function checkHost(host: unknown): string {
  if (typeof host !== 'string' || host === '' || /[\0-\x20/?#@\\[\]\x7f]/.test(host)) {
    throw new ArgumentError('host is missing or no host name: give a name or an address, without a scheme or brackets')
  }
  if (/^[^:]*:\d*$/.test(host)) throw new ArgumentError('host holds a port: give it as the option port')
  if (!/[^\0-\x7f]/.test(host)) return host
  const ascii = domainToASCII(host)
  if (ascii === '') throw new ArgumentError('host is a name that cannot exist: look for a wrong character')
  return ascii
}

/** @throws ArgumentError for a port that cannot be */
export function checkPort(port: unknown): number {
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new ArgumentError(`port is ${shown(port)}: use a whole number from 1 to 65535, or leave it out`)
  }
  return port
}

/** @throws ArgumentError for what is no way to log in; the message never shows what was given */
export function checkAuth(auth: unknown): void {
  checkObject('auth', auth)
  const given = auth as Readonly<Record<string, unknown>>
  if (given['sasl'] !== undefined) return
  const { mechanisms, mechanism } = given
  if (mechanisms !== undefined && !(isArray(mechanisms) && mechanisms.every((each) => typeof each === 'string'))) {
    throw new ArgumentError('auth.mechanisms is an array of names of SASL mechanisms')
  }
  if (mechanism !== undefined) return
  checkText('auth.user', given['user'])
  if (typeof given['accessToken'] === 'function') return
  if (given['accessToken'] !== undefined) return checkText('auth.accessToken', given['accessToken'])
  checkText('auth.password', given['password'])
}

/** @throws ArgumentError for listeners of events that do not exist, and for what is no function */
export function checkListeners(on: unknown): void {
  checkObject('on', on)
  for (const [event, listener] of Object.entries(on)) {
    if (!Object.hasOwn(EVENTS, event)) {
      throw new ArgumentError(`on.${event} is no event: use ${Object.keys(EVENTS).join(', ')}`)
    }
    if (listener !== undefined && typeof listener !== 'function') throw new ArgumentError(`on.${event} is a function`)
  }
}

/** @throws ArgumentError for what ENABLE and ID would refuse after login, and for a signal that is none */
export function checkRest(options: { readonly enable?: unknown; readonly id?: unknown; readonly signal?: unknown }) {
  const { enable: names, id: params, signal } = options
  if (names !== undefined) checkNames(names)
  if (params !== undefined && params !== false) id(params as Readonly<Record<string, string>>)
  if (signal !== undefined && !(typeof signal === 'object' && signal !== null && 'aborted' in signal)) {
    throw new ArgumentError('signal is an AbortSignal')
  }
}

const KINDS = { function: 'a function', object: 'an object', boolean: 'true or false' } as const

/** @throws ArgumentError for what is of another kind; left out is right */
export function checkKinds(options: object, kinds: Readonly<Record<string, keyof typeof KINDS>>): void {
  const given = options as Readonly<Record<string, unknown>>
  for (const [key, kind] of Object.entries(kinds)) {
    const value = given[key]
    if (value === undefined) continue
    if (typeof value !== kind || value === null) {
      throw new ArgumentError(`${key} is ${KINDS[kind]}`)
    }
  }
}

/** How a value of a caller without types is shown: nothing long, and nothing that could be a secret. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 20))
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : `of the type ${typeof value}`
}

function checkNames(names: unknown): void {
  if (!isArray(names) || !names.every((name) => typeof name === 'string' && /^[!-~]+$/.test(name))) {
    throw new ArgumentError('enable is an array of capability names')
  }
  if (names.length > 0) enable(names as string[])
}

function checkText(what: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw new ArgumentError(`${what} is a string that is not empty`)
}

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}
