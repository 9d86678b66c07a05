import { locale, t } from '../i18n/i18n.svelte'
import { decimal } from './digits'

// Our English is British: 2 Dec 2026, 09:31.
const tags: Record<string, string> = { en: 'en-GB' }
const tag = () => tags[locale.id] ?? locale.id

/**
 * Numbers and dates as people read them. Money is minor units and points are whole, as the API gives them; no arithmetic happens here but
 * setting the decimal point, which is done on the digits, so that it is exact.
 */
type Format = Intl.NumberFormat | Intl.DateTimeFormat | Intl.DisplayNames
const cache = new Map<string, Format>()

function kept<T extends Format>(key: string, make: () => T): T {
  let value = cache.get(key) as T | undefined
  if (!value) {
    value = make()
    cache.set(key, value)
  }
  return value
}

const exponents = new Map<string, number>()
/** The server says how many decimals a currency has; browsers follow another table for some of them. */
export function knowCurrency(currency: string, decimals: number) {
  exponents.set(currency, decimals)
}

/** Decimals of a currency (JPY 0, BYN 2, BHD 3). */
export function exponent(currency: string): number {
  const known = exponents.get(currency)
  if (known !== undefined) return known
  try {
    return kept(`exponent ${currency}`, () => new Intl.NumberFormat('en', { style: 'currency', currency })).resolvedOptions().maximumFractionDigits ?? 2
  } catch {
    return 2
  }
}

export function money(minor: number | null | undefined, currency: string, options: { sign?: boolean } = {}): string {
  if (minor === null || minor === undefined) return '–'
  const digits = exponent(currency)
  try {
    const format = kept(
      `money ${locale.id} ${currency} ${digits} ${options.sign}`,
      () => new Intl.NumberFormat(tag(), { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: options.sign ? 'exceptZero' : 'auto' }),
    )
    // Intl takes exact decimal text; its type does not say so yet.
    return minus(format.format(decimal(minor, digits) as unknown as number))
  } catch {
    return `${decimal(minor, digits)} ${currency}`
  }
}

export function number(value: number | null | undefined, options: { sign?: boolean } = {}): string {
  if (value === null || value === undefined) return '–'
  return minus(kept(`number ${locale.id} ${options.sign}`, () => new Intl.NumberFormat(tag(), { signDisplay: options.sign ? 'exceptZero' : 'auto' })).format(value))
}

/** `5 баллов`: by the forms that the document gives its unit in this language; else by the title, in a way that is right beside any number. */
export function points(value: number, unit: { id: string; title: string; counted: Partial<Record<Intl.LDMLPluralRule, string>> | null }, options: { sign?: boolean } = {}): string {
  const shown = number(value, options)
  const form = unit.counted?.[new Intl.PluralRules(locale.id).select(Math.abs(value))] ?? unit.counted?.other
  if (form) return `${shown} ${form}`
  if (unit.id === 'points' && unit.title === unit.id) return t('points', { n: Math.abs(value), shown })
  return t('points.titled', { n: Math.abs(value), shown, title: unit.title })
}

/** The true minus: as wide as the plus, and read aloud. */
function minus(text: string): string {
  return text.replace('-', '−')
}

/** `0.432` of kg, as the API writes quantities. */
export function quantity(text: string, unit: string): string {
  const shown = kept(`quantity ${locale.id}`, () => new Intl.NumberFormat(tag(), { maximumFractionDigits: 3 })).format(text as unknown as number)
  return t('quantity', { unit, shown })
}

/** A figure of a measure that levels are reached by, but points: `spend` is minor units, `quantity` thousandths, the others count. */
export function measured(value: number, measure: string, currency: string, unit: string | null): string {
  if (measure === 'spend') return money(value, currency)
  if (measure === 'quantity') return quantity(decimal(value, 3), unit ?? '')
  return t('measured', { measure, n: value })
}

/** An instant, in the zone of the programme when it is known. */
export function when(instant: string | null | undefined, zone?: string): string {
  const date = instant ? new Date(instant) : undefined
  if (!date || Number.isNaN(date.getTime())) return '–'
  return kept(`when ${locale.id} ${zone}`, () => new Intl.DateTimeFormat(tag(), { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: zone })).format(date)
}

/** A civil date (`2026-12-01`), or the day of an instant. */
export function day(date: string | null | undefined, zone?: string): string {
  if (!date) return '–'
  const isCivil = /^\d{4}-\d{2}-\d{2}$/.test(date)
  const value = new Date(isCivil ? `${date}T00:00:00Z` : date)
  if (Number.isNaN(value.getTime())) return date
  const timeZone = isCivil ? 'UTC' : zone
  return kept(`day ${locale.id} ${timeZone}`, () => new Intl.DateTimeFormat(tag(), { day: 'numeric', month: 'short', year: 'numeric', timeZone })).format(value)
}

/** `Russian` for `ru`; a code that the browser has no name for stays a code. */
export function language(code: string): string {
  try {
    return kept(`language ${locale.id}`, () => new Intl.DisplayNames(tag(), { type: 'language' })).of(code) ?? code
  } catch {
    return code
  }
}
