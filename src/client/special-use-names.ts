import type { SpecialUse } from '../model/flags.js'

/** The special uses that mailboxes are known by name for. */
export type NamedUse = Extract<SpecialUse, '\\Archive' | '\\Drafts' | '\\Junk' | '\\Sent' | '\\Trash'>

/**
 * Names that widespread mail programs and servers give to mailboxes, in their languages. A name that means one use here
 * and another one there is left out: it is better to find none than the wrong one.
 */
const NAMES: Readonly<Record<NamedUse, readonly string[]>> = {
  '\\Drafts': [
    ...['Drafts', 'Draft', 'Entwürfe', 'Brouillons', 'Borradores', 'Bozze', 'Rascunhos', 'Concepten', 'Esborranys'],
    ...['Utkast', 'Kladder', 'Kladd', 'Luonnokset', 'Mustandid', 'Melnraksti', 'Juodraščiai'],
    ...['Szkice', 'Kopie robocze', 'Wersje robocze', 'Koncepty', 'Rozepsané', 'Rozpísané', 'Piszkozatok', 'Ciorne'],
    ...['Osnutki', 'Skice', 'Черновики', 'Чернетки', 'Чернови', 'Πρόχειρα', 'Taslaklar'],
    ...['草稿', '草稿箱', '草稿匣', '下書き', '임시 보관함', '임시보관함', 'טיוטות', 'المسودات', 'مسودات'],
    ...['Bản nháp', 'Thư nháp', 'Draf', 'ร่างจดหมาย', 'จดหมายร่าง'],
  ],
  '\\Sent': [
    ...['Sent', 'Sent Items', 'Sent Mail', 'Sent Messages'],
    ...['Gesendet', 'Gesendete Elemente', 'Gesendete Objekte', 'Gesendete Nachrichten'],
    ...['Envoyés', 'Éléments envoyés', 'Messages envoyés', 'Objets envoyés', 'Courrier envoyé'],
    ...['Enviados', 'Elementos enviados', 'Mensajes enviados', 'Correo enviado', 'Enviats', 'Elements enviats'],
    ...['Inviata', 'Inviati', 'Posta inviata', 'Elementi inviati', 'Messaggi inviati'],
    ...[
      'Itens Enviados',
      'Mensagens enviadas',
      'E-mails enviados',
      'Verzonden',
      'Verzonden items',
      'Verzonden berichten',
    ],
    ...['Skickat', 'Skickade objekt', 'Skickade meddelanden', 'Sendt', 'Sendt post', 'Sendte elementer'],
    ...['Lähetetyt', 'Lähetetyt viestit', 'Saadetud', 'Saadetud üksused', 'Nosūtītie', 'Išsiųsti', 'Išsiųstieji'],
    ...['Wysłane', 'Elementy wysłane', 'Odeslané', 'Odeslaná pošta', 'Odoslané', 'Odoslaná pošta'],
    ...['Elküldött', 'Elküldött elemek', 'Elküldött üzenetek', 'Trimise', 'Elemente trimise', 'Mesaje trimise'],
    ...['Poslano', 'Poslane stavke', 'Отправленные', 'Надіслані', 'Відправлені', 'Изпратени'],
    ...['Απεσταλμένα', 'Σταλμένα', 'Gönderilmiş Öğeler', 'Gönderilenler', 'Gönderilmiş Postalar'],
    ...['已发送', '已发送邮件', '已傳送', '已傳送的郵件', '寄件備份', '送信済み', '送信済みアイテム', '送信済みメール'],
    ...['보낸 편지함', '보낸편지함', '보낸 메일함', 'נשלח', 'פריטים שנשלחו', 'דואר שנשלח'],
    ...['المرسلة', 'البريد المرسل', 'العناصر المرسلة', 'Đã gửi', 'Thư đã gửi', 'Terkirim', 'ส่งแล้ว', 'จดหมายที่ส่งแล้ว'],
  ],
  '\\Trash': [
    ...['Trash', 'Deleted', 'Deleted Items', 'Deleted Messages', 'Bin'],
    ...['Papierkorb', 'Gelöscht', 'Gelöschte Elemente', 'Gelöschte Objekte'],
    ...['Corbeille', 'Éléments supprimés', 'Messages supprimés', 'Papelera', 'Elementos eliminados', 'Paperera'],
    ...['Cestino', 'Posta eliminata', 'Elementi eliminati', 'Lixeira', 'Itens Excluídos', 'Itens Eliminados'],
    ...['Prullenbak', 'Prullenmand', 'Verwijderde items', 'Verwijderde berichten'],
    ...['Papperskorgen', 'Papperskorg', 'Borttaget', 'Borttagna objekt', 'Papirkurv', 'Papirkurven'],
    ...[
      'Slettet post',
      'Slettede elementer',
      'Roskakori',
      'Poistetut',
      'Prügikast',
      'Atkritne',
      'Miskaste',
      'Šiukšlinė',
    ],
    ...['Kosz', 'Elementy usunięte', 'Koš', 'Kôš', 'Odstraněná pošta', 'Odstránená pošta'],
    ...['Kuka', 'Lomtár', 'Törölt elemek', 'Coș de gunoi', 'Elemente șterse', 'Izbrisano', 'Smeće', 'Otpad'],
    ...['Корзина', 'Удаленные', 'Удалённые', 'Кошик', 'Видалені', 'Кошче', 'Изтрити'],
    ...['Κάδος', 'Κάδος απορριμμάτων', 'Διαγραμμένα', 'Çöp Kutusu', 'Silinmiş Öğeler'],
    ...[
      '已删除',
      '已删除邮件',
      '垃圾桶',
      '刪除的郵件',
      'ゴミ箱',
      'ごみ箱',
      '削除済みアイテム',
      '휴지통',
      '지운 편지함',
    ],
    ...['אשפה', 'פריטים שנמחקו', 'سلة المهملات', 'المهملات', 'المحذوفة', 'العناصر المحذوفة'],
    ...['Thùng rác', 'Sampah', 'ถังขยะ'],
  ],
  '\\Junk': [
    ...['Junk', 'Spam', 'Junk Mail', 'Junk E-mail', 'Junk Email', 'Bulk Mail', 'Junk-E-Mail', 'Spamverdacht'],
    ...['Courrier indésirable', 'Indésirables', 'Pourriel', 'Correo no deseado', 'Correo basura', 'Correu brossa'],
    ...['Posta indesiderata', 'Indesiderata', 'Lixo Eletrônico', 'Lixo Eletrónico', 'Ongewenst', 'Ongewenste e-mail'],
    ...['Skräppost', 'Søppelpost', 'Uønsket mail', 'Uønsket e-post', 'Roskaposti', 'Rämpspost', 'Mēstules', 'Brukalas'],
    ...[
      'Wiadomości-śmieci',
      'Nevyžádaná pošta',
      'Nevyžiadaná pošta',
      'Levélszemét',
      'E-mail nedorit',
      'Mesaje nedorite',
    ],
    ...['Neželena pošta', 'Neželjena pošta', 'Спам', 'Нежелательная почта', 'Небажана пошта', 'Нежелана поща'],
    ...['Ανεπιθύμητα', 'Ανεπιθύμητη αλληλογραφία', 'Gereksiz', 'Gereksiz E-posta', 'Önemsiz E-posta', 'İstenmeyen'],
    ...['垃圾邮件', '垃圾郵件', '迷惑メール', '스팸', '스팸편지함', '정크 메일', '정크 메일함', 'דואר זבל', 'ספאם'],
    ...['البريد غير الهام', 'البريد المزعج', 'البريد العشوائي', 'Thư rác', 'อีเมลขยะ', 'จดหมายขยะ'],
  ],
  '\\Archive': [
    ...[
      'Archive',
      'Archives',
      'Archiv',
      'Archivo',
      'Archivio',
      'Arquivo',
      'Arquivo Morto',
      'Archief',
      'Arxiu',
      'Arkiv',
    ],
    ...['Arkisto', 'Arhiiv', 'Arhīvs', 'Archyvas', 'Archiwum', 'Archív', 'Archívum', 'Arhivă', 'Arhiva', 'Arhiv'],
    ...['Архив', 'Архів', 'Αρχειοθήκη', 'Arşiv', '归档', '存档', '封存', 'アーカイブ', 'ארכיון', 'الأرشيف', 'أرشيف'],
    ...['Lưu trữ', 'Arsip', 'ที่เก็บถาวร'],
  ],
}

/** One form for all spellings of a name that a person takes for the same. */
function fold(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

const USES: ReadonlyMap<string, NamedUse> = new Map(
  Object.entries(NAMES).flatMap(([use, names]) => names.map((name) => [fold(name), use as NamedUse] as const)),
)

/** All names, by what they are for. */
export const specialUseNames = NAMES

/** What a mailbox with this name is for; the whole name has to match, without regard to case. Undefined for any other. */
export function useOfName(name: string): NamedUse | undefined {
  return USES.get(fold(name))
}
