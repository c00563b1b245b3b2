export interface TestMessage {
  readonly raw: Buffer
  readonly flags: readonly string[]
  readonly date: Date
}

export function message(index: number, seed?: number): TestMessage
export function internalDateText(date: Date): string
