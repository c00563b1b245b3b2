import { fetch } from '../commands/fetch.js'
import type { BodyStructure } from '../model/body-structure.js'
import { emptyFetchData, type FetchData } from '../model/message.js'
import { askSize, askStructure } from './ask.js'
import type { BodiesRequest } from './body-producer.js'
import { isPartialSuccess, type IncompleteMessage } from './incomplete.js'
import { findPart } from './parts.js'
import { mayBePoisoned, messagesOf, missingOf } from './poisoned.js'
import { planWindows } from './resolve.js'

/** A message of which a body is to be read. */
export interface SizedMessage {
  readonly uid: number
  /** Octets of the body, or about so many. */
  readonly size: number
  /** Whether the size is known well enough to fetch the body in pieces. */
  readonly isCuttable: boolean
}

/** Messages whose sizes are asked for at a time. */
const STEP = 1000
/** What a header is taken to need. */
const HEADER_OCTETS = 4096

/**
 * Asks how large the bodies are, one window ahead of the one that is read: that decides which of them come together in
 * one command, and which one comes in pieces.
 */
export async function* bodySizes(
  request: BodiesRequest,
  owner: object,
): AsyncGenerator<readonly SizedMessage[], void, undefined> {
  if (request.known !== undefined) {
    yield request.known
    return
  }
  const { context, set, section, call } = request
  const plan = await planWindows(context, set, STEP, call)
  // Only of a part does the structure tell the size; of a message the server tells it.
  const isPart = section.part !== '' && section.keyword === ''
  const asked = [isPart ? askStructure : askSize]
  const read = async (): Promise<readonly SizedMessage[] | undefined> => {
    const window = plan.next(STEP)
    if (window === undefined) return undefined
    const messages: SizedMessage[] = []
    const take = (data: FetchData) => {
      if (data.uid !== undefined) messages.push({ uid: data.uid, ...sizeOf(data, request) })
    }
    const sink = {
      message: (_seq: number, data: FetchData) => take(data),
      // Without its size a body is fetched all the same, in one piece.
      incomplete: (lacking: readonly IncompleteMessage[]) => lacking.forEach(({ data }) => take(data)),
    }
    try {
      await context.run(fetch(window, asked, { sink }), { ...call, stream: true, owner })
    } catch (error) {
      if (!isPartialSuccess(error)) {
        if (!mayBePoisoned(error, messages.length > 0)) throw error
        // Which body it is that the server cannot give comes out when the bodies are fetched.
        const all = await messagesOf(context, window, call)
        const came = messages.map((each) => each.uid)
        for (const uid of missingOf(all, came)) take({ ...emptyFetchData(), uid })
      }
    }
    return messages
  }
  let next = read()
  for (;;) {
    const window = await next
    if (window === undefined) return
    next = read()
    // A reader that leaves meanwhile never looks at it.
    next.catch(() => {})
    yield window
  }
}

function sizeOf(data: FetchData, request: BodiesRequest): Omit<SizedMessage, 'uid'> {
  const { section, context } = request
  const { piece } = context.limits
  if (section.keyword === 'HEADER' || section.keyword === 'MIME') {
    return { size: Math.min(data.size ?? HEADER_OCTETS, HEADER_OCTETS), isCuttable: false }
  }
  if (section.keyword === 'TEXT') return { size: data.size ?? piece, isCuttable: false }
  if (section.part === '') return { size: data.size ?? piece, isCuttable: data.size !== undefined }
  const size = data.bodyStructure === undefined ? piece : partSize(data.bodyStructure, section.part)
  return { size: size ?? 0, isCuttable: size !== undefined }
}

function partSize(structure: BodyStructure, path: string): number | undefined {
  const part = findPart(structure, path)
  return part?.kind === 'single' ? part.size : undefined
}
