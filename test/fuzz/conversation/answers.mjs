// What a good server with one small mailbox answers. `<t>` stands for the tag of the command.

const CAPABILITIES = [
  'IMAP4rev1',
  [
    'IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE NAMESPACE CHILDREN UIDPLUS UNSELECT MOVE ESEARCH SEARCHRES CONDSTORE QRESYNC SORT',
    'SORT=DISPLAY ESORT THREAD=REFERENCES THREAD=ORDEREDSUBJECT LIST-EXTENDED LIST-STATUS SPECIAL-USE BINARY CATENATE',
    'MULTIAPPEND QUOTA QUOTA=RES-STORAGE ACL METADATA ANNOTATE-EXPERIMENT-1 CONTEXT=SEARCH CONTEXT=SORT WITHIN LANGUAGE',
    'I18NLEVEL=2 URLAUTH URL-PARTIAL CONVERT FILTERS NOTIFY MULTISEARCH STATUS=SIZE REPLACE SAVEDATE PREVIEW OBJECTID PARTIAL',
    'UNAUTHENTICATE APPENDLIMIT=100000 X-GM-EXT-1 SEARCH=FUZZY LIST-MYRIGHTS INPROGRESS AUTH=PLAIN COMPRESS=DEFLATE QUOTASET',
  ].join(' '),
  'IMAP4rev2 IMAP4rev1 AUTH=PLAIN AUTH=SCRAM-SHA-256 UTF8=ACCEPT UIDONLY MESSAGELIMIT=2 LITERAL-',
  'IMAP4rev1 AUTH=CRAM-MD5 AUTH=DIGEST-MD5 LOGINDISABLED IDLE UIDPLUS',
  'IMAP4rev1 AUTH=XOAUTH2 AUTH=OAUTHBEARER SASL-IR ENABLE UTF8=ONLY COMPRESS=DEFLATE ID',
  'IMAP2 IMAP2bis',
]

/** How many sets of capabilities there are to choose from. */
export const KINDS = CAPABILITIES.length

const HEADER =
  'Subject: =?utf-8?Q?caf=C3=A9?=\r\nFrom: Ann <ann@example.org>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
const TEXT = 'hello\r\nworld =E4=\r\nend\r\n'
const UIDS = [5, 7, 9]

/** The greeting, in the state that a case asks for. */
export function greeting(kind, preauth) {
  return `* ${preauth ? 'PREAUTH' : 'OK'} [CAPABILITY ${CAPABILITIES[kind]}] ready\r\n`
}

/** The answer to a command, which is given without its tag; what came in literals stands in it as `{n}`. */
export function answer(kind, command) {
  const [name, rest] = nameOf(command)
  const found = ANSWERS[name]
  const lines = typeof found === 'function' ? found(rest, kind, name.startsWith('UID ')) : (found ?? '')
  return lines.includes('<t> ') || lines.startsWith('+') ? lines : `${lines}<t> OK done\r\n`
}

function nameOf(command) {
  const words = command.split(' ')
  const length = words[0]?.toUpperCase() === 'UID' ? 2 : 1
  return [words.slice(0, length).join(' ').toUpperCase(), words.slice(length).join(' ')]
}

const select = (rest, kind) =>
  '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Junk)\r\n* 3 EXISTS\r\n* 0 RECENT\r\n' +
  '* OK [UNSEEN 2] first\r\n* OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] limited\r\n* OK [UIDNEXT 10] next\r\n' +
  '* OK [UIDVALIDITY 17] valid\r\n' +
  (kind === 1 ? '* OK [HIGHESTMODSEQ 715194045007] highest\r\n* OK [MAILBOXID (F1)] id\r\n' : '') +
  (kind === 2 ? '* LIST () "/" INBOX\r\n' : '') +
  (rest.includes('QRESYNC') ? '* VANISHED (EARLIER) 1:4\r\n* 1 FETCH (UID 5 FLAGS () MODSEQ (9))\r\n' : '') +
  '<t> OK [READ-WRITE] selected\r\n'

const list = (rest) =>
  '* LIST (\\HasNoChildren) "/" INBOX\r\n* LIST (\\HasNoChildren \\Sent) "/" Sent\r\n' +
  '* LIST (\\HasChildren) "/" "R&AOk-ponses" (CHILDINFO ("SUBSCRIBED"))\r\n* LIST (\\Noselect) "/" {3}\r\nold\r\n' +
  (rest.includes('STATUS') ? '* STATUS INBOX (MESSAGES 3 UNSEEN 1 UIDNEXT 10)\r\n' : '')

const search = (rest, _, uid) =>
  rest.includes('RETURN')
    ? `* ESEARCH (TAG "<t>")${uid ? ' UID' : ''} MIN 5 MAX 9 COUNT 3 ALL 5,7,9 MODSEQ 917162500\r\n`
    : `* SEARCH ${uid ? '5 7 9' : '1 2 3'}\r\n`

