import { hasFlag, type Keyword } from './flags.js'

/** The keywords that hold the colour of `\Flagged`, the lowest bit first (RFC 9979). */
export const FLAG_COLOR_BITS = ['$MailFlagBit0', '$MailFlagBit1', '$MailFlagBit2'] as const satisfies readonly Keyword[]

/** The colours by the number that the bits make; 7 is not assigned. */
const COLORS = ['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'gray'] as const

/** The colour of a flagged message (RFC 9979). Show more than the colour: not everybody can tell colours apart. */
export type FlagColor = (typeof COLORS)[number]

/**
 * The colour of a message by its flags (RFC 9979): red where no bit is set, null for a message that is not flagged and
 * for the bits that no colour has.
 *
 * @example
 * ```ts
 * import { flagColor } from 'imapkit'
 * flagColor(['\\Flagged', '$MailFlagBit2']) // 'blue'
 * ```
 */
export function flagColor(flags: readonly string[]): FlagColor | null {
  if (!hasFlag(flags, '\\Flagged')) return null
  const number = FLAG_COLOR_BITS.reduce((sum, bit, index) => sum + (hasFlag(flags, bit) ? 1 << index : 0), 0)
  return COLORS[number] ?? null
}

/**
 * The keywords that give a flagged message a colour (RFC 9979). Set them together with `\Flagged`, take the other bits
 * away, and take all of them away with `\Flagged`.
 */
export function flagColorBits(color: FlagColor): readonly (typeof FLAG_COLOR_BITS)[number][] {
  const number = COLORS.indexOf(color)
  return FLAG_COLOR_BITS.filter((_, index) => (number & (1 << index)) !== 0)
}
