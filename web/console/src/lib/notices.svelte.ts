export interface Notice {
  id: number
  text: string
  kind: 'good' | 'bad'
  action?: { label: string; run: () => void }
}

const state = $state<{ list: Notice[] }>({ list: [] })
let count = 0

export const notices = {
  get list() {
    return state.list
  },
  add(text: string, kind: Notice['kind'] = 'good', action?: Notice['action']): number {
    const id = ++count
    state.list = [...state.list, { id, text, kind, action }]
    // What can be acted on stays longer; nothing that went wrong vanishes by itself.
    if (kind === 'good') setTimeout(() => notices.drop(id), action ? 12_000 : 6_000)
    return id
  },
  drop(id: number) {
    state.list = state.list.filter((notice) => notice.id !== id)
  },
}
