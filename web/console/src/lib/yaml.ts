/** One line of a document cut into pieces for colouring. Only looks: nothing is understood here. */
export interface Token {
  kind: 'plain' | 'key' | 'comment' | 'string' | 'number' | 'mark'
  text: string
}

const pattern = /(#.*$)|("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|([\p{L}_][\p{L}\p{N}_./-]*)(?=\s*:(?:\s|$))|(\b\d[\d_.,:%/-]*\b%?)|([{}[\],:]|^\s*-(?=\s))/gu

export function tokens(line: string): Token[] {
  const found: Token[] = []
  let at = 0
  for (const match of line.matchAll(pattern)) {
    // A # inside a word is no comment.
    if (match[1] && match.index > 0 && !/\s/.test(line[match.index - 1] ?? ' ')) continue
    if (match.index > at) found.push({ kind: 'plain', text: line.slice(at, match.index) })
    const kind = match[1] ? 'comment' : match[2] ? 'string' : match[3] ? 'key' : match[4] ? 'number' : 'mark'
    found.push({ kind, text: match[0] })
    at = match.index + match[0].length
    if (match[1]) break
  }
  if (at < line.length) found.push({ kind: 'plain', text: line.slice(at) })
  return found
}
