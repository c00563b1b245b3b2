import { appending } from './appending.js'
import { authentication } from './authentication.js'
import { bodies } from './bodies.js'
import { changing } from './changing.js'
import { connecting } from './connecting.js'
import { deadlines } from './deadlines.js'
import { downloads } from './downloads.js'
import { events } from './events.js'
import { fetching } from './fetching.js'
import { mailboxes } from './mailboxes.js'
import { searching } from './searching.js'
import { stress } from './stress.js'
import type { Subject } from './subject.js'
import { windows } from './windows.js'

/** All behaviours, as tests. The same ones run against every server. */
export function behaviours(subject: Subject): void {
  connecting(subject)
  authentication(subject)
  workOnMail(subject)
}

/** The behaviours that every server has to show, whatever its extensions. */
export function workOnMail(subject: Subject): void {
  mailboxes(subject)
  appending(subject)
  fetching(subject)
  windows(subject)
  searching(subject)
  changing(subject)
  events(subject)
  bodies(subject)
  downloads(subject)
  stress(subject)
  deadlines(subject)
}
