import { ArgumentError } from '../model/errors.js'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/**
 * Writes a day: `2026-01-31`, or the day that a Date has in UTC, becomes `31-Jan-2026`.
 *
 * date-text = date-day "-" date-month "-" date-year
 *
 * @throws ArgumentError for what is no day of the years 0 to 9999
 */
export function dateText(day: string | Date): string {
  if (typeof day === 'string') return dayText(parseDay(day))
  return dayText(checkDate(day))
}

/**
 * Writes a moment, in UTC: ` 1-Jan-2026 12:00:00 +0000`.
 *
 * date-time      = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
 * date-day-fixed = (SP DIGIT) / 2DIGIT
 *
 * @throws ArgumentError for an invalid date and for years outside 0 to 9999
 */
export function dateTimeText(date: Date): string {
  checkDate(date)
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map((part) => digits(part, 2)).join(':')
  return `${dayText(date).padStart('dd-Mmm-yyyy'.length)} ${time} +0000`
}

function dayText(date: Date): string {
  const month = MONTHS[date.getUTCMonth()] as string
  return `${date.getUTCDate()}-${month}-${digits(date.getUTCFullYear(), 4)}`
}

function parseDay(day: string): Date {
  // Of the ISO forms only this one; Date reads the others too, and in local time.
  const date = /^\d{4}-\d{2}-\d{2}$/.test(day) ? new Date(`${day}T00:00:00Z`) : undefined
  // 2026-02-30 would become a day of March.
  if (date === undefined || Number.isNaN(date.getTime()) || date.getUTCDate() !== Number(day.slice(8))) {
    throw new ArgumentError(`${JSON.stringify(day.slice(0, 40))} is no day: write it like 2026-01-31`)
  }
  return date
}

function checkDate(date: Date): Date {
  const year = date.getUTCFullYear()
  // NaN, the year of an invalid date, fails both comparisons.
  if (!(year >= 0 && year <= 9999)) throw new ArgumentError('The date is invalid or outside the years 0 to 9999')
  return date
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0')
}
