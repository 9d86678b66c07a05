export interface Notice {
  id: number
  text: string
  kind: 'good' | 'bad'
  action?: { label: string; run: () => void }
}

const state = $state<{ list: Notice[] }>({ list: [] })
let count = 0

/** The newest of what went well make room for the next: nobody reads a column of them. */
const most = 4
function room(list: Notice[]): Notice[] {
  const oldest = list.length >= most ? list.find((one) => one.kind === 'good') : undefined
  return oldest ? list.filter((one) => one !== oldest) : list
}

export const notices = {
  get list() {
    return state.list
  },
  add(text: string, kind: Notice['kind'] = 'good', action?: Notice['action']): number {
    const id = ++count
    state.list = [...room(state.list), { id, text, kind, action }]
    // What can be acted on stays longer; nothing that went wrong vanishes by itself.
    if (kind === 'good') setTimeout(() => notices.drop(id), action ? 12_000 : 6_000)
    return id
  },
  drop(id: number) {
    state.list = state.list.filter((notice) => notice.id !== id)
  },
}
