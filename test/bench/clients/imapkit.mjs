import { connect, uids } from '../../../dist/index.js'
import { mark, readSlowly, Sampler } from '../measure.mjs'

const METADATA = { flags: true, internalDate: true, size: true, envelope: true, bodyStructure: true }

function countParts(node) {
  if (node.kind === 'multipart') return node.children.reduce((total, child) => total + countParts(child), 1)
  return node.body === null ? 1 : 1 + countParts(node.body)
}
const addressLengths = (list) => list.reduce((total, { address }) => total + address.length, 0)

function flagsTally() {
  const result = { count: 0, uids: 0, flags: 0, modSeqs: 0 }
  const add = (message) => {
    result.count++
    result.uids += message.uid
    result.flags += message.flags.length
    result.modSeqs += Number(message.modSeq - 90_000_000_000n)
  }
  return { result, add }
}

function envelopesTally() {
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
  const add = (message) => {
    const { envelope } = message
    result.count++
    result.uids += message.uid
    result.flags += message.flags.length
    result.sizes += message.size
    result.dates += message.internalDate.getTime() / 1000
    result.subjects += mark(envelope.subject ?? '')
    result.names += mark(envelope.from[0]?.name ?? '')
    result.addresses += addressLengths(envelope.from) + addressLengths(envelope.to) + addressLengths(envelope.cc)
    result.messageIds += envelope.messageId?.length ?? 0
    result.parts += countParts(message.bodyStructure)
  }
  return { result, add }
}

function untouchedTally() {
  const result = { count: 0, uids: 0 }
  const add = (message) => {
    result.count++
    result.uids += message.uid
  }
  return { result, add }
}

async function tally(stream, { result, add }, inBatches) {
  if (inBatches) {
    for await (const batch of stream.batches()) for (const message of batch) add(message)
  } else {
    for await (const message of stream) add(message)
  }
  return result
}

async function streamBodies(mailbox, { single = false, lent = false }) {
  const sampler = new Sampler()
  let count = 0
  let bytes = 0
  for await (const body of mailbox.stream(uids('1:*'), '', { single })) {
    count++
    sampler.begin()
    const use = (chunk) => {
      bytes += chunk.length
      sampler.add(chunk)
    }
    if (lent) await body.forEach(use)
    else for await (const chunk of body) use(chunk)
  }
  return { count, bytes, sample: sampler.value }
}

const runs = {
  flags: (mailbox, { batches }) =>
    tally(mailbox.fetch(uids('1:*'), { flags: true, modSeq: true }), flagsTally(), batches),
  envelopes: (mailbox, { batches }) => tally(mailbox.fetch(uids('1:*'), METADATA), envelopesTally(), batches),
  'envelopes-untouched': (mailbox, { batches }) =>
    tally(mailbox.fetch(uids('1:*'), METADATA), untouchedTally(), batches),
  bodies: streamBodies,
  stream: streamBodies,
  async slow(mailbox) {
    for await (const body of mailbox.stream(uids('1:*'))) return await readSlowly(body)
    throw new Error('there is no message')
  },
  async search(mailbox) {
    const found = await mailbox.search({})
    let sum = 0
    for (const uid of found) sum += uid
    return { count: found.size, uids: sum }
  },
  async pipelined(mailbox, { messages }) {
    const result = { count: 0, uids: 0, flags: 0 }
    const wanted = Array.from({ length: messages }, (_, i) => [...uids(String(i + 1 + 3 * Math.floor(i / 50)))][0])
    for (const message of await Promise.all(wanted.map((uid) => mailbox.fetchOne(uid, { flags: true })))) {
      result.count++
      result.uids += message.uid
      result.flags += message.flags.length
    }
    return result
  },
}

export async function open(settings) {
  const { host, port, user, password, mailbox, workload } = settings
  const client = await connect({ host, port, security: 'plaintext', auth: { user, password }, idle: false })
  const selected = await client.examine(mailbox)
  return {
    run: () => runs[workload](selected, settings),
    close: async () => {
      client.close()
    },
  }
}
