// The mock's memberships: one for a fee with a trial, one free; and what was asked to be paid.
const say = (lang, [en, ru]) => (lang === 'ru' ? ru : en)
const plans = [
  { id: 'grill_season', clause: '10.1', fee: 1000, months: 1, days: 0, can_pause: true, people: 0, benefits: ['preorder'], title: ['Grill season', 'Сезон гриля'], says: ['10.00 BYN every month. The first 14 days are free, once for each member.', '10,00 BYN каждый месяц. Сначала бесплатно: 14 дней.'] },
  { id: 'friends', clause: '10.2', fee: 0, months: 0, days: 0, can_pause: false, people: 0, benefits: [], title: ['Friends of the works', 'Друзья завода'], says: ['It is free.', 'Бесплатно.'] },
]
const statuses = ['awaiting_payment', 'trial', 'active', 'grace', 'paused', 'lapsed', 'ended']
export const offered = (lang) => plans.map((plan) => ({ ...plan, title: say(lang, plan.title), says: say(lang, plan.says) }))
export const of = (member) => (member.memberships ??= [])
export const requestsOf = (member) => (member.requests ??= [])

export const counted = (state, lang) => ({
  items: offered(lang).map((plan) => ({
    ...plan,
    counts: Object.fromEntries(statuses.map((status) => [status, state.members.flatMap(of).filter((one) => one.membership === plan.id && one.status === status).length])),
  })),
})

const note = (one, what, reason) => one.history.push({ at: '2026-12-02T10:00:00Z', what, by: 'admin', reason: reason ?? null })

/** None: the member has it. */
export function join(member, { membership, reason }) {
  if (of(member).some((one) => one.membership === membership && one.status !== 'ended')) return undefined
  const isFree = plans.find((plan) => plan.id === membership).fee === 0
  const one = {
    id: `mbs_${String(of(member).length + 1).padStart(26, '0')}`, member: member.id, membership, status: isFree ? 'active' : 'trial', joined_on: '2026-12-02', paid_until: isFree ? null : '2026-12-16', ends_on: null, lapses_on: null,
    paused_until: null, days_kept: 0, request: null, periods: isFree ? [] : [{ from: '2026-12-02', until: '2026-12-16', request: null }], history: [], author: 'admin',
  }
  note(one, one.status, reason)
  of(member).unshift(one)
  if (!isFree) {
    one.request = `pay_${String(requestsOf(member).length + 1).padStart(26, '0')}`
    requestsOf(member).unshift({
      id: one.request, member: member.id, membership: one.id, plan: membership, status: 'asked', from: '2026-12-16', until: '2027-01-16', amount: 1000, currency: 'BYN', due_on: '2026-12-16', asked_at: '2026-12-02T10:00:00Z',
      refund: 0, settled_at: null, reference: null, reported_by: null,
    })
  }
  return one
}

export function change(member, id, how, { reason }) {
  const one = of(member).find((each) => each.id === id)
  if (how === 'pause') Object.assign(one, { status: 'paused', paused_until: '2027-01-31', days_kept: 14 })
  if (how === 'resume') Object.assign(one, { status: 'active', paused_until: null, days_kept: 0 })
  if (how === 'keep') one.ends_on = null
  if (how === 'end') Object.assign(one, one.paid_until ? { ends_on: one.paid_until } : { status: 'ended' })
  note(one, { pause: 'paused', resume: 'active', keep: 'kept', end: one.status === 'ended' ? 'ended' : 'ending' }[how], reason)
  return one
}

export function report(member, id, { result, reference }) {
  const request = requestsOf(member).find((each) => each.id === id)
  const one = of(member).find((each) => each.id === request.membership)
  if (result === 'paid') Object.assign(one, { status: 'active', paid_until: request.until, request: null, periods: [...one.periods, { from: request.from, until: request.until, request: id }] })
  return Object.assign(request, { status: result, reference: reference ?? null, reported_by: 'admin', settled_at: '2026-12-02T11:00:00Z' })
}
