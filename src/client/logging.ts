import type { ImapEmitter } from './emitter.js'
import type { Logger } from './options.js'

/** Hands what happens on a client to a logger; nothing of it holds a secret. */
export function attachLogger(client: ImapEmitter, logger: Logger): void {
  if (logger.debug !== undefined) {
    client.on('trace', ({ direction, text }) => logger.debug?.(`imap: ${direction === 'in' ? 'S:' : 'C:'} ${text}`))
  }
  client.on('state', ({ from, to }) => logger.info?.(`imap: ${from} -> ${to}`))
  client.on('alert', ({ text }) => logger.warn?.(`imap: alert: ${text}`))
  client.on('warning', ({ error }) => logger.warn?.(`imap: ${error.message}`))
  client.on('close', ({ reason, error }) => {
    if (error === undefined) logger.info?.(`imap: closed (${reason})`)
    else logger.error?.(`imap: closed: ${error.message}`)
  })
}
