export const basketPrefix = 'suki.basket.'

/** When somebody signs out, nothing of customers stays behind. */
export function forgetBaskets() {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(basketPrefix)) sessionStorage.removeItem(key)
  } catch {
    // Without storage there is nothing to forget.
  }
}
