import type { StateName } from '../model/events.js'

/** command-any: valid in all states (RFC 9051 §6.1). */
export const anyState: readonly StateName[] = ['not-authenticated', 'authenticated', 'selected']

/** command-nonauth: valid before authentication only (RFC 9051 §6.2). */
export const beforeLogin: readonly StateName[] = ['not-authenticated']

/** command-auth: valid once authenticated, with or without a mailbox (RFC 9051 §6.3). */
export const loggedIn: readonly StateName[] = ['authenticated', 'selected']

/** command-select: valid while a mailbox is selected (RFC 9051 §6.4). */
export const mailboxSelected: readonly StateName[] = ['selected']
