import type { Arguments } from '../arguments.js'
import type { Completion, Feature } from '../feature.js'
import { bad } from '../refusal.js'
import type { Session } from '../session.js'
import { Extra } from '../store/extra.js'
import { DeflateLayer } from './deflate-layer.js'

const layers = new Extra<Session, DeflateLayer | null>(() => null)

/** compress = "COMPRESS" SP algorithm; algorithm = "DEFLATE" */
function compress(session: Session, args: Arguments): Completion {
  args.sp()
  const algorithm = args.atom('the name of a compression')
  args.end()
  if (algorithm.toUpperCase() !== 'DEFLATE') throw bad(`Unknown compression: ${algorithm.slice(0, 40)}`)
  if (layers.get(session) !== null) throw bad('Compression is active already')
  return {
    text: 'DEFLATE active',
    after: () =>
      session.line.through((below) => {
        const layer = new DeflateLayer(below)
        layers.set(session, layer)
        return layer
      }),
  }
}

/** Takes the compression of a session away, if there is one: for the `after` of a completion. */
export async function uncompress(session: Session): Promise<void> {
  const layer = layers.get(session)
  if (layer === null) return
  layers.delete(session)
  await session.line.through(() => layer.release())
  layer.below.resume()
}

/** COMPRESS=DEFLATE (RFC 4978). */
export const compressFeature: Feature = {
  capabilities: ['COMPRESS=DEFLATE'],
  commands: [{ name: 'COMPRESS', states: ['authenticated'], needs: ['COMPRESS=DEFLATE'], run: compress }],
}
