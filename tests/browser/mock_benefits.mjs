// What the mock's members have of the matrix: used, booked, granted.
import { benefitsOfLevel, benefitTitles, benefits } from './mock_world.mjs'

const kept = (member) => (member.benefits ??= { uses: [], grants: [] })
const idOf = (prefix, list) => `${prefix}_${String(list.length + 1).padStart(26, '0')}`
const isCounted = (use) => use.status === 'used' || use.status === 'booked'

const keptOf = (body, isThere) => ({ item: body.item ?? null, shelf: body.shelf ?? null, stored_at: isThere && body.item ? '2026-12-02T10:00:00Z' : null, due_on: isThere && body.item ? '2027-07-02' : null })

export function benefitsOf(member, lang) {
  const { uses, grants } = kept(member)
  const items = benefits.flatMap((one) => {
    const allowed = benefitsOfLevel(member.level)[one.id]
    const granted = grants.filter((grant) => grant.benefit === one.id && grant.status === 'open').reduce((sum, grant) => sum + grant.count - grant.used, 0)
    if (allowed === undefined && !granted) return []
    const used = uses.filter((use) => use.benefit === one.id && isCounted(use) && !use.grant).length
    const isStanding = allowed === Infinity
    return [{
      benefit: one.id, title: benefitTitles[one.id][lang === 'ru' ? 1 : 0], clause: one.clause, kind: one.kind, is_material: one.is_material, partner: one.partner, is_bookable: one.is_bookable, is_kept: one.is_kept, resource: one.resource, is_standing: isStanding,
      allowed: isStanding ? 0 : allowed ?? 0, used, granted, left: isStanding ? null : Math.max(0, (allowed ?? 0) - used) + granted, renews_on: isStanding || allowed === undefined ? null : '2027-01-01',
    }]
  })
  return { member: member.id, level: member.level, items, uses, grants }
}

/** None: there is no more of it. */
export function use(member, benefit, body) {
  const had = benefitsOf(member).items.find((one) => one.benefit === benefit)
  if (!had || had.left === 0) return undefined
  const { uses, grants } = kept(member)
  const grant = !had.is_standing && had.used >= had.allowed ? grants.find((one) => one.benefit === benefit && one.status === 'open') : undefined
  if (grant) Object.assign(grant, { used: grant.used + 1, status: grant.used + 1 === grant.count ? 'used_up' : 'open' })
  uses.unshift({
    id: idOf('use', uses), member: member.id, benefit, status: body.booked_for ? 'booked' : body.item ? 'stored' : 'used', store: null, author: 'admin', note: body.note ?? null, recorded_at: '2026-12-02T10:00:00Z',
    booked_for: body.booked_for ?? null, ended_at: null, ended_by: null, reason: null, grant: grant?.id ?? null, ...keptOf(body, !body.booked_for), left: had.is_standing ? null : had.left - 1,
  })
  return uses[0]
}

export function token(member, benefit) {
  const { resource } = benefits.find((one) => one.id === benefit)
  return { token: `eyJhbGciOiJFZERTQSJ9.${Buffer.from(JSON.stringify({ sub: member.id, benefit })).toString('base64url')}.c2lnbmVk`, key: 'k_1', resource, expires_at: '2026-12-02T10:10:00Z' }
}

export function end(member, id, how, body) {
  const one = kept(member).uses.find((each) => each.id === id)
  Object.assign(one, { status: { undo: one.status === 'collected' ? 'stored' : 'undone', confirm: body.item ? 'stored' : 'used', cancel: 'cancelled', collect: 'collected', move: one.status }[how], ...(body.item ? keptOf(body, true) : how === 'move' ? { shelf: body.shelf } : {}), ended_at: '2026-12-02T11:00:00Z', ended_by: 'admin', reason: body.reason ?? null })
  const grant = (one.status === 'undone' || one.status === 'cancelled') && kept(member).grants.find((each) => each.id === one.grant)
  if (grant) Object.assign(grant, { used: grant.used - 1, status: 'open' })
  return one
}

export function grant(member, benefit, body) {
  const { grants } = kept(member)
  grants.unshift({ id: idOf('bgr', grants), member: member.id, benefit, status: 'open', count: body.count ?? 1, used: 0, from: '2026-12-02', until: body.until ?? null, author: 'admin', reason: body.reason, recorded_at: '2026-12-02T10:00:00Z', offer: null, given_for: null })
  return grants[0]
}

export function revoke(member, id) {
  return Object.assign(kept(member).grants.find((one) => one.id === id), { status: 'revoked' })
}
