// Puts a draft into the mailbox that is marked \Drafts.
import { connect } from 'imapkit'
import { account } from './account.js'

await using client = await connect(account())
const drafts = (await client.list()).find((each) => each.specialUse === '\\Drafts')?.name ?? 'Drafts'
const text = ['From: me@example.org', 'Subject: Lunch?', '', 'At noon?', ''].join('\n') // line ends are made CRLF
const { uid } = await client.append(drafts, text, { flags: ['\\Draft', '\\Seen'] })
console.log(`draft ${uid ?? '(no UID told)'} in ${drafts}`)
