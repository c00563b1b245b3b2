/** The names of months, their three characters as one number. */
const MONTHS = [
  0x6a616e, 0x666562, 0x6d6172, 0x617072, 0x6d6179, 0x6a756e, 0x6a756c, 0x617567, 0x736570, 0x6f6374, 0x6e6f76,
  0x646563,
]

/** Zones of RFC 5322 §4.3 in minutes east of UTC; military letters and all other names count as UTC. */
const ZONES = new Map([
  ['edt', -240],
  ['est', -300],
  ['cdt', -300],
  ['cst', -360],
  ['mdt', -360],
  ['mst', -420],
  ['pdt', -420],
  ['pst', -480],
])

/** Longest date that is looked at, in characters; nothing real comes near. */
const MAX_DATE = 200

/**
 * Reads INTERNALDATE; null for what is no point in time, such as `00-Jan-0000 00:00:00 +0000`.
 *
 * date-time      = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
 * date-day-fixed = (SP DIGIT) / 2DIGIT
 * time           = 2DIGIT ":" 2DIGIT ":" 2DIGIT
 * zone           = ("+" / "-") 4DIGIT
 *
 * @param text - the text between the quotes
 */
export function parseDateTime(text: string): Date | null {
  if (text.length === 26 && text.charCodeAt(2) === 0x2d && text.charCodeAt(6) === 0x2d) {
    const day = text.charCodeAt(0) === 0x20 ? digits(text, 1, 1) : digits(text, 0, 2)
    const sign = text.charCodeAt(21)
    const zone = zoneMinutes(sign, digits(text, 22, 4))
    if (day > 0 && zone !== undefined) {
      return instant(
        digits(text, 7, 4),
        month(text, 3),
        day,
        digits(text, 12, 2),
        digits(text, 15, 2),
        digits(text, 18, 2),
        zone,
      )
    }
  }
  return parseLoosely(text)
}

/**
 * Reads the Date field of a message (RFC 5322 §3.3 and §4.3), as loosely as senders write it; null for what is none.
 *
 * date-time = [ day-of-week "," ] date time [CFWS]
 * date      = day month year
 * time      = hour ":" minute [ ":" second ] FWS ( "+" / "-" ) 4DIGIT
 */
export function parseMessageDate(text: string): Date | null {
  // `Mon, 2 Jan 2006 15:04:05 +0100`, by position: nearly all mail is written like this.
  let at = text.charCodeAt(3) === 0x2c && text.charCodeAt(4) === 0x20 ? 5 : 0
  const dayWidth = text.charCodeAt(at + 1) === 0x20 ? 1 : 2
  const day = digits(text, at, dayWidth)
  at += dayWidth
  const end = at + 24
  if (
    day > 0 &&
    text.charCodeAt(at) === 0x20 &&
    text.charCodeAt(at + 4) === 0x20 &&
    text.charCodeAt(at + 9) === 0x20 &&
    text.charCodeAt(at + 12) === 0x3a &&
    text.charCodeAt(at + 15) === 0x3a &&
    text.charCodeAt(at + 18) === 0x20 &&
    (text.length === end || text.charCodeAt(end) === 0x20)
  ) {
    const zone = zoneMinutes(text.charCodeAt(at + 19), digits(text, at + 20, 4))
    const year = digits(text, at + 5, 4)
    if (zone !== undefined && year >= 0) {
      return instant(
        year,
        month(text, at + 1),
        day,
        digits(text, at + 10, 2),
        digits(text, at + 13, 2),
        digits(text, at + 16, 2),
        zone,
      )
    }
  }
  return parseLoosely(text)
}

