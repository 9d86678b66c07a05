import { ApiError } from '../api/client'
import { Deed } from './deed'
import { sayError } from './errors'
import { notices } from './notices.svelte'

/** What a card does to somebody, by a button or in a dialog: one thing at a time, once, told when it is done and when it fails. */
export class Doing {
  isOpen = $state(false)
  isBusy = $state(false)
  failure = $state.raw<ApiError>()
  readonly #deed = new Deed()
  readonly #after: () => void

  /** `after`: shows what there is then. */
  constructor(after: () => void) {
    this.#after = after
  }

  /** The dialog, without what failed in it before. */
  open() {
    this.failure = undefined
    this.isOpen = true
  }

  keyFor(...asked: unknown[]): string {
    return this.#deed.keyFor(...asked)
  }

  /** Closes the dialog where it is done; what failed is said in it, or where none is open as a notice. */
  async run<T>(said: string | ((answer: T) => string), what: () => Promise<T>): Promise<void> {
    if (this.isBusy) return
    this.isBusy = true
    this.failure = undefined
    try {
      const answer = await what()
      this.#deed.done()
      this.isOpen = false
      notices.add(typeof said === 'string' ? said : said(answer), 'good')
      this.#after()
    } catch (cause) {
      this.failure = ApiError.from(cause)
      if (!this.isOpen) notices.add(sayError(this.failure), 'bad')
    } finally {
      this.isBusy = false
    }
  }
}
