/** Which capabilities a server offers; they may change while it runs. */
export class Offer {
  readonly #all: readonly string[]
  #announced: readonly string[] = []
  #known: ReadonlySet<string> = new Set()

  /** `all` is what the server announces by default. */
  constructor(all: readonly string[], wanted: WantedCapabilities = all) {
    this.#all = all
    this.change(wanted)
  }

  /** As announced, in order. */
  get announced(): readonly string[] {
    return this.#announced
  }

  /** Puts other capabilities in the place of those that are offered. */
  change(wanted: WantedCapabilities): void {
    this.#announced = [...(typeof wanted === 'function' ? wanted(this.#all) : wanted)]
    this.#known = new Set(this.#announced.map((name) => name.toUpperCase()))
  }

  /** Whether a capability is offered, in any case; a name that ends in `=` asks for any value. */
  has(name: string): boolean {
    const upper = name.toUpperCase()
    return this.#known.has(upper) || (upper.endsWith('=') && this.values(upper.slice(0, -1)).length > 0)
  }

  /** What is announced behind `name=`, as written: `values('THREAD')` are the names of the algorithms. */
  values(name: string): string[] {
    const prefix = `${name.toUpperCase()}=`
    return this.#announced
      .filter((each) => each.toUpperCase().startsWith(prefix))
      .map((each) => each.slice(prefix.length))
  }
}

/** The exact list, or a function of all that the server announces by default. */
export type WantedCapabilities = readonly string[] | ((all: readonly string[]) => readonly string[])
