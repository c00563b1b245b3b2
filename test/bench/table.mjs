/** Formats rows of run.mjs as a Markdown table, with ratios to the raw socket and to imapflow. */
export function formatTable(rows) {
  const lines = [
    [
      '',
      'client',
      'CPU ms',
      'wall ms',
      'rate',
      'memory',
      'CPU / raw',
      'rate / raw',
      'rate / imapflow',
      'CPU / imapflow',
    ],
  ]
  let previous
  for (const row of rows) {
    const peer = (client) => rows.find((other) => other.workload === row.workload && other.client === client)
    const raw = row.client === 'raw' ? undefined : peer('raw')
    const flow = row.client.startsWith('imapkit') ? peer('imapflow') : undefined
    lines.push([
      row.workload === previous ? '' : row.title,
      row.client,
      number(row.cpu),
      number(row.wall),
      rate(row),
      memory(row),
      raw ? times(row.cpu / raw.cpu) : '',
      raw ? times(raw.wall / row.wall) : '',
      flow ? times(flow.wall / row.wall) : '',
      flow ? times(row.cpu / flow.cpu) : '',
    ])
    previous = row.workload
  }
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)))
  const format = (line) =>
    `| ${line.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`
  const rule = `| ${widths.map((width, i) => (i < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  const [header, ...body] = lines.map(format)
  return [header, rule, ...body].join('\n')
}

const number = (value) => (value < 10 ? value.toFixed(1) : value.toFixed(0))
const times = (ratio) => `${ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0)}×`

function rate({ messages, megabytes, wall }) {
  if (megabytes !== undefined) return `${((megabytes / wall) * 1000).toFixed(0)} MB/s`
  const perSecond = (messages / wall) * 1000
  return perSecond >= 10_000 ? `${(perSecond / 1000).toFixed(0)} k/s` : `${perSecond.toFixed(0)} /s`
}

/** What the process grew by; per connection where those are what is measured. */
function memory({ workload, growth, messages }) {
  return workload === 'idle' ? `${((growth * 1000) / messages).toFixed(1)} KB each` : `+${growth.toFixed(0)} MB`
}
