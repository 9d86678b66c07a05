import { api, type Product } from '../api/calls'
import { locale } from '../i18n/i18n.svelte'

/** What goods are called, asked once a sku; a sku that the catalogue does not know is no error. */
const asked = new Map<string, Promise<Product | undefined>>()

export function productOf(sku: string): Promise<Product | undefined> {
  let answer = asked.get(sku)
  if (!answer) {
    answer = api.product(sku).catch(() => undefined)
    asked.set(sku, answer)
  }
  return answer
}

export function forgetCatalogue() {
  asked.clear()
}

/** One text, or one per language: the reader's, else English, else any. */
export function inLanguage(text: Product['title'] | undefined): string {
  if (!text) return ''
  return typeof text === 'string' ? text : (text[locale.id] ?? text.en ?? Object.values(text)[0] ?? '')
}
