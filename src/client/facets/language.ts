import { comparator, language, type ComparatorInfo } from '../../extensions/language.js'
import type { CallOptions, Runner } from '../mailbox-context.js'

/**
 * Languages and the comparing of text (RFC 5255), as `client.language`.
 *
 * @example
 * ```ts
 * const [taken] = await client.language.use(['de-CH', 'de', 'en'])
 * console.log(taken)
 * ```
 */
export class Language {
  readonly #run: Runner

  /** Made by the client. @internal */
  constructor(run: Runner) {
    this.#run = run
  }

  /** The languages that the server has. */
  async list(options: CallOptions = {}): Promise<readonly string[]> {
    return this.#run(language(), options)
  }

  /** Asks for texts in one of these languages, the best first; gives the one that the server took. */
  async use(ranges: readonly string[], options: CallOptions = {}): Promise<readonly string[]> {
    return this.#run(language(ranges), options)
  }

  /** The order by which the server compares text; with names or patterns it is changed to the first one that there is. */
  async comparator(orders: readonly string[] = [], options: CallOptions = {}): Promise<ComparatorInfo> {
    return this.#run(comparator(orders), options)
  }
}
