import { t } from '../i18n/i18n.svelte'
import { money, number } from './format'

/** What was stated or decided, in the measure that the kind of discrepancy is about. */
export function figureOf(kind: string, value: number, currency: string): string {
  switch (kind) {
    case 'charged_differs':
    case 'refund_differs':
    case 'quote_not_honoured':
      return money(value, currency)
    case 'points_uncovered':
    case 'points_below_minimum':
    case 'points_not_whole_steps':
    case 'points_above_share':
      return number(value)
    case 'clock_ahead':
    case 'return_before_purchase':
      // Microseconds; as an instant or as a stretch of time the API's own words are the clearer ones on the receipt.
      return Math.abs(value) > 1e14 ? new Date(value / 1000).toISOString().slice(0, 16).replace('T', ' ') : t('minutes', { n: Math.round(value / 6e7) })
    default:
      return '–'
  }
}
