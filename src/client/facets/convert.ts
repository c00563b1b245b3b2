import { conversions, type Conversion } from '../../extensions/convert.js'
import type { CallOptions, Runner } from '../mailbox-context.js'

/**
 * What the server can convert (CONVERT, RFC 5259), as `client.convert`; `mailbox.convert` converts.
 *
 * @example
 * ```ts
 * for (const { to, parameters } of await client.convert.available('image/*')) console.log(to, parameters)
 * ```
 */
export class Conversions {
  readonly #run: Runner

  /** Made by the client. @internal */
  constructor(run: Runner) {
    this.#run = run
  }

  /**
   * The conversions that the server can do.
   *
   * @param from - a media type, a kind of them such as `image/*`, or `*`
   * @param to - likewise
   * @throws CapabilityError without CONVERT
   */
  async available(from = '*', to = '*', options: CallOptions = {}): Promise<readonly Conversion[]> {
    return this.#run(conversions(from, to), options)
  }
}
