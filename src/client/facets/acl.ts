import {
  deleteAcl,
  getAcl,
  listRights,
  myRights,
  setAcl,
  type AccessList,
  type GrantableRights,
  type RightsChange,
} from '../../extensions/acl.js'
import type { Right } from '../../model/rights.js'
import type { CallOptions, Runner } from '../mailbox-context.js'

/**
 * Access control lists (RFC 4314), as `client.acl`. All methods reject with CapabilityError where the server lacks ACL.
 *
 * @example
 * ```ts
 * await client.acl.set('Projects', 'bob', { replace: 'lrs' })
 * const rights = await client.acl.myRights('Projects')
 * if (rights.has('i')) await client.append('Projects', 'Subject: hello\r\n\r\n')
 * ```
 */
export class Acl {
  readonly #run: Runner

  /** Made by the client. @internal */
  constructor(run: Runner) {
    this.#run = run
  }

  /** Who may do what with a mailbox; needs the right `a` there. */
  async get(mailbox: string, options: CallOptions = {}): Promise<AccessList> {
    return this.#run(getAcl(mailbox), options)
  }

  /** Changes what somebody may do: exactly one of `add`, `remove` and `replace`. */
  async set(mailbox: string, identifier: string, change: RightsChange, options: CallOptions = {}): Promise<void> {
    await this.#run(setAcl(mailbox, identifier, change), options)
  }

  /** Removes the entry of somebody from the list. */
  async delete(mailbox: string, identifier: string, options: CallOptions = {}): Promise<void> {
    await this.#run(deleteAcl(mailbox, identifier), options)
  }

  /** What can be granted to somebody. */
  async listRights(mailbox: string, identifier: string, options: CallOptions = {}): Promise<GrantableRights> {
    return this.#run(listRights(mailbox, identifier), options)
  }

  /** What the user may do with a mailbox. */
  async myRights(mailbox: string, options: CallOptions = {}): Promise<ReadonlySet<Right>> {
    return this.#run(myRights(mailbox), options)
  }
}
