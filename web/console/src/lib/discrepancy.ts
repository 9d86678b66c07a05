import type { DiscrepancyNote } from '../api/calls'
import { money, when } from './format'
import { named } from '../i18n/i18n.svelte'
import { session } from './session.svelte'

/** What was stated or decided, in the measure that the kind of discrepancy is about. */
export function figureOf({ kind, what }: Pick<DiscrepancyNote, 'kind' | 'what'>, value: number, currency: string): string {
  switch (kind) {
    case 'charged_differs':
    case 'refund_differs':
      return money(value, currency)
    case 'points_uncovered':
    case 'points_below_minimum':
    case 'points_not_whole_steps':
    case 'points_above_share':
    case 'household_owner_pays':
      // `what` is the unit.
      return session.points(value, what ?? '')
    case 'return_without_receipt':
      return what ? session.points(value, what) : '–'
    case 'many_friends':
      return String(value)
    case 'points_cut':
      // Only what was given is known: what the offers came to may be too large for any number.
      return value === 0 ? '–' : session.points(value, what ?? '')
    case 'clock_ahead':
    case 'return_before_purchase':
      // Microseconds since 1970.
      return when(new Date(value / 1000).toISOString(), session.programme?.zone)
    default:
      return '–'
  }
}

/** In a sentence, what is behind it. */
export function why({ kind, what }: Pick<DiscrepancyNote, 'kind' | 'what'>): string {
  return kind === 'quote_not_honoured' && what ? named('discrepancy.why.quote_not_honoured', what) : named('discrepancy.why', kind)
}
