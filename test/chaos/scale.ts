/**
 * How much is tried: a sample by a fixed seed, or with `IMAPKIT_CHAOS=full` every place there is. `IMAPKIT_CHAOS_SEED`
 * gives another sample.
 */
export const FULL = process.env['IMAPKIT_CHAOS'] === 'full'

export const SEED = Number(process.env['IMAPKIT_CHAOS_SEED'] ?? 20_261_201)

/** Tells how many runs a test made. */
export function report(what: string, runs: number, more = ''): void {
  console.info(`chaos: ${what}: ${runs} runs ${more}`.trimEnd())
}
