/** Whole minor units and the decimals that people read and write. Done on the digits, so that it is exact. */

/** `1240` with 2 decimals is `12.40`. */
export function decimal(minor: number, digits: number): string {
  const text = String(Math.abs(minor)).padStart(digits + 1, '0')
  const sign = minor < 0 ? '-' : ''
  return digits ? `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}` : sign + text
}

/** `12.4`, `12,40`, `1 200` or `1,234.56` as minor units; nothing when it is no such number or is finer than `digits` decimals. */
export function parseDecimal(text: string, digits: number): number | undefined {
  let plain = text.replaceAll(/[\s\u00a0\u202f]/g, '')
  // Where both stand, the comma parts thousands; alone it may as well be the decimal one.
  if (/^-?\d{1,3}(,\d{3})+\.\d*$/.test(plain)) plain = plain.replaceAll(',', '')
  const match = /^(-?)(\d{1,15})(?:[.,](\d*))?$/.exec(plain)
  if (!match) return undefined
  const fraction = (match[3] ?? '').replace(/0+$/, '')
  if (fraction.length > digits) return undefined
  const minor = Number(`${match[2]}${fraction.padEnd(digits, '0')}`)
  if (!Number.isSafeInteger(minor)) return undefined
  return match[1] && minor ? -minor : minor
}
