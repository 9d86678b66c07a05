// The mock's occasions: who has a seat, who waits, who came.
const listOf = (state) => (state.occasions ??= [])
const seatsOf = (state) => (state.seats ??= [])
const nameIn = (title, lang) => (typeof title === 'string' ? title : title[lang] ?? title.en ?? Object.values(title)[0])
const isLive = (seat) => ['booked', 'waiting', 'came'].includes(seat.status)
const lineOf = (state, id) => seatsOf(state).filter((seat) => seat.occasion === id && seat.status === 'waiting')
const peopleOf = (state, id, ...statuses) => seatsOf(state).filter((seat) => seat.occasion === id && statuses.includes(seat.status)).reduce((sum, seat) => sum + seat.party, 0)

export const find = (state, id) => listOf(state).find((one) => one.id === id)
export const seatOf = (state, member, id) => seatsOf(state).find((seat) => seat.member === member && seat.occasion === id && isLive(seat))

export function shown(state, one, lang) {
  return { ...one, name: nameIn(one.title, lang), taken: peopleOf(state, one.id, 'booked', 'came', 'missed'), came: peopleOf(state, one.id, 'came'), waiting: lineOf(state, one.id).length }
}
function seatShown(state, seat) {
  const at = lineOf(state, seat.occasion).indexOf(seat)
  return { ...seat, ahead: at < 0 ? null : at }
}

export function arrange(state, body, before) {
  const terms = { store: null, place: null, guests_most: 0, waiting_most: 0, opens_at: null, closes_at: null, leave_by: null, access: 'everybody', levels: [], benefit: null, is_closed: false, gives_back_missed: false, ...body }
  if (before) return moveUp(state, Object.assign(before, terms, { status: terms.is_closed ? 'closed' : 'open' }))
  const one = { id: `occ_${String(listOf(state).length + 1).padStart(26, '0')}`, status: 'open', ...terms, author: 'admin', created_at: '2026-12-02T10:00:00Z', ended_at: null, ended_by: null, reason: null }
  listOf(state).unshift(one)
  return one
}
function moveUp(state, one) {
  for (const seat of lineOf(state, one.id)) {
    if (seat.party <= one.capacity - peopleOf(state, one.id, 'booked', 'came', 'missed')) Object.assign(seat, { status: 'booked', moved_up_at: '2026-12-02T11:00:00Z' })
  }
  return one
}
export function cancel(state, one, reason) {
  for (const seat of seatsOf(state)) if (seat.occasion === one.id && (seat.status === 'booked' || seat.status === 'waiting')) Object.assign(seat, { status: 'cancelled', ended_at: '2026-12-02T11:00:00Z', ended_by: 'admin', reason })
  return Object.assign(one, { status: 'cancelled', reason, ended_at: '2026-12-02T11:00:00Z', ended_by: 'admin' })
}

export function offered(state, time, member, lang) {
  return listOf(state)
    .filter((one) => !time || (one.status === 'open' || one.status === 'closed') === (time === 'coming'))
    .map((one) => {
      const view = shown(state, one, lang)
      const seat = member && seatOf(state, member.id, one.id)
      const isFull = view.taken >= view.capacity && view.waiting >= view.waiting_most
      return { ...view, refusal: !member ? null : one.access === 'invitation' ? 'occasion_by_invitation' : isFull ? 'occasion_full' : null, seat: seat ? seatShown(state, seat) : null }
    })
}

/** None: it is full. */
export function take(state, member, one, body) {
  const party = body.party ?? 1
  const isFull = party > one.capacity - peopleOf(state, one.id, 'booked', 'came', 'missed')
  if (isFull && lineOf(state, one.id).length >= one.waiting_most) return undefined
  const seat = {
    id: `sea_${String(seatsOf(state).length + 1).padStart(26, '0')}`, member: member.id, occasion: one.id, status: isFull ? 'waiting' : 'booked', party, use: one.access === 'benefit' && !body.reason ? 'use_1' : null, is_use_kept: true, note: body.note ?? null,
    author: 'admin', booked_at: '2026-12-02T10:30:00Z', invited_because: body.reason ?? null, moved_up_at: null, came_at: null, came_where: null, came_by: null, ended_at: null, ended_by: null, reason: null,
  }
  seatsOf(state).push(seat)
  return seatShown(state, seat)
}
export function leave(state, seat) {
  Object.assign(seat, { status: 'left', is_use_kept: false, ended_at: '2026-12-02T11:00:00Z', ended_by: 'admin' })
  moveUp(state, find(state, seat.occasion))
  return seatShown(state, seat)
}
export function letIn(state, seat, isUndone) {
  const isAlreadyIn = seat.status === 'came' && !isUndone
  if (!isAlreadyIn) Object.assign(seat, isUndone ? { status: 'booked', came_at: null, came_by: null } : { status: 'came', came_at: '2026-12-02T11:30:00Z', came_by: 'admin' })
  return { ...seatShown(state, seat), is_already_in: isAlreadyIn }
}

export const guests = (state, id, status, nameOf) =>
  seatsOf(state).filter((seat) => seat.occasion === id && (!status || seat.status === status)).map((seat) => ({ ...seatShown(state, seat), name: nameOf(seat.member) }))
export const ofMember = (state, member, lang) =>
  seatsOf(state).filter((seat) => seat.member === member.id).reverse().map((seat) => {
    const one = find(state, seat.occasion)
    return { ...seatShown(state, seat), name: nameIn(one.title, lang), starts_at: one.starts_at, ends_at: one.ends_at, store: one.store, place: one.place }
  })
