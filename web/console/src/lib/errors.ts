import type { ApiError } from '../api/client'
import { type Key, t } from '../i18n/i18n.svelte'
import en from '../i18n/en.json'

/** What a refusal means, in the reader's language: by its code where we have words for it, by what kind it is otherwise. */
export function sayError(error: ApiError): string {
  const key = `error.${error.code}`
  if (error.status === 429) return sayWait(error.retryAfter)
  if (key in en) return t(key as Key, error.arguments)
  if (error.status === 0) return t('error.unreachable')
  if (error.status === 403) return t('error.forbidden')
  if (error.status === 404) return t('error.not_found')
  if (error.status >= 500) return t('error.server')
  return error.detail || error.message
}

/** How long to wait after too many attempts: in minutes where it is long, for nobody counts 900 seconds. */
export function sayWait(seconds: number): string {
  return t('error.throttled', { seconds, minutes: seconds > 90 ? Math.ceil(seconds / 60) : 0 })
}

/** Whether nobody knows if the call was carried out: asking again under the same key tells. */
export function isUnanswered(error: ApiError): boolean {
  return error.status === 0 || error.status >= 500
}
