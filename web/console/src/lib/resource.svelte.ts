import { ApiError } from '../api/client'

/**
 * What a page loads: value, failure or neither yet. Loads again whenever something that `load` reads before its first await
 * changes; an answer that was overtaken is dropped. Call it while a component is being set up.
 */
export class Resource<T> {
  value = $state.raw<T>()
  failure = $state.raw<ApiError>()
  isLoading = $state(true)
  #turn = 0
  #again = $state(0)

  constructor(load: (signal: AbortSignal) => Promise<T> | undefined) {
    $effect(() => {
      void this.#again
      const turn = ++this.#turn
      const abort = new AbortController()
      const promise = load(abort.signal)
      if (!promise) {
        this.value = undefined
        this.failure = undefined
        this.isLoading = false
        return
      }
      this.isLoading = true
      this.failure = undefined
      promise.then(
        (value) => {
          if (turn !== this.#turn) return
          this.value = value
          this.isLoading = false
        },
        (cause: unknown) => {
          if (turn !== this.#turn || abort.signal.aborted) return
          this.failure = ApiError.from(cause)
          this.value = undefined
          this.isLoading = false
        },
      )
      return () => abort.abort()
    })
  }

  reload() {
    this.#again += 1
  }
}

/** A list that is read page by page with an opaque cursor. */
export class Paged<T> {
  items = $state.raw<T[]>([])
  failure = $state.raw<ApiError>()
  isLoading = $state(true)
  next = $state<string>()
  #turn = 0
  #again = $state(0)
  #load: (cursor: string | undefined, signal: AbortSignal) => Promise<{ items: T[]; next?: string | null }> | undefined

  constructor(load: (cursor: string | undefined, signal: AbortSignal) => Promise<{ items: T[]; next?: string | null }> | undefined) {
    this.#load = load
    $effect(() => {
      void this.#again
      const turn = ++this.#turn
      const abort = new AbortController()
      const promise = load(undefined, abort.signal)
      if (!promise) {
        this.items = []
        this.next = undefined
        this.failure = undefined
        this.isLoading = false
        return
      }
      this.isLoading = true
      this.failure = undefined
      promise.then(
        (page) => {
          if (turn !== this.#turn) return
          this.items = page.items
          this.next = page.next ?? undefined
          this.isLoading = false
        },
        (cause: unknown) => {
          if (turn !== this.#turn || abort.signal.aborted) return
          this.failure = ApiError.from(cause)
          this.items = []
          this.isLoading = false
        },
      )
      return () => abort.abort()
    })
  }

  async more() {
    if (!this.next || this.isLoading) return
    const turn = this.#turn
    this.isLoading = true
    try {
      const page = await this.#load(this.next, new AbortController().signal)
      if (turn !== this.#turn || !page) return
      this.items = [...this.items, ...page.items]
      this.next = page.next ?? undefined
    } catch (cause) {
      if (turn === this.#turn) this.failure = ApiError.from(cause)
    } finally {
      if (turn === this.#turn) this.isLoading = false
    }
  }

  reload() {
    this.#again += 1
  }
}
