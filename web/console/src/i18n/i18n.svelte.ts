import en from './en.json'
import { format } from './message.js'
import ru from './ru.json'

export type Key = keyof typeof en
export type Args = Record<string, string | number>

const catalogues: Record<string, Record<string, string>> = { en, ru }
export const locales = [
  { id: 'en', name: 'English' },
  { id: 'ru', name: 'Русский' },
] as const

const storageKey = 'suki.locale'

function first(): string {
  const kept = remembered()
  if (kept && kept in catalogues) return kept
  for (const wanted of navigator.languages ?? []) {
    const base = wanted.toLowerCase().split('-')[0] ?? ''
    if (base in catalogues) return base
    if (base === 'be' || base === 'kk' || base === 'uk') return 'ru'
  }
  return 'en'
}

// Storage may be forbidden by the browser; the choice then lasts as long as the page.
function remembered(): string | null {
  try {
    return localStorage.getItem(storageKey)
  } catch {
    return null
  }
}

const state = $state({ id: first() })

export const locale = {
  get id() {
    return state.id
  },
  set id(id: string) {
    state.id = id
    try {
      localStorage.setItem(storageKey, id)
    } catch {
      // See `remembered`.
    }
  },
}

export function t(key: Key, args?: Args): string {
  return format(state.id, catalogues[state.id]?.[key] ?? en[key], args)
}

/** Words for a name that the API may extend: the catalogue's, or the name itself in readable form. */
export function named(prefix: string, name: string): string {
  const key = `${prefix}.${name}`
  const words = catalogues[state.id]?.[key]
  return words ? format(state.id, words) : name.replaceAll('_', ' ')
}
