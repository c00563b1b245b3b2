import { Mutator, smaller, wordsOf } from '../mutate.mjs'

/** A target whose inputs are octets; in files each is a line of JSON, one character per octet. */
export function byteTarget({ name, seeds, execute, batch = 500, wrap = (bytes) => bytes }) {
  let mutator
  return {
    name,
    batch,
    execute,
    seeds,
    /** Has to be called before anything is mutated. */
    prepare(random, all) {
      mutator = new Mutator(random, wordsOf(all))
    },
    mutate: (input, other) => wrap(mutator.mutate(input, other)),
    sizeOf: (input) => input.length,
    encode: (input) => JSON.stringify(input.toString('latin1')),
    decode: (line) => Buffer.from(JSON.parse(line), 'latin1'),
    smaller,
  }
}
