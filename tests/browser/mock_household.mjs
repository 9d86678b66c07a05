// Households of the mock's members: who is in one, whose it is, and who pays.
const most = 6

const balancesOf = (member) => [{ unit: 'points', pending: 0, available: member.available, held: 0, owed: 0 }]
const homeOf = (state, id) => (state.households ??= []).find((one) => one.people.some((person) => person.member === id))

export function householdOf(state, member) {
  const home = homeOf(state, member.id)
  const named = (person) => ({ ...person, name: state.members.find((one) => one.id === person.member)?.name ?? null, is_owner: person.member === home.owner })
  const people = home ? home.people.map(named).sort((a, b) => Number(b.is_owner) - Number(a.is_owner)) : []
  return {
    member: member.id, account: member.account ?? member.id.replace('mem_', 'acc_'), is_household: people.length > 0, pays: home?.pays ?? 'everybody', people_most: most, people,
    balances: balancesOf(member), level: member.level ?? null,
  }
}

/** The code of a refusal where they can't. */
export function join(state, member, other, memberOf) {
  if (member === other) return 'household_of_oneself'
  if (homeOf(state, other.id)) return 'already_in_household'
  const home = homeOf(state, member.id)
  if (home && home.owner !== member.id) return 'household_not_owner'
  if (home && home.people.length >= most) return 'household_full'
  const since = '2026-12-02T10:00:00Z'
  if (home) home.people.push({ member: other.id, since })
  else state.households.push({ owner: member.id, pays: 'everybody', people: [{ member: member.id, since }, { member: other.id, since }] })
  const points = member.available + other.available
  for (const person of homeOf(state, member.id).people) memberOf(person.member).available = points
  return undefined
}

export function leave(state, member) {
  const home = homeOf(state, member.id)
  if (!home) return 'household_not_joined'
  if (home.owner === member.id) return 'household_owner_stays'
  home.people = home.people.filter((one) => one.member !== member.id)
  member.available = 0
  if (home.people.length === 1) state.households = state.households.filter((one) => one !== home)
  return undefined
}

export function set(state, member, body) {
  const home = homeOf(state, member.id)
  if (!home) return 'household_not_joined'
  if (home.owner !== member.id) return 'household_not_owner'
  if (body.pays) home.pays = body.pays
  if (body.owner) home.owner = body.owner
  return undefined
}
