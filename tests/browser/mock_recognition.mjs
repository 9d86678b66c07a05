// The mock's recognition among colleagues: one kind, with an allowance of a hundred.
const says = { en: 'A member may give colleagues 100 points in the calendar month, at most 50 points at once.', ru: 'Участник может дать коллегам за календарный месяц не больше: 100 баллов; за один раз: 50 баллов.' }
const givenOf = (state) => (state.recognitions ??= [])

export function view(state, member, lang) {
  const given = givenOf(state).filter((one) => one.from === member.id)
  const left = 100 - given.filter((one) => one.status === 'given').reduce((sum, one) => sum + one.points, 0)
  const kind = { id: 'thanks', title: lang === 'ru' ? 'Спасибо' : 'Thank you', clause: '14.1', says: says[lang] ?? says.en, unit: 'points', at_most: 50, left, reasons: ['helpful', 'brave'], message: 'required' }
  return { given, received: givenOf(state).filter((one) => one.member === member.id), kinds: [kind] }
}

export function milestones(lang) {
  const title = lang === 'ru' ? 'Год с нами' : 'A year with us'
  const says = lang === 'ru' ? '1 год с вступления: 500 баллов.' : '1 year after joining: 500 points.'
  return { given: [], to_come: [{ milestone: 'first_year', title, says, day: '2027-03-01', unit: 'points', points: 500, clause: '15.1' }] }
}

/** None: the allowance is used. */
export function give(state, member, body, now) {
  if (view(state, member).kinds[0].left < body.points) return undefined
  const one = { id: `thx_${String(givenOf(state).length + 1).padStart(26, '0')}`, kind: body.kind, member: body.to, from: member.id, status: 'given', unit: 'points', points: body.points, reason: body.reason ?? null, message: body.message ?? null, clause: '14.1', author: 'Olga', given_at: now, ended_at: null, ended_by: null, ended_because: null, taken_back: 0 }
  givenOf(state).unshift(one)
  return one
}

export function withdraw(state, id, reason, now) {
  const one = givenOf(state).find((other) => other.id === id)
  return Object.assign(one, { status: 'withdrawn', ended_at: now, ended_by: 'Olga', ended_because: reason, taken_back: one.points })
}
