import { Buffer } from 'node:buffer'
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'

/** One exchange as a server sees it. */
export interface ScramPeer {
  /** gs2-cbind-flag of the client. */
  readonly flag: string
  readonly serverFirst: string
  /** The server-final-message: a signature, or an error. `data` is what this end knows of the channel. */
  finish(clientFinal: string, data?: Uint8Array): string
}

/** A server of SCRAM, written after RFC 5802 §3 and §7, to check the client against something else than itself. */
export function serve(name: string, password: string, clientFirst: string): ScramPeer {
  const hash = `sha${/^SCRAM-SHA-(\d+)(?:-PLUS)?$/.exec(name)?.[1] ?? ''}`
  const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest()
  const [, gs2 = '', flag = '', bare = ''] = /^((n|y|p=[A-Za-z0-9.-]+),[^,]*,)(.*)$/.exec(clientFirst) ?? []
  const salt = Buffer.from('some salt')
  const serverFirst = `${bare.replace(/^.*,r=/, 'r=')}SERVER,s=${salt.toString('base64')},i=5000`
  const salted = pbkdf2Sync(password, salt, 5000, createHash(hash).digest().length, hash)
  return {
    flag,
    serverFirst,
    finish(clientFinal, data = Buffer.alloc(0)) {
      const [, without = '', sent = '', proof = ''] = /^(c=([^,]*),r=[^,]*),p=(.*)$/.exec(clientFinal) ?? []
      if (sent !== Buffer.concat([Buffer.from(gs2), data]).toString('base64')) return 'e=channel-bindings-dont-match'
      const message = `${bare},${serverFirst},${without}`
      const storedKey = createHash(hash).update(hmac(salted, 'Client Key')).digest()
      const signature = hmac(storedKey, message)
      const clientKey = Buffer.from(proof, 'base64').map((octet, index) => octet ^ (signature[index] ?? 0))
      if (!createHash(hash).update(clientKey).digest().equals(storedKey)) return 'e=invalid-proof'
      return `v=${hmac(hmac(salted, 'Server Key'), message).toString('base64')}`
    },
  }
}
