// For the test of the fuzzer itself: a defect behind a chain of conditions, which blind changes do not find.
import { Failure } from '../failure.mjs'
import { byteTarget } from './bytes.mjs'

export const target = byteTarget({
  name: 'planted',
  batch: 100,
  seeds: () => [Buffer.from('* OK ready\r\n')],
  execute,
})

function execute(bytes) {
  if (bytes[0] === 0x7e) {
    if (bytes[1] === 0x99) {
      if (bytes[2] === 0x03) throw new Failure('planted')
      return []
    }
    return []
  }
  return []
}
