import { money, number, when } from './format'

/** What was stated or decided, in the measure that the kind of discrepancy is about. */
export function figureOf(kind: string, value: number, currency: string, zone: string | undefined): string {
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
    case 'points_cut':
      // Only what was given is known: what the offers came to may be too large for any number.
      return value === 0 ? '–' : number(value)
    case 'clock_ahead':
    case 'return_before_purchase':
      // Microseconds since 1970.
      return when(new Date(value / 1000).toISOString(), zone)
    default:
      return '–'
  }
}
