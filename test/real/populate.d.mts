export interface PopulateOptions {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly mailbox: string
  readonly count: number
  readonly seed?: number
}

export function populate(options: PopulateOptions): Promise<void>
