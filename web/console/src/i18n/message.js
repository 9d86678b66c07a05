/**
 * A subset of ICU messages: `{name}`, `{n, plural, =0 {…} one {# …} other {…}}`, `{kind, select, a {…} other {…}}`, nested, `#` for the number,
 * and '' for an apostrophe-free world: apostrophes are literal. Plain JavaScript so that the tests run it as it is.
 */

/** @typedef {string | {arg: string, kind: 'value'} | {arg: string, kind: 'plural' | 'select', cases: Record<string, Part[]>} | {kind: 'number'}} Part */

/** @type {Map<string, Part[]>} */
const parsed = new Map()

/**
 * @param {string} pattern
 * @returns {Part[]}
 */
export function parse(pattern) {
  const known = parsed.get(pattern)
  if (known) return known
  let at = 0

  /** @param {boolean} inPlural @param {boolean} nested @returns {Part[]} */
  function parts(inPlural, nested) {
    /** @type {Part[]} */
    const found = []
    let text = ''
    const flush = () => {
      if (text) found.push(text)
      text = ''
    }
    while (at < pattern.length) {
      const c = pattern[at]
      if (c === '}') {
        if (!nested) throw new Error(`unexpected } in: ${pattern}`)
        break
      }
      at += 1
      if (c === '{') {
        flush()
        found.push(argument())
      } else if (c === '#' && inPlural) {
        flush()
        found.push({ kind: 'number' })
      } else {
        text += c
      }
    }
    flush()
    return found
  }

  /** @param {RegExp} what @returns {string} */
  function take(what) {
    const match = what.exec(pattern.slice(at))
    if (!match) throw new Error(`bad message at ${at}: ${pattern}`)
    at += match[0].length
    return match[1] ?? ''
  }

  /** @returns {Part} */
  function argument() {
    const arg = take(/^\s*(\w+)\s*/)
    if (pattern[at] === '}') {
      at += 1
      return { arg, kind: 'value' }
    }
    const kind = take(/^,\s*(plural|select)\s*,\s*/)
    /** @type {Record<string, Part[]>} */
    const cases = {}
    while (pattern[at] !== '}') {
      const name = take(/^(=\d+|\w+)\s*\{/)
      cases[name] = parts(kind === 'plural', true)
      take(/^(\})\s*/)
    }
    at += 1
    if (!cases.other) throw new Error(`no case other in: ${pattern}`)
    return { arg, kind: kind === 'plural' ? 'plural' : 'select', cases }
  }

  const result = parts(false, false)
  parsed.set(pattern, result)
  return result
}

/**
 * Says `pattern` in `locale`. A missing argument is shown by its name, never thrown: words must not break a page.
 * @param {string} locale
 * @param {string} pattern
 * @param {Record<string, string | number>} [args]
 * @returns {string}
 */
export function format(locale, pattern, args = {}) {
  /** @param {Part[]} parts @param {number | undefined} number @returns {string} */
  function say(parts, number) {
    let text = ''
    for (const part of parts) {
      if (typeof part === 'string') text += part
      else if (part.kind === 'number') text += new Intl.NumberFormat(locale).format(number ?? 0)
      else if (part.kind === 'value') {
        const value = args[part.arg]
        text += typeof value === 'number' ? new Intl.NumberFormat(locale).format(value) : (value ?? part.arg)
      } else if (part.kind === 'plural') {
        const value = Number(args[part.arg] ?? 0)
        const chosen = part.cases[`=${value}`] ?? part.cases[new Intl.PluralRules(locale).select(value)] ?? part.cases.other
        text += say(chosen ?? [], value)
      } else {
        const chosen = part.cases[String(args[part.arg])] ?? part.cases.other
        text += say(chosen ?? [], number)
      }
    }
    return text
  }
  return say(parse(pattern), undefined)
}
