// Changes to conversations: to what the server answers, to what the client does, and to how it ends.

const ENDS = ['end', 'end', 'stall', 'reset', 'late']

/**
 * Gives a changed copy of a case. A case has `kind` and `preauth` of the server, `split` (0 for whole answers), `end` (what
 * happens when nothing else does), the `program` of the client, and the `replies` that differ from good ones, by the
 * number of the step.
 */
export function mutateCase(input, other, tools) {
  const { random } = tools
  const next = {
    ...input,
    program: [...input.program],
    replies: { ...input.replies },
    answers: input.answers ?? [],
  }
  for (let steps = 1 + random.small(4); steps > 0; steps--) change(next, other, tools)
  return next
}

function change(next, other, tools) {
  const { random, names, kinds } = tools
  switch (random.below(14)) {
    case 0:
      next.kind = random.below(kinds)
      break
    case 1:
      next.preauth = !next.preauth
      break
    case 2:
      next.split = random.oneIn(2) ? 0 : 1 + random.below(9999)
      break
    case 3:
      next.end = random.pick(ENDS)
      break
    case 4:
    case 5:
      next.program.splice(random.below(next.program.length + 1), random.below(2), stepOf(random.pick(names), random))
      if (next.program.length > 12) next.program.length = 12
      break
    case 6:
      next.program.splice(random.below(next.program.length), 1)
      break
    case 7:
      borrow(next, other(), random)
      break
    default:
      reply(next, tools)
  }
}

function stepOf(name, random) {
  return random.oneIn(3) ? `&${name}` : name
}

/** Takes the answers of another case, or its program. */
function borrow(next, from, random) {
  if (random.oneIn(2)) next.program = [...from.program]
  else Object.assign(next.replies, from.replies)
}

function reply(next, { random, mutator, lines }) {
  const count = Math.max(1, next.answers.length)
  const index = random.below(count)
  const text = next.replies[index] ?? next.answers[index] ?? '<t> OK done\r\n'
  next.replies[index] = changedReply(text, next, { random, mutator, lines })
}

function changedReply(text, next, { random, mutator, lines }) {
  const bytes = Buffer.from(text, 'latin1')
  const others = () => Buffer.from(next.answers[random.below(next.answers.length)] ?? random.pick(lines), 'latin1')
  switch (random.below(10)) {
    case 0:
      return random.pick(lines) + text
    case 1:
      return text + random.pick(lines)
    case 2:
      return ''
    case 3:
      return text + others().toString('latin1')
    case 4:
      return text.replace(/<t> OK/, random.pick(['<t> NO', '<t> BAD', '<p> OK', 'x OK', '* BYE', '+']))
    case 5:
      return text.slice(0, random.below(text.length))
    default:
      return mutator.mutate(bytes, others).toString('latin1')
  }
}

/** Simpler cases first, then cases with shorter answers. */
export function* smallerCases(input) {
  const { program, replies } = input
  for (let at = 0; at < program.length; at++) yield { ...input, program: program.toSpliced(at, 1) }
  for (const index of Object.keys(replies)) {
    const { [index]: _, ...rest } = replies
    yield { ...input, replies: rest }
  }
  if (input.split !== 0) yield { ...input, split: 0 }
  for (const [index, text] of Object.entries(replies)) {
    for (let size = text.length >> 1; size >= 1; size >>= 1) {
      for (let at = 0; at < text.length; at += size) {
        yield { ...input, replies: { ...replies, [index]: text.slice(0, at) + text.slice(at + size) } }
      }
    }
  }
}
