// Members who bring friends, as the interface tells of them: kept with each member of the mock.
const kept = new Map()
const of_ = (member) => kept.get(member.id) ?? kept.set(member.id, { code: null, brought_by: null }).get(member.id)

export const of = (member) => ({
  member: member.id, is_offered: true, ...of_(member), items: [], counts: { waiting: 0, rewarded: 0, limited: 0, taken_back: 0, ended: 0 },
})

export function code(member) {
  of_(member).code ??= 'K7M2QXRP'
  return { member: member.id, code: of_(member).code, made_at: '2026-03-02T09:00:00Z' }
}

export function name(member, { referred_by: by, reason }) {
  return (of_(member).brought_by = {
    id: 'rfl_00000000000000000000000001', member: member.id, by: by.startsWith('mem_') ? by : 'mem_00000000000000000000000001', status: 'waiting',
    since: '2026-03-02', made_at: '2026-03-02T09:00:00Z', author: 'console', reason, gifts: [],
  })
}
