import { tick } from 'svelte'

/**
 * Addresses live behind the hash (`#/members/mem_1?after=…`), so the server needs to know only one page and any mount point works.
 * A move puts the focus on the new page's heading, so that screen readers say where one is and Tab goes on from there.
 */
interface Place {
  path: string[]
  query: URLSearchParams
}

function read(): Place {
  const hash = location.hash.startsWith('#/') ? location.hash.slice(2) : ''
  const [path = '', query = ''] = hash.split('?')
  return { path: path.split('/').filter(Boolean).map(decode), query: new URLSearchParams(query) }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

const state = $state<{ place: Place }>({ place: read() })

export const route = {
  get path() {
    return state.place.path
  },
  get query() {
    return state.place.query
  },
}

window.addEventListener('hashchange', async () => {
  if (location.hash && !location.hash.startsWith('#/')) return
  const before = state.place.path.join('/')
  state.place = read()
  if (state.place.path.join('/') === before) return
  await tick()
  window.scrollTo(0, 0)
  focusHeading()
})

export function focusHeading() {
  const heading = document.querySelector<HTMLElement>('main h1') ?? document.querySelector<HTMLElement>('main')
  if (!heading) return
  heading.tabIndex = -1
  heading.focus({ preventScroll: true })
}

export function href(path: string[], query?: Record<string, string | undefined>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) if (value) search.set(name, value)
  const tail = search.size ? `?${search}` : ''
  return `#/${path.map(encodeURIComponent).join('/')}${tail}`
}

export function go(path: string[], query?: Record<string, string | undefined>) {
  location.hash = href(path, query)
}

/** Changes the query without a new step in the history. */
export function replaceQuery(query: Record<string, string | undefined>) {
  history.replaceState(null, '', href(state.place.path, query))
  state.place = read()
}
