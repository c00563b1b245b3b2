import { headerText } from './text.js'

/** What sorting and threading take a subject for (RFC 5256 §2.1). */
export interface BaseSubject {
  readonly text: string
  /** Whether something was removed that marks a reply or a forwarded message (RFC 5256 §3, REFERENCES). */
  readonly reply: boolean
}

// subj-blob = "[" *BLOBCHAR "]" *WSP
const BLOB = /^\[[^[\]]*\] */
// subj-leader = (*subj-blob subj-refwd) / WSP; subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
const LEADER = /^(?:\[[^[\]]*\] *)*(?:re|fwd?) *(?:\[[^[\]]*\] *)?:/i

/** The base subject of the octets of a Subject field; the steps are those of RFC 5256 §2.1. */
export function baseSubject(octets: string): BaseSubject {
  let text = headerText(octets).replace(/[\t\r\n ]+/g, ' ')
  let reply = false
  for (;;) {
    // (2) *subj-trailer
    for (text = text.trim(); /\(fwd\)$/i.test(text); text = text.slice(0, -5).trim()) reply = true
    text = withoutPrefix(text, () => (reply = true))
    // (6) subj-fwd
    if (!/^\[fwd:.*\]$/is.test(text)) return { text, reply }
    text = text.slice(5, -1)
    reply = true
  }
}

/** Steps (3) to (5): leaders, and blobs that leave something behind. */
function withoutPrefix(subject: string, onReply: () => void): string {
  let text = subject
  for (;;) {
    const leader = LEADER.exec(text)?.[0]
    const blob = leader === undefined ? BLOB.exec(text)?.[0] : undefined
    if (leader !== undefined) onReply()
    const length = leader?.length ?? blob?.length ?? 0
    const rest = text.slice(length).trim()
    if (length === 0 || (leader === undefined && rest === '')) return text
    text = rest
  }
}
