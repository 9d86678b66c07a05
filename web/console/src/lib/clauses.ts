/** Clauses in the order of the rules: 4.2 before 4.10. */
export function byClause(a: string, b: string): number {
  const left = a.split('.').map(Number)
  const right = b.split('.').map(Number)
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1)
    if (difference) return difference
  }
  return 0
}

/** An offer's title; where the document gives none the API says its id, which is then written as words. */
export function nameOfOffer(title: string, id: string): string {
  if (title !== id) return title
  const words = id.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
