// What the mock's office keeps beside the members: the audit log, the quarantine, and what moves points between two members.
import { cardsOf, memberOf } from './mock_world.mjs'

const nobodyKnows = '3f9c2a7b51d0e8846bb1c0a1f7e5d2943f9c2a7b51d0e8846bb1c0a1f7e5d294'
const admin = 'usr_1'

function row(number, at, actor, action, subjects, outcome = 'done') {
  return { chain: number % 7, number, at, actor, action, subjects, outcome, request_id: `req_${String(number).padStart(6, '0')}`, hash: nobodyKnows }
}

/** One of every kind, then sign-ins enough for several pages, the newest first. */
export function auditRows() {
  const of = (digit) => `mem_0000000000000000000000000${digit}`
  const kinds = [
    [null, 'sign_in', [], 'too_many_attempts'],
    ['usr_2', 'sign_in', ['usr_2'], 'wrong_name_or_password'],
    ['key_1', 'guess_members', ['key_1'], 'too_many_attempts'],
    [admin, 'adjust', [of(1), 'adj_1']],
    [admin, 'adjust', [of(5)], 'insufficient_points'],
    [admin, 'undo_adjustment', [of(1), 'adj_1']],
    [admin, 'transfer_points', [of(1), of(2), 'trf_1']],
    ['usr_2', 'merge_members', [of(4), of(1), 'mrg_1']],
    ['key_2', 'patch_member', [of(3)]],
    ['usr_2', 'issue_access_token', [of(3), 'tasting']],
    [admin, 'rotate_signing_keys', ['kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k', 'next']],
    ['key_2', 'issue_card', ['crd_5d1f0a9b3c7e2468', of(3)]],
    ['usr_2', 'make_cards', ['cbt_00000000000000000000000001']],
    ['usr_2', 'block_card_batch', ['cbt_00000000000000000000000001']],
    ['usr_2', 'block_card', ['crd_5d1f0a9b3c7e2468', of(3)]],
    ['key_2', 'import_products', ['1001', '1002', '2001', '3001', '4001', '4002', '+131']],
    ['key_2', 'import_stores', ['minsk_1', 'minsk_2', 'brest_1']],
    [admin, 'publish_edition', ['meat-works', 'edition_2']],
    [admin, 'create_api_key', ['key_1']],
    [admin, 'revoke_api_key', ['key_9']],
    [admin, 'create_user', ['usr_2']],
    ['console', 'reset_password', ['usr_2']],
    ['console', 'remove_user', ['usr_3']],
    ['usr_2', 'change_password', ['usr_2']],
    [admin, 'resolve_discrepancy', ['dsc_1']],
    [admin, 'release_quarantined', [nobodyKnows]],
    ['cli', 'export_audit', []],
    ['cli', 'create_organisation', ['meat-works']],
  ]
  const rows = kinds.map(([actor, action, subjects, outcome], index) => row(400 - index, `2026-12-02T0${9 - Math.floor(index / 4)}:${50 - index}:00Z`, actor, action, subjects, outcome))
  for (let day = 30; day > 0; day -= 1) {
    const at = `2026-11-${String(day).padStart(2, '0')}`
    rows.push(row(300 + day, `${at}T07:58:00Z`, admin, 'sign_in', [admin]), row(200 + day, `${at}T07:31:00Z`, 'usr_2', 'sign_in', ['usr_2']))
  }
  return rows
}

const signing = (digit, status, at) => ({ id: `${digit}PrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k`, status, made_at: at, signs_from: at, published_until: null })

export function signingKeys(state) {
  return (state.signing ??= [signing(1, 'signing', '2026-11-20T08:00:00Z')])
}

export function rotate(state, revoke) {
  const all = signingKeys(state)
  const next = signing(all.length + 1, revoke ? 'signing' : 'waiting', '2026-12-03T10:00:00Z')
  return (state.signing = revoke ? [next] : [...all.filter((one) => one.status === 'signing'), next])
}