/** Picks day, month, year, time and zone out of the words of a text, in whatever order they stand. */
function parseLoosely(text: string): Date | null {
  if (text.length > MAX_DATE) return null
  const iso = /^\s*(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)?\s*(z|[+-]\d\d:?\d\d)?\s*$/i.exec(
    text,
  )
  if (iso !== null) {
    const zone = iso[7] === undefined || /z/i.test(iso[7]) ? 0 : signedZone(iso[7].replace(':', ''))
    const number = (group: number) => Number(iso[group] ?? 0)
    return zone === undefined
      ? null
      : instant(number(1), number(2) - 1, number(3), number(4), number(5), number(6), zone)
  }
  let day: number | undefined
  let monthIndex = -1
  let year: number | undefined
  let time: number[] | undefined
  let zone: number | undefined
  for (const word of text.replace(/\([^()]*\)/g, ' ').split(/[\s,]+|(?<=[a-z\d])-(?=[a-z])|(?<=[a-z])-(?=\d)/i)) {
    if (/^\d{1,2}[:.]\d\d(?:[:.]\d\d(?:\.\d+)?)?$/.test(word)) time ??= word.split(/[:.]/).map(Number)
    else if (/^[+-]\d{4}$/.test(word)) zone ??= signedZone(word)
    else if (/^\d{3,4}$/.test(word)) year ??= twoDigitYear(Number(word))
    else if (/^\d{1,2}$/.test(word)) {
      if (day === undefined) day = Number(word)
      else year ??= twoDigitYear(Number(word))
    } else if (monthIndex < 0 && /^[a-z]{3,9}\.?$/i.test(word) && month(word, 0) >= 0) monthIndex = month(word, 0)
    else if (time !== undefined && /^[a-z]{1,5}$/i.test(word)) zone ??= ZONES.get(word.toLowerCase()) ?? 0
  }
  if (day === undefined || year === undefined) return null
  return instant(year, monthIndex, day, time?.[0] ?? 0, time?.[1] ?? 0, time?.[2] ?? 0, zone ?? 0)
}

/** obs-year: two digits count from 2000 up to 49, else from 1900, as three digits do (RFC 5322 §4.3). */
function twoDigitYear(year: number): number {
  if (year >= 1000) return year
  return year < 50 ? year + 2000 : year + 1900
}

/** The number in `width` digits at `at`, or -1000 when one of them is no digit. */
function digits(text: string, at: number, width: number): number {
  let value = 0
  for (let i = at; i < at + width; i++) {
    const digit = text.charCodeAt(i) - 0x30
    // Also true for the NaN beyond the end.
    if (!(digit >= 0 && digit <= 9)) return -1000
    value = value * 10 + digit
  }
  return value
}

/** The index of the month whose English name begins at `at`, in any case, or -1. */
function month(text: string, at: number): number {
  const code =
    ((text.charCodeAt(at) | 0x20) << 16) | ((text.charCodeAt(at + 1) | 0x20) << 8) | (text.charCodeAt(at + 2) | 0x20)
  return MONTHS.indexOf(code)
}

function zoneMinutes(sign: number, hhmm: number): number | undefined {
  if (hhmm < 0 || (sign !== 0x2b && sign !== 0x2d)) return undefined
  const minutes = Math.floor(hhmm / 100) * 60 + (hhmm % 100)
  return sign === 0x2b ? minutes : -minutes
}

function signedZone(text: string): number | undefined {
  return zoneMinutes(text.charCodeAt(0), digits(text, 1, 4))
}

/** Makes the Date, or null when a field is out of its range. */
function instant(
  year: number,
  monthIndex: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  zone: number,
): Date | null {
  if (year < 1 || monthIndex < 0 || monthIndex > 11 || day < 1 || day > daysIn(year, monthIndex)) return null
  // 60 is a leap second.
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60) return null
  return new Date(daysSince1970(year, monthIndex, day) * DAY + ((hour * 60 + minute - zone) * 60 + second) * 1000)
}

const DAY = 86_400_000

/** Days of the Gregorian calendar; years are counted from March on, so that a leap day is the last of its year. */
function daysSince1970(year: number, monthIndex: number, day: number): number {
  const beforeMarch = monthIndex < 2
  const years = beforeMarch ? year - 1 : year
  const months = beforeMarch ? monthIndex + 10 : monthIndex - 2
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400)
  return years * 365 + leapDays + Math.floor((months * 153 + 2) / 5) + day - 719_469
}

function daysIn(year: number, monthIndex: number): number {
  if (monthIndex === 1) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return monthIndex === 3 || monthIndex === 5 || monthIndex === 8 || monthIndex === 10 ? 30 : 31
}
