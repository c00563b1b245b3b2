const people = [
  'Ann Example <ann@example.org>',
  '=?UTF-8?Q?J=C3=B6rg_M=C3=BCller?= <joerg@example.de>',
  'ops@example.net',
]
const subjects = [
  'Minutes of the meeting',
  '=?UTF-8?B?w5xiZXJzaWNodA==?= for May',
  'Nightly build',
  'Lunch?',
  'Your order',
]

/** Makes 25 mails, the newest with an attachment. */
export function mails(): string[] {
  const plain = Array.from({ length: 24 }, (_, i) =>
    [...head(i), 'Content-Type: text/plain; charset=utf-8', '', `This is mail number ${i + 1}.`, ''].join('\r\n'),
  )
  return [...plain, withAttachment(24)]
}

function head(i: number): string[] {
  return [
    `From: ${people[i % people.length] ?? ''}`,
    'To: Alice <alice@example.org>',
    `Subject: ${subjects[i % subjects.length] ?? ''}`,
    `Date: ${new Date(Date.UTC(2026, 4, i + 1, 9, 30)).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${i + 1}@demo.example.org>`,
    'MIME-Version: 1.0',
  ]
}

function withAttachment(i: number): string {
  const content = Buffer.from('day,visits\n2026-05-24,117\n2026-05-25,131\n').toString('base64')
  return [
    ...head(i),
    'Content-Type: multipart/mixed; boundary="part"',
    '',
    '--part',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'The figures are attached.',
    '--part',
    'Content-Type: text/csv; name="visits.csv"',
    'Content-Disposition: attachment; filename="visits.csv"',
    'Content-Transfer-Encoding: base64',
    '',
    content,
    '--part--',
    '',
  ].join('\r\n')
}
