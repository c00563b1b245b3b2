// RETURN behind CHARSET went out as it was: a URL could choose what its search returns and save, and nothing was found.
import { expect, it } from 'vitest'
import { searchProgram } from '../../src/commands/search-program.js'
import { ArgumentError } from '../../src/index.js'

it.each(['RETURN (COUNT) ALL', 'CHARSET UTF-8 RETURN (SAVE) ALL', 'charset us-ascii return (COUNT) ALL'])(
  'refuses %s',
  (program) => {
    expect(() => searchProgram(program)).toThrow(ArgumentError)
  },
)
