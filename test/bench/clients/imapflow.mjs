import { ImapFlow } from 'imapflow'
import { mark, readSlowly, Sampler } from '../measure.mjs'

const countParts = (node) => (node.childNodes ?? []).reduce((total, child) => total + countParts(child), 1)
const addressLengths = (list) => (list ?? []).reduce((total, { address }) => total + address.length, 0)

const runs = {
  async flags(client) {
    const result = { count: 0, uids: 0, flags: 0, modSeqs: 0 }
    for await (const message of client.fetch('1:*', { uid: true, flags: true }, { uid: true })) {
      result.count++
      result.uids += message.uid
      result.flags += message.flags.size
      result.modSeqs += Number(message.modseq - 90_000_000_000n)
    }
    return result
  },
  async envelopes(client) {
    const result = {
      count: 0,
      uids: 0,
      flags: 0,
      sizes: 0,
      dates: 0,
      subjects: 0,
      names: 0,
      addresses: 0,
      messageIds: 0,
      parts: 0,
    }
    for await (const message of client.fetch('1:*', METADATA, { uid: true })) {
      const { envelope } = message
      result.count++
      result.uids += message.uid
      result.flags += message.flags.size
      result.sizes += message.size
      result.dates += message.internalDate.getTime() / 1000
      result.subjects += mark(envelope.subject ?? '')
      result.names += mark(envelope.from?.[0]?.name ?? '')
      result.addresses += addressLengths(envelope.from) + addressLengths(envelope.to) + addressLengths(envelope.cc)
      result.messageIds += envelope.messageId?.length ?? 0
      result.parts += countParts(message.bodyStructure)
    }
    return result
  },
  async 'envelopes-untouched'(client) {
    const result = { count: 0, uids: 0 }
    for await (const message of client.fetch('1:*', METADATA, { uid: true })) {
      result.count++
      result.uids += message.uid
    }
    return result
  },
  async bodies(client) {
    const sampler = new Sampler()
    const result = { count: 0, bytes: 0, sample: 0 }
    for await (const { source } of client.fetch('1:*', { uid: true, source: true }, { uid: true })) {
      result.count++
      result.bytes += source.length
      sampler.begin()
      sampler.add(source)
    }
    return { ...result, sample: sampler.value }
  },
  async stream(client) {
    const sampler = new Sampler()
    let bytes = 0
    const { content } = await client.download('1', undefined, { uid: true })
    for await (const chunk of content) {
      bytes += chunk.length
      sampler.add(chunk)
    }
    return { count: 1, bytes, sample: sampler.value }
  },
  async slow(client) {
    const { content } = await client.download('1', undefined, { uid: true })
    return readSlowly(content)
  },
  async search(client) {
    const found = await client.search({ all: true }, { uid: true })
    return { count: found.length, uids: found.reduce((total, uid) => total + uid, 0) }
  },
  async pipelined(client, { messages }) {
    const result = { count: 0, uids: 0, flags: 0 }
    const wanted = Array.from({ length: messages }, (_, i) => i + 1 + 3 * Math.floor(i / 50))
    const answers = await Promise.all(
      wanted.map((uid) => client.fetchOne(uid, { uid: true, flags: true }, { uid: true })),
    )
    for (const message of answers) {
      result.count++
      result.uids += message.uid
      result.flags += message.flags.size
    }
    return result
  },
}
const METADATA = { uid: true, flags: true, internalDate: true, size: true, envelope: true, bodyStructure: true }

export async function open(settings) {
  const { host, port, user, password, mailbox, workload } = settings
  const client = new ImapFlow({
    host,
    port,
    secure: false,
    doSTARTTLS: false,
    auth: { user, pass: password },
    logger: false,
    disableAutoIdle: true,
  })
  await client.connect()
  await client.mailboxOpen(mailbox, { readOnly: true })
  return {
    run: () => runs[workload](client, settings),
    close: async () => {
      client.close()
    },
  }
}
