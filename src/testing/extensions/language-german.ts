// Texts of status responses that clients meet most; `$1` is what the pattern caught.
const TEXTS: readonly (readonly [english: RegExp, german: string])[] = [
  [/^(.+) completed$/, '$1 ausgeführt'],
  [/^The language was changed$/, 'Die Sprache wurde gewechselt'],
  [/^This language is not supported$/, 'Diese Sprache wird nicht unterstützt'],
  [/^Supported languages have been enumerated$/, 'Das sind die Sprachen'],
  [/^Opened$/, 'Geöffnet'],
  [/^Opened read-only$/, 'Nur zum Lesen geöffnet'],
  [/^There is no such mailbox$/, 'Dieses Postfach gibt es nicht'],
  [/^The mailbox exists already$/, 'Dieses Postfach gibt es schon'],
  [/^This name holds no messages$/, 'Dieser Name enthält keine Nachrichten'],
  [/^INBOX cannot be deleted$/, 'INBOX kann nicht gelöscht werden'],
  [/^This name has others below it$/, 'Unter diesem Namen gibt es noch andere'],
  [/^A mailbox of the new name exists already$/, 'Ein Postfach mit dem neuen Namen gibt es schon'],
  [/^A mailbox cannot be moved below itself$/, 'Ein Postfach kann nicht unter sich selbst liegen'],
  [/^This charset is not known$/, 'Dieser Zeichensatz ist nicht bekannt'],
  [/^There is no such filter$/, 'Diesen Filter gibt es nicht'],
  [/^There is no such comparator$/, 'Diese Sortierung gibt es nicht'],
  [/^No mailbox is selected$/, 'Es ist kein Postfach gewählt'],
  [/^Unknown command: (.*)$/, 'Unbekannter Befehl: $1'],
  [/^Unknown (.*)$/, 'Unbekannt: $1'],
  [/^(.+) is not allowed in the (.+) state$/, '$1 ist jetzt nicht erlaubt ($2)'],
  [/^Syntax error at octet (\d+): (.*)$/s, 'Syntaxfehler bei Oktett $1: $2'],
]

/** A text of the server in German; one that has not been translated stays in English. */
export function german(text: string): string {
  const found = TEXTS.find(([english]) => english.test(text))
  return found === undefined ? text : text.replace(found[0], found[1])
}
