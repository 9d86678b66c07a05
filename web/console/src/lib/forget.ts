export const basketPrefix = 'suki.basket.'
export const receiptsPrefix = 'suki.receipts.'

/** When somebody signs out, nothing of customers stays behind. (A draft of a programme does: it is work, and holds nobody.) */
export function forgetCustomers() {
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(basketPrefix) || key.startsWith(receiptsPrefix)) sessionStorage.removeItem(key)
    }
  } catch {
    // Without storage there is nothing to forget.
  }
}
