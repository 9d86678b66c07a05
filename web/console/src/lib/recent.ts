import { receiptsPrefix } from './forget'

/** Receipts that were opened in this tab, the latest first. Session storage: nothing of customers stays on the machine. */
export function recentReceipts(programme: string): string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(receiptsPrefix + programme) ?? '[]')
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string') : []
  } catch {
    return []
  }
}

export function rememberReceipt(programme: string, id: string) {
  try {
    const list = [id, ...recentReceipts(programme).filter((one) => one !== id)].slice(0, 8)
    sessionStorage.setItem(receiptsPrefix + programme, JSON.stringify(list))
  } catch {
    // Without storage there is no list.
  }
}
