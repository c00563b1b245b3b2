import type { Feature } from '../feature.js'
import type { SearchKeyReader } from '../search/key.js'

/** search-key =/ ("OLDER" / "YOUNGER") SP nz-number: seconds before now, against INTERNALDATE. */
function within(test: (received: number, target: number) => boolean): SearchKeyReader {
  return {
    needs: ['WITHIN'],
    read(args) {
      args.sp()
      const seconds = args.number('an interval in seconds')
      if (seconds === 0) throw args.expected('an interval of at least one second')
      const target = Math.floor(Date.now() / 1000) - seconds
      return ({ received }) => test(Math.floor(received.date.getTime() / 1000), target)
    },
  }
}

/** WITHIN (RFC 5032): what was received exactly at the target time is both older and younger (§2). */
export const withinFeature: Feature = {
  capabilities: ['WITHIN'],
  searchKeys: {
    OLDER: within((received, target) => received <= target),
    YOUNGER: within((received, target) => received >= target),
  },
}
