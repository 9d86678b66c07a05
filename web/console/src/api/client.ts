import { locale } from '../i18n/i18n.svelte'

/** A refusal (RFC 9457 problem) or a failure to reach the server (`status` 0). `code` is stable and is what words are chosen by. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly pointer: string
  readonly retryAfter: number
  readonly body: Record<string, unknown>
  /** Figures that go with the code. */
  readonly arguments: Record<string, string>

  constructor(status: number, body: Record<string, unknown>, retryAfter = 0) {
    super(text(body.title) || text(body.code) || `HTTP ${status}`)
    this.status = status
    this.code = text(body.code)
    this.detail = text(body.detail)
    this.pointer = text(body.pointer)
    this.retryAfter = retryAfter
    this.body = body
    this.arguments = (body.arguments ?? {}) as Record<string, string>
  }

  static from(cause: unknown): ApiError {
    if (cause instanceof ApiError) return cause
    return new ApiError(0, { code: 'unreachable', detail: cause instanceof Error ? cause.message : '' })
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Unique enough for an Idempotency-Key; `crypto.randomUUID` exists only on https and localhost, this everywhere. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

let csrfToken = ''
let onSignedOut: () => void = () => {}

export function setCsrfToken(token: string) {
  csrfToken = token
}

export function whenSignedOut(handler: () => void) {
  onSignedOut = handler
}

/** Gets a new token; false when the call can't be tried again. */
let onTokenIsOld: () => Promise<boolean> = async () => false

export function whenTokenIsOld(handler: () => Promise<boolean>) {
  onTokenIsOld = handler
}

export type Query = Record<string, string | number | boolean | null | undefined>

interface Options {
  query?: Query
  body?: unknown
  signal?: AbortSignal
  /** One key for all tries of the same deed (see `newKey`), so that a repeat after a lost answer changes nothing. */
  idempotencyKey?: string
  ifMatch?: string
  /** Signing in answers 401 itself. */
  is401Expected?: boolean
}

export interface Answer<T> {
  value: T
  etag: string | null
}

const patience = { tries: 4, seconds: 5 }

/** A call that is refused before anything is done is made again: with a new token, or a moment later where too much was asked at once. */
export async function request<T>(method: string, path: string, options: Options = {}): Promise<Answer<T>> {
  let hasNewToken = false
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask<T>(method, path, options)
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause
      const isTooMuch = cause.code === 'too_many_requests' && cause.retryAfter > 0 && cause.retryAfter <= patience.seconds
      if (cause.code === 'csrf_token_invalid' && !hasNewToken && (await onTokenIsOld())) hasNewToken = true
      else if (isTooMuch && attempt < patience.tries) await pause(cause.retryAfter * 1000, options.signal)
      else throw cause
    }
  }
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    // The call that follows fails as one that was called off does.
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

async function ask<T>(method: string, path: string, options: Options): Promise<Answer<T>> {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value))
  }
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': locale.id }
  let body: string | undefined
  if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json'
    body = JSON.stringify(options.body)
  }
  if (method !== 'GET') {
    if (csrfToken) headers['X-CSRF-Token'] = csrfToken
    if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey
  }
  if (options.ifMatch) headers['If-Match'] = options.ifMatch

  let response: Response
  try {
    response = await fetch(`${path}${search.size ? `?${search}` : ''}`, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body }),
      ...(options.signal ? { signal: options.signal } : {}),
    })
  } catch (cause) {
    throw ApiError.from(cause)
  }
  const content = await response.text()
  let value: unknown
  if (content && (response.headers.get('Content-Type') ?? '').includes('json')) {
    try {
      value = JSON.parse(content)
    } catch {
      throw new ApiError(response.status, { code: 'unreadable_answer' })
    }
  } else value = content
  if (!response.ok) {
    const problem = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
    if (response.status === 401 && !options.is401Expected) onSignedOut()
    throw new ApiError(response.status, problem, Number(response.headers.get('Retry-After')) || 0)
  }
  return { value: value as T, etag: response.headers.get('ETag') }
}