export function quarantineRows() {
  return [
    { id: nobodyKnows, command: 'return_goods', subject: 'minsk_1/2/004712', reason: 'the receipt minsk_1:2:004402 is damaged: its checksum differs', recorded_at: '2026-12-02T06:40:00Z' },
    { id: nobodyKnows.replace('3f9c', 'a071'), command: 'record_receipt', subject: 'minsk_2:1:001177', reason: 'in flight at 2 deaths of the process', recorded_at: '2026-12-01T18:05:00Z' },
  ]
}

/** The same sentence on both statements, with the sign of its side. */
function post(state, member, other, kind, points, unit, reason, text) {
  const at = '2026-12-02T10:00:00Z'
  const entry = { id: `ent_t${state.entries.length}`, kind, unit, change: points, pending: 0, available: points, held: 0, debt: 0, occurred_at: at, recorded_at: at, effective_at: at, cause: 'trf_1', offer: null, other: other.id, clause: null, edition: null, reason, author: 'admin', is_projected: false, text }
  state.entries.unshift({ member: member.id, entry })
}

export function transfer(state, member, other, { points, unit, reason }) {
  member.available -= points
  other.available += points
  post(state, member, other, 'transfer_out', -points, unit, reason, `To another member: ${points} points (${reason})`)
  post(state, other, member, 'transfer_in', points, unit, reason, `From another member: ${points} points (${reason})`)
  return { id: 'trf_1', member: member.id, to: other.id, unit, points, recorded_at: '2026-12-02T10:00:00Z', balances: memberOf(member).balances, balances_of_other: memberOf(other).balances }
}

export function merge(state, member, other, { reason }) {
  const moved = member.available
  if (moved) transfer(state, member, other, { points: moved, unit: 'points', reason })
  for (const fact of ['name', 'phone', 'email']) other[fact] ??= member[fact]
  other.moreCards = [...(other.moreCards ?? []), member.card].filter(Boolean)
  member.card = null
  member.merged_into = other.id
  return { id: 'mrg_1', member: member.id, to: other.id, recorded_at: '2026-12-02T10:00:00Z', moved: [{ unit: 'points', points: moved }], balances: memberOf(other).balances, level: other.level, elsewhere: [] }
}

/** Of the demo's own form, as the server makes them by chance. */
export function newNumber(state) {
  state.numbered = (state.numbered ?? 1_000_000_000) + 37
  const twelve = `29${state.numbered}`
  const sum = [...twelve].reduce((all, digit, place) => all + Number(digit) * (place % 2 ? 3 : 1), 0)
  return twelve + (10 - sum % 10) % 10
}

export function isMistyped(number) {
  const sum = [...number].reduce((all, digit, place) => all + Number(digit) * (place % 2 ? 3 : 1), 0)
  return number.length === 13 && sum % 10 !== 0
}

export function makeCards(state, body) {
  const batch = { id: `cbt_${String(state.batches.length + 1).padStart(26, '0')}`, kind: body.category ? 'category' : body.kind, category: body.category ?? null, count: body.count, made_at: '2026-12-02T10:00:00Z', author: 'admin', note: body.note ?? null, status: 'made' }
  state.batches.unshift(batch)
  return batch
}

export const stateOf = (batch) => ({ ...batch, blank: batch.status === 'made' ? batch.count : 0, given: 0, blocked: batch.status === 'made' ? 0 : batch.count })

const holderOf = (state, number) => state.members.find((one) => cardsOf(one).some((card) => card.number === number))
export const cardOf = (state, number) => cardsOf(holderOf(state, number) ?? {}).find((card) => card.number === number)

export function giveCard(state, member, number) {
  member.moreCards = [...(member.moreCards ?? []), number]
  return cardOf(state, number)
}

export function setCard(state, number, status) {
  const member = holderOf(state, number)
  member.cardStates = { ...member.cardStates, [number]: status }
  return cardOf(state, number)
}

export function replaceCard(state, number, replacement) {
  setCard(state, number, 'replaced')
  return giveCard(state, holderOf(state, number), replacement)
}

export function join(state, { name, phone, card }) {
  const member = { id: `mem_000000000000000000000001${String(state.members.length).padStart(2, '0')}`, name: name ?? null, phone: phone ?? null, email: null, card: card ?? null, level: 'guest', spend: 0, available: 0, pending: 0, held: 0 }
  state.members.push(member)
  return memberOf(member)
}
