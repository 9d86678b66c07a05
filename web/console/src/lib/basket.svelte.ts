import { basketPrefix } from './forget'
import { session } from './session.svelte'

export type Unit = 'piece' | 'kg' | 'l' | 'm'
export const units: Unit[] = ['piece', 'kg', 'l', 'm']

export interface Row {
  key: number
  sku: string
  category: string
  /** The category that the catalogue filled in for the sku: goes with it, unlike one that somebody wrote. */
  filled: string
  quantity: string
  unit: Unit
  amount: string
}
interface Kept {
  rows: Row[]
  store: string
  at: string
  member: string
  pay: string
}

let count = 0
function blank(): Row {
  return { key: ++count, sku: '', category: '', filled: '', quantity: '1', unit: 'piece', amount: '' }
}

/** What is typed into the basket. It is kept in this tab for its writer: over a look elsewhere, a reload, and a session that ended. */
export class BasketForm {
  rows = $state<Row[]>([blank()])
  store = $state('')
  /** Date and time on the clocks of the programme; empty: now. */
  at = $state('')
  member = $state('')
  pay = $state('')
  #key: string

  constructor(programme: string) {
    this.#key = `${basketPrefix}${session.user ?? ''}.${programme}`
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.#key) ?? 'null') as Kept | null
      if (!kept?.rows.length) return
      this.rows = kept.rows.map((row) => ({ ...row, key: ++count }))
      this.store = kept.store
      this.at = kept.at
      this.member = kept.member
      this.pay = kept.pay
    } catch {
      // Without storage, or with something else in it, one begins anew.
    }
  }

  /** All that was typed, as one text: equal when nothing was changed. */
  get text(): string {
    const rows = this.rows.map(({ sku, category, filled, quantity, unit, amount }) => ({ sku, category, filled, quantity, unit, amount }))
    return JSON.stringify({ rows, store: this.store, at: this.at, member: this.member, pay: this.pay })
  }

  get isTouched(): boolean {
    const first = this.rows[0]
    return Boolean(this.rows.length > 1 || first?.sku || first?.category || first?.amount || this.store || this.at || this.member || this.pay)
  }

  keep() {
    try {
      sessionStorage.setItem(this.#key, this.text)
    } catch {
      // It then lasts as long as the page.
    }
  }

  add() {
    this.rows.push(blank())
  }
  remove(index: number) {
    this.rows.splice(index, 1)
    if (!this.rows.length) this.add()
  }
  clear() {
    this.rows = [blank()]
    this.store = this.at = this.member = this.pay = ''
  }
}
