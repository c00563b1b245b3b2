/** What the code under test must not do. Two failures of one `kind` are taken for one and the same. */
export class Failure extends Error {
  constructor(kind, details = '') {
    super(details === '' ? kind : `${kind}: ${details}`)
    this.kind = kind
  }
}

/** Any error as a failure: what is thrown by the code itself is known by its message and by where it was thrown. */
export function asFailure(error) {
  if (error instanceof Failure) return error
  if (!(error instanceof Error)) return new Failure('something else than an error was thrown', String(error))
  const place = /\((?:file:\/\/)?[^)]*?(dist\/[^)]*)\)|at (?:file:\/\/)?\S*?(dist\/\S+)/.exec(error.stack ?? '')
  const where = place?.[1] ?? place?.[2]
  const kind = where === undefined ? `${error.name} somewhere: ${error.message}` : `${error.name} at ${where}`
  const failure = new Failure(kind, error.message)
  failure.stack = error.stack
  return failure
}
