import { facts, subjectText } from '../search/facts.js'
import type { Session } from '../session.js'
import type { ThreadNode } from '../slots.js'
import type { StoredMessage } from '../store/message.js'
import { Container } from './container.js'

/** Step (1): links messages by their references; returns all of them and the dummies, parents and children linked. */
function link(found: readonly StoredMessage[]): Container[] {
  const all: Container[] = []
  const byId = new Map<string, Container>()
  const make = (message: StoredMessage | null): Container => {
    const container = new Container(message)
    all.push(container)
    return container
  }
  const own = found.map((message) => {
    const { id } = facts.get(message)
    const container = make(message)
    // Without an id, or with one that is taken, a message has a unique one: nothing refers to it.
    if (id !== null && !byId.has(id)) byId.set(id, container)
    return container
  })
  const named = (id: string): Container => {
    const known = byId.get(id) ?? make(null)
    byId.set(id, known)
    return known
  }
  for (const container of own) {
    const chain = facts.get(container.message as StoredMessage).references.map(named)
    chain.forEach((parent, i) => {
      const child = chain[i + 1]
      // (A) A link that is there stays.
      if (child !== undefined && child.parent === null) child.moveTo(parent)
    })
    // (B) The last reference is the parent, whatever others said.
    container.leave()
    const parent = chain.at(-1)
    if (parent !== undefined) container.moveTo(parent)
  }
  return all
}

/** Steps (2) and (3): the messages without parents, dummies taken out. */
function roots(all: readonly Container[]): Container[] {
  const heads = all.filter(({ parent }) => parent === null)
  for (const container of bottomUp(heads)) {
    container.replaceChildren(
      [...container.children].flatMap((child) => (child.message === null ? [...child.children] : child)),
    )
  }
  // Children of a dummy become children of the root only where there is one.
  return heads.flatMap((head) => {
    if (head.message !== null || head.children.size > 1) return head
    return [...head.children].map((child) => {
      child.leave()
      return child
    })
  })
}

/** All messages of some threads, answers ahead of what they answer; no recursion, since a chain may be of any length. */
function bottomUp(heads: readonly Container[]): Container[] {
  const order = [...heads]
  for (let i = 0; i < order.length; i++) order.push(...(order[i] as Container).children)
  return order.reverse()
}

/** By sent date, equal dates in the order of the mailbox; a dummy stands where its first child stands. */
function bySent(a: Container, b: Container): number {
  const [left, right] = [a.first, b.first]
  return facts.get(left).sent - facts.get(right).sent || left.uid - right.uid
}

function sortChildren(container: Container): void {
  if (container.children.size > 1) container.replaceChildren([...container.children].sort(bySent))
}

/** Step (5): gathers threads of one base subject. */
function gather(heads: readonly Container[], session: Session): Container[] {
  const subjectOf = ({ first }: Container): string | null =>
    facts.get(first).subject.text === '' ? null : subjectText(session, first)
  const isReply = ({ message }: Container): boolean => message !== null && facts.get(message).subject.reply
  const table = new Map<string, Container>()
  for (const head of heads) {
    const subject = subjectOf(head)
    if (subject === null) continue
    const known = table.get(subject)
    const better =
      known !== undefined && known.message !== null && (head.message === null || (isReply(known) && !isReply(head)))
    if (known === undefined || better) table.set(subject, head)
  }
  const left = new Set(heads)
  for (const head of heads) {
    const subject = subjectOf(head)
    const known = subject === null ? undefined : table.get(subject)
    if (subject === null || known === undefined || known === head) continue
    left.delete(head)
    if (known.message === null) {
      if (head.message === null) for (const child of [...head.children]) child.moveTo(known)
      else head.moveTo(known)
    } else if (isReply(head) && !isReply(known)) head.moveTo(known)
    else {
      const dummy = new Container(null)
      left.delete(known)
      known.moveTo(dummy)
      head.moveTo(dummy)
      left.add(dummy)
      table.set(subject, dummy)
    }
  }
  return [...left]
}

/** REFERENCES (RFC 5256 §3). */
export function references(found: readonly StoredMessage[], session: Session): ThreadNode[] {
  const heads = roots(link(found))
  // (4) A dummy stands for its first child.
  for (const head of heads) if (head.message === null) sortChildren(head)
  const gathered = gather(heads.sort(bySent), session)
  // (6)
  for (const container of bottomUp(gathered)) sortChildren(container)
  return gathered.sort(bySent).map((head) => head.node())
}

/**
 * REFS: REFERENCES without its look at subjects, and with threads by the latest message in them. It comes from a draft that
 * never became an RFC.
 */
export function refs(found: readonly StoredMessage[]): ThreadNode[] {
  const heads = roots(link(found))
  for (const container of bottomUp(heads)) sortChildren(container)
  const latest = new Map(
    heads.map((head) => [head, bottomUp([head]).reduce((time, each) => Math.max(time, each.sent), -Infinity)]),
  )
  const time = (head: Container): number => latest.get(head) ?? 0
  return heads.sort((a, b) => time(a) - time(b) || bySent(a, b)).map((head) => head.node())
}
