import { facts } from '../search/facts.js'
import type { ThreadNode } from '../slots.js'
import type { StoredMessage } from '../store/message.js'

/** A message in a tree of answers, or a dummy for one that is not there. */
export class Container {
  readonly message: StoredMessage | null
  parent: Container | null = null
  #children = new Set<Container>()

  constructor(message: StoredMessage | null) {
    this.message = message
  }

  get children(): ReadonlySet<Container> {
    return this.#children
  }

  /** When the message was sent, in milliseconds; a dummy was never sent. */
  get sent(): number {
    return this.message === null ? -Infinity : facts.get(this.message).sent
  }

  /** The message, or that of the first child of a dummy. */
  get first(): StoredMessage {
    if (this.message !== null) return this.message
    const [child] = this.#children
    if (child === undefined) throw new Error('A dummy without children was left in a thread')
    return child.first
  }

  /** Becomes a child of another, unless that would be a loop: then nothing changes. */
  moveTo(parent: Container): void {
    for (let above: Container | null = parent; above !== null; above = above.parent) if (above === this) return
    this.leave()
    this.parent = parent
    parent.#children.add(this)
  }

  /** Has no parent from now on. */
  leave(): void {
    if (this.parent !== null) this.parent.#children.delete(this)
    this.parent = null
  }

  /** Puts other children in the place of those that are there. */
  replaceChildren(children: readonly Container[]): void {
    for (const child of this.#children) child.parent = null
    this.#children = new Set(children)
    for (const child of children) child.parent = this
  }

  /** The tree below, as it is now. */
  node(): ThreadNode {
    const top: { message: StoredMessage | null; children: ThreadNode[] } = { message: this.message, children: [] }
    const todo: [Container, ThreadNode[]][] = [[this, top.children]]
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const [container, into] = next
      for (const child of container.#children) {
        const children: ThreadNode[] = []
        into.push({ message: child.message, children })
        todo.push([child, children])
      }
    }
    return top
  }
}
