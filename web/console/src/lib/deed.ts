import { newKey } from '../api/client'

/**
 * The Idempotency-Key of what somebody means to do: the same one for as long as the same is asked for, so that a retry after a lost answer
 * does nothing twice, however the form was left and filled in again between.
 */
export class Deed {
  #asked = ''
  #key = ''

  keyFor(...asked: unknown[]): string {
    const text = JSON.stringify(asked)
    if (text !== this.#asked) {
      this.#asked = text
      this.#key = newKey()
    }
    return this.#key
  }

  /** It was answered: asking for the same once more is another deed. */
  done() {
    this.#asked = ''
  }
}
