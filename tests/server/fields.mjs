/** Every field of `wanted` must be in `got`; lists are compared element by element as far as `wanted` goes. `{name}` takes any text, and keeps it. */
export function holds(wanted, got, kept = {}) {
  if (typeof wanted === 'string' && /^\{\w+\}$/.test(wanted)) { kept[wanted.slice(1, -1)] ??= got; return typeof got === 'string'; }
  if (Array.isArray(wanted)) return Array.isArray(got) && (wanted.length > 0 || got.length === 0) && wanted.every((w, i) => holds(w, got[i], kept));
  if (wanted && typeof wanted === 'object') return got && typeof got === 'object' && Object.entries(wanted).every(([k, v]) => holds(v, got[k], kept));
  return wanted === got;
}
