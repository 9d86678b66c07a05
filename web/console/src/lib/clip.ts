/** The beginning of `text` that has at most `bytes` bytes of UTF-8, cut between characters: the API counts bytes. */
export function clip(text: string, bytes: number): string {
  const encoder = new TextEncoder()
  if (encoder.encode(text).length <= bytes) return text
  let kept = ''
  let size = 0
  for (const character of text) {
    size += encoder.encode(character).length
    if (size > bytes) break
    kept += character
  }
  return kept
}