const sort = (rest, kind, uid) =>
  rest.includes('RETURN') ? search(rest, kind, uid) : `* SORT ${uid ? '9 5 7' : '3 1 2'}\r\n`

function fetch(rest, kind, uid) {
  if (kind === 5) return '* 1 FETCH (FLAGS (\\Seen) RFC822.TEXT {5}\r\nhello)\r\n'
  const [set = '', ...asked] = rest.split(' ')
  const numbers = uid ? UIDS : [1, 2, 3]
  return numbers
    .filter((number) => covers(set, number))
    .map((number) => `* ${uid ? UIDS.indexOf(number) + 1 : number} FETCH (${items(asked.join(' '), number, uid)})\r\n`)
    .join('')
}

function covers(set, number) {
  return set.split(',').some((part) => {
    const [from, to = from] = part.split(':').map((each) => (each === '*' ? Infinity : Number(each)))
    return number >= Math.min(from, to) && number <= Math.max(from, to)
  })
}

/** Answers what is asked for, in that order. */
function items(asked, number, uid) {
  const found = [`UID ${uid ? number : UIDS[number - 1]}`]
  for (const [key] of asked.matchAll(/[A-Z0-9.-]+(?:\[[^\]]*\])?(?:<[\d.]+>)?/g)) {
    const value = item(key, number)
    if (value !== undefined) found.push(value)
  }
  return found.join(' ')
}

function item(key, number) {
  if (/^(?:BODY(?:\.PEEK)?|BINARY(?:\.PEEK)?)\[/.test(key)) {
    const [, section] = /\[([^\]]*)\]/.exec(key)
    const [, from, count] = /<(\d+)\.(\d+)>/.exec(key) ?? []
    const whole = contentOf(section)
    const part = from === undefined ? whole : whole.slice(Number(from), Number(from) + Number(count))
    const name = key.startsWith('BINARY') ? 'BINARY' : 'BODY'
    return `${name}[${section}]${from === undefined ? '' : `<${from}>`} {${part.length}}\r\n${part}`
  }
  if (key.startsWith('BINARY.SIZE[')) return `${key} 22`
  return ITEMS[key]?.(number)
}

function contentOf(section) {
  if (section === '') return HEADER + TEXT
  if (section.includes('HEADER') || section.includes('MIME')) return HEADER
  return TEXT
}

const ITEMS = {
  FLAGS: (number) => `FLAGS (${number % 2 === 0 ? '\\Seen $Junk' : ''})`,
  INTERNALDATE: () => 'INTERNALDATE "17-Jul-1996 02:44:25 -0700"',
  'RFC822.SIZE': () => `RFC822.SIZE ${HEADER.length + TEXT.length}`,
  ENVELOPE: () =>
    'ENVELOPE ("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "=?utf-8?Q?caf=C3=A9?=" (("Ann" NIL "ann" "example.org")) NIL NIL ' +
    '((NIL NIL "group" NIL)("B" NIL "b" "x.org")(NIL NIL NIL NIL)) NIL NIL NIL "<id@example.org>")',
  BODYSTRUCTURE: () =>
    'BODYSTRUCTURE (("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "QUOTED-PRINTABLE" 23 3 NIL NIL NIL NIL)' +
    '("APPLICATION" "PDF" ("NAME" "a.pdf") "<c@x>" "d" "BASE64" 22 NIL ("attachment" ("filename*0*" "utf-8\'\'%41" "filename*1" "b")) "en" NIL)' +
    ' "MIXED" ("BOUNDARY" "b") NIL ("de" "en") "loc")',
  MODSEQ: (number) => `MODSEQ (${624140000 + number})`,
  EMAILID: () => 'EMAILID (M1)',
  THREADID: () => 'THREADID (T1)',
  PREVIEW: () => 'PREVIEW "hello world"',
  SAVEDATE: () => 'SAVEDATE "17-Jul-1996 02:44:25 -0700"',
  'X-GM-MSGID': () => 'X-GM-MSGID 1278455344230334865',
  'X-GM-LABELS': () => 'X-GM-LABELS (\\Inbox "a b" {2}\r\nxy)',
}

const store = (rest, kind, uid) => (rest.includes('SILENT') ? '' : fetch(`${rest.split(' ')[0]} FLAGS`, kind, uid))

const copy = (rest, kind) => `<t> OK [COPYUID ${kind === 3 ? 0 : 18} 5,7,9 100:102] done\r\n`

const CHALLENGES = {
  'CRAM-MD5': Buffer.from('<1896.697170952@mail.example>').toString('base64'),
  'DIGEST-MD5': Buffer.from('realm="x",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8').toString(
    'base64',
  ),
}

