// The mock's gifts: what there is of each in which store, and who ordered which.
const titles = { ham: ['A smoked ham', 'Копчёный окорок'], salami: ['A salami', 'Салями'], knife: ['A carving knife', 'Разделочный нож'], tour: ['A tour of the works', 'Экскурсия на завод'] }
const say = (lang, [en, ru]) => (lang === 'ru' ? ru : en)
const price = (id, clause, points, money = 0, levels = []) => ({ id, clause, unit: 'points', points, money, levels })
const gifts = [
  { id: 'ham', clause: '8.1', prices: [price('ham', '5.2', 250), price('ham_half', '5.3', 120, 900)], value: 2500, sku: '1001', partner: null, stocked: 'by_store', substitutes: ['salami'] },
  { id: 'salami', clause: '8.2', prices: [], value: 1200, sku: null, partner: null, stocked: 'by_store', substitutes: [] },
  { id: 'knife', clause: '8.3', prices: [price('knife', '5.4', 3500, 0, ['friend', 'family'])], value: 4000, sku: null, partner: null, stocked: 'in_all', substitutes: [] },
  { id: 'tour', clause: '8.4', prices: [price('tour', '5.5', 100)], value: null, sku: null, partner: null, stocked: 'always', substitutes: [] },
]
const stockOf = (state, store, gift) => ((state.giftStock ??= {})[`${gift}@${store}`] ??= { received: 0, written_off: 0, taken: 0 })
const leftOf = (stock) => stock.received - stock.written_off - stock.taken

export function catalogue(state, store, member, lang) {
  return {
    items: gifts.map((gift) => {
      const stock = gift.stocked === 'in_all' ? { received: 500, written_off: 0, taken: 0 } : gift.stocked === 'by_store' && store ? stockOf(state, store, gift.id) : undefined
      return {
        ...gift, title: say(lang, titles[gift.id]),
        prices: gift.prices.map((one) => ({ ...one, missing: member ? Math.max(0, one.points - member.available) : null, refusal: member && one.levels.length && !one.levels.includes(member.level) ? 'gift_level_not_reached' : null })),
        left: stock ? leftOf(stock) : null, received: stock?.received ?? null, written_off: stock?.written_off ?? null,
      }
    }),
  }
}

/** None: there are not so many. */
export function move(state, gift, { store, move: what, count }) {
  const stock = stockOf(state, store, gift)
  if (what === 'written_off' && leftOf(stock) < count) return undefined
  stock[what] += count
  return { gift, store, received: stock.received, written_off: stock.written_off, left: leftOf(stock) }
}

export const ordersOf = (member) => (member.gifts ??= [])

/** None: there is no more of it. */
export function order(state, member, id, body, isPresent) {
  const gift = gifts.find((one) => one.id === id)
  const paid = isPresent ? undefined : gift.prices.find((one) => one.id === body.price) ?? gift.prices[0]
  if (gift.stocked === 'by_store') {
    const stock = stockOf(state, body.store, id)
    if (leftOf(stock) < 1) return undefined
    stock.taken += 1
  }
  if (paid) member.available -= paid.points
  ordersOf(member).unshift({
    id: `gor_${String(ordersOf(member).length + 1).padStart(26, '0')}`, member: member.id, gift: id, count: body.count ?? 1, status: body.is_handed_over ? 'handed_over' : 'reserved', store: body.store ?? null,
    price: paid?.id ?? null, unit: paid?.unit ?? null, points: paid?.points ?? 0, money: paid?.money ?? 0, is_present: Boolean(isPresent), author: 'admin', note: body.note ?? null, ordered_at: '2026-12-02T10:00:00Z',
    held_until: body.is_handed_over ? null : '2026-12-15', ended_at: null, ended_by: null, reason: body.reason ?? null, substitute: null, receipt: body.receipt ?? null, is_damaged: false, offer: null, given_for: null, is_owed_back: false,
  })
  return ordersOf(member)[0]
}

/** For the feast: a salami to be fetched. */
export function promise(member, receipt, lines) {
  if (lines.reduce((sum, line) => sum + line.amount, 0) < 25_000) return []
  const id = `gor_${receipt.replace(/\W/g, '_')}`
  ordersOf(member).unshift({
    id, member: member.id, gift: 'salami', count: 1, status: 'promised', store: null, price: null, unit: null, points: 0, money: 0, is_present: true, author: '', note: null, ordered_at: '2026-12-02T10:00:00Z', held_until: null,
    ended_at: null, ended_by: null, reason: null, substitute: null, receipt: null, is_damaged: false, offer: 'for_the_feast', given_for: receipt, is_owed_back: false,
  })
  return [{ id, kind: 'gift', thing: 'salami', offer: 'for_the_feast', is_kept: false }]
}

export function withdraw(state, receipt) {
  const orders = state.members.flatMap((one) => ordersOf(one)).filter((one) => one.given_for === receipt)
  for (const one of orders) Object.assign(one, one.status === 'promised' ? { status: 'withdrawn' } : { is_owed_back: true })
  return orders.map((one) => ({ id: one.id, kind: 'gift', thing: one.gift, offer: one.offer, is_kept: one.is_owed_back }))
}

/** None: the substitute is not there. */
export function end(state, member, id, how, body) {
  const one = ordersOf(member).find((each) => each.id === id)
  if (one.status === 'promised') {
    one.store = body.store
    if (leftOf(stockOf(state, one.store, one.gift)) < 1) return undefined
    stockOf(state, one.store, one.gift).taken += 1
  }
  const isCounted = gifts.find((each) => each.id === one.gift).stocked === 'by_store'
  if (body.substitute) {
    const stock = stockOf(state, one.store, body.substitute)
    if (leftOf(stock) < 1) return undefined
    stock.taken += 1
  }
  if (isCounted && (body.substitute || how === 'cancel' || (how === 'take-back' && !body.is_damaged))) stockOf(state, one.store, one.substitute ?? one.gift).taken -= 1
  if (how !== 'hand-over') member.available += one.points
  return Object.assign(one, {
    status: { 'hand-over': 'handed_over', cancel: 'cancelled', 'take-back': 'taken_back' }[how], substitute: body.substitute ?? one.substitute, reason: body.reason ?? one.reason, is_damaged: Boolean(body.is_damaged),
    ended_at: '2026-12-02T11:00:00Z', ended_by: 'admin',
  })
}
