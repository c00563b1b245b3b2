import { hasFlag, parts, uids, type ImapClient, type ReadonlyMailbox, type Uid } from 'imapkit'
import { cell, heading, line, octets } from './print.js'

/** Everything that changes nothing: list, table, search, attachment, parsed mail; by EXAMINE. */
export async function reading(client: ImapClient, signal: AbortSignal): Promise<void> {
  heading('Mailboxes')
  for (const each of await client.list('*', { status: { messages: true, unseen: true }, signal })) {
    const counts =
      each.status === undefined ? '' : `${each.status.messages ?? '?'} messages, ${each.status.unseen ?? '?'} unseen`
    line(`${cell(each.name, 32)} ${cell(each.specialUse ?? '', 10)} ${counts}`)
  }

  await using inbox = await client.examine('INBOX', { signal })
  const newest = await newestEnvelopes(inbox, signal)
  await searching(inbox, signal)
  await attachment(inbox, newest, signal)
  const last = newest.at(-1)
  if (last === undefined) return
  heading(`Mail ${last}, parsed by mailparser`)
  const mail = await inbox.parse(last, { signal })
  line(`subject: ${mail?.subject ?? '(none)'}`)
  line(`text:    ${cell((mail?.text ?? '').trim(), 70)}`)
  line(`attachments: ${mail?.attachments.map((each) => each.filename ?? each.contentType).join(', ') || 'none'}`)
}

async function newestEnvelopes(inbox: ReadonlyMailbox, signal: AbortSignal): Promise<Uid[]> {
  heading(`INBOX: ${inbox.exists} messages, the newest 20`)
  const newest: Uid[] = []
  if (inbox.exists === 0) {
    line('it is empty')
    return newest
  }
  const all = await inbox.search({}, { signal })
  const wanted = all.take(Math.max(0, all.size - 20)).tail
  for await (const mail of inbox.fetch(wanted, { envelope: true, flags: true, size: true }, { signal })) {
    const from = mail.envelope.from[0]
    const mark = hasFlag(mail.flags, '\\Seen') ? ' ' : '*'
    const date = mail.envelope.date?.toISOString().slice(0, 16).replace('T', ' ') ?? ''
    const sender = from?.name ?? from?.address ?? ''
    line(
      `${mark} ${cell(String(mail.uid), 6)} ${cell(date, 16)} ${cell(sender, 22)} ${cell(mail.envelope.subject ?? '', 36)} ${octets(mail.size)}`,
    )
    newest.push(mail.uid)
  }
  return newest
}

async function searching(inbox: ReadonlyMailbox, signal: AbortSignal): Promise<void> {
  heading('Search')
  const unseen = await inbox.search({ seen: false }, { signal })
  const large = await inbox.search({ larger: 10_000, not: { deleted: true } }, { signal })
  line(`unseen: ${unseen.size}; larger than 10 kB: ${large.size}`)
}

async function attachment(inbox: ReadonlyMailbox, newest: readonly Uid[], signal: AbortSignal): Promise<void> {
  heading('An attachment')
  for await (const mail of inbox.fetch(uids(newest), { bodyStructure: true }, { signal })) {
    const [first] = parts(mail.bodyStructure).attachments
    if (first === undefined) continue
    const file = await inbox.download(mail.uid, first.part, { signal })
    if (file === null) continue
    const bytes = await file.bytes()
    line(
      `mail ${mail.uid}, part ${first.part}: ${file.filename ?? '(no name)'}, ${file.contentType}, ${octets(bytes.length)} decoded`,
    )
    return
  }
  line('none of the newest mails has one')
}