const ANSWERS = {
  CAPABILITY: (_, kind) => `* CAPABILITY ${CAPABILITIES[kind]}\r\n`,
  LOGIN: (_, kind) => `<t> OK [CAPABILITY ${CAPABILITIES[kind]}] in\r\n`,
  AUTHENTICATE: (rest) => (/ \S+$/.test(rest) ? '' : `+ ${CHALLENGES[rest] ?? ''}\r\n`),
  ID: '* ID ("name" "imapd" "version" NIL)\r\n',
  ENABLE: (rest) => `* ENABLED ${rest}\r\n`,
  NAMESPACE: '* NAMESPACE (("" "/")) NIL (("#shared/" "/" "X" ("a")))\r\n',
  SELECT: select,
  EXAMINE: (rest, kind) => select(rest, kind).replace('READ-WRITE', 'READ-ONLY'),
  LIST: list,
  XLIST: list,
  LSUB: '* LSUB () "/" INBOX\r\n* LSUB (\\Noselect) "/" foo\r\n',
  STATUS: (rest) =>
    `* STATUS ${rest.split(' ')[0]} (MESSAGES 3 UIDNEXT 10 UIDVALIDITY 17 UNSEEN 1 SIZE 900 DELETED 0)\r\n`,
  CREATE: '<t> OK [MAILBOXID (F2)] created\r\n',
  APPEND: '<t> OK [APPENDUID 17 10] appended\r\n',
  REPLACE: '* OK [APPENDUID 17 10] replaced\r\n* 2 EXPUNGE\r\n',
  'UID REPLACE': '* OK [APPENDUID 17 10] replaced\r\n* 2 EXPUNGE\r\n',
  NOOP: '* 4 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen) UID 5)\r\n',
  EXPUNGE: '* 2 EXPUNGE\r\n* VANISHED 9\r\n',
  'UID EXPUNGE': '* 2 EXPUNGE\r\n',
  SEARCH: search,
  'UID SEARCH': search,
  SORT: sort,
  'UID SORT': sort,
  THREAD: '* THREAD (1 (2)(3))\r\n',
  'UID THREAD': '* THREAD (5)(7 9)\r\n',
  FETCH: fetch,
  'UID FETCH': fetch,
  STORE: store,
  'UID STORE': store,
  COPY: copy,
  'UID COPY': copy,
  MOVE: (rest, kind) => `* OK [COPYUID 18 5 100] moved\r\n* 1 EXPUNGE\r\n<t> OK done ${kind}\r\n`,
  'UID MOVE': (rest, kind) => `* OK [COPYUID 18 5 100] moved\r\n* 1 EXPUNGE\r\n<t> OK done ${kind}\r\n`,
  IDLE: '+ idling\r\n',
  LOGOUT: '* BYE bye\r\n',
  GETQUOTA: '* QUOTA "" (STORAGE 10 512)\r\n',
  SETQUOTA: '* QUOTA "" (STORAGE 10 512)\r\n',
  GETQUOTAROOT: '* QUOTAROOT INBOX ""\r\n* QUOTA "" (STORAGE 10 512 MESSAGE 3 100)\r\n',
  GETACL: '* ACL INBOX ann lrswipkxtea -bob r\r\n',
  MYRIGHTS: '* MYRIGHTS INBOX lrs\r\n',
  LISTRIGHTS: '* LISTRIGHTS INBOX ann la r s w\r\n',
  GETMETADATA:
    '* METADATA INBOX (/shared/comment "hi" /private/x {2}\r\nab)\r\n<t> OK [METADATA LONGENTRIES 2199] done\r\n',
  GETANNOTATION: '* ANNOTATION INBOX "/comment" ("value.shared" "x")\r\n',
  LANGUAGE: '* LANGUAGE (EN DE)\r\n* NAMESPACE (("" "/")) NIL NIL\r\n',
  COMPARATOR: '* COMPARATOR i;unicode-casemap\r\n',
  GENURLAUTH: '* GENURLAUTH "imap://x/a;urlauth=anonymous:internal:00"\r\n',
  URLFETCH: (rest) => `* URLFETCH ${rest} {5}\r\nhello\r\n`,
  RESETKEY: '* OK [URLMECH INTERNAL] done\r\n',
  CONVERSIONS: '* CONVERSION "image/gif" "image/jpeg" ("pix-x")\r\n',
  'UID CONVERT': '* 1 CONVERTED (TAG "<t>") (UID 5 BINARY[1] ~{3}\r\na\0b)\r\n',
  GETFILTER: '* FILTER a (FLAGGED)\r\n',
  ESEARCH: '* ESEARCH (TAG "<t>" MAILBOX "INBOX" UIDVALIDITY 17) UID ALL 5:9\r\n',
  FIND: '* MAILBOX INBOX\r\n* MAILBOX old\r\n',
  BBOARD: '* BBOARD news\r\n',
  COMPRESS: '<t> NO [COMPRESSIONACTIVE] no\r\n',
}
