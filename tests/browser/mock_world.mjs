// The people, receipts and sentences of the mock. Nothing here is computed by rules: figures are written so that they fit together.
import { moveOf, summaryOfChallenge } from './mock_challenges.mjs'

export const session = { user: 'admin', organisation: 'meat-works', scope: 'admin', csrf_token: 'mock-csrf', expires_at: '2026-12-02T22:00:00Z' }

const document = `# The club of a small meat factory with three shops.
suki: 1
id: meat-works
title: {en: Meat Works Club, ru: Клуб мясокомбината}
organisation: {name: Meat Works}
relationship: consumer
goal: retain
languages: [en, ru]
currency: BYN
timezone: Europe/Minsk
effective: 2026-01-01

units:
  points:
    worth: 0.01 BYN                   # what one point costs when spent
    pending: 14 days
    expire: 12 months after earning
    round: down
    earned_on: paid

levels:
  by: spend
  over: 12 months
  steps:
    guest:  {from: 0 BYN}
    friend: {from: 600 BYN,  keep: 12 months, grace: 30 days}
    family: {from: 2000 BYN, keep: 12 months, grace: 60 days}

offers:
  base:
    give: {points: 3 per 1 BYN}
  quiet_days:                         # conditions on lines make it an offer about those lines
    when: {weekday: [tue, wed], time: 08:00 to 12:00, category: meat/sausages}
    give: {points: x2}
  basket:
    give: {discount: {scale: {by: receipt, steps: {50 BYN: 2%, 120 BYN: 4%}}}}
    stack: price
  regular:
    give: {discount: {scale: {by: spend, over: 90 days, steps: {300 BYN: 1%, 900 BYN: 3%}}}}
    stack: price
  third_visit:
    when: {nth_purchase: 3, store: [minsk_1, minsk_2]}
    give: {points: 150}

spend:
  at_till: {points: pay, at_least: 100, step: 10, up_to: 50% of receipt}

examples:
  a_wednesday_morning:
    at: 2026-12-02 09:30
    member: {level: friend, spend: {over: 90 days, is: 350 BYN}}
    basket: [{category: meat/sausages, price: 20.00 BYN}, {category: bread, price: 2.00 BYN}]
    expect: {discount: 0.22 BYN, points: 124}
`
const say = (lang, en, ru) => (lang === 'ru' ? ru : en)
const lineOf = (text) => document.split('\n').findIndex((line) => line.startsWith(text)) + 1

const units = [{ id: 'points', title: 'Points', counted: { one: 'point', other: 'points' } }]
const levels = [{ id: 'guest', title: 'Guest', from: 0, text: 'BYN 0.00 or more (money spent in the last 12 months)' }, { id: 'friend', title: 'Friend', from: 60000, text: 'BYN 600.00 or more (money spent in the last 12 months)' }, { id: 'family', title: 'Family', from: 200000, text: 'BYN 2,000.00 or more (money spent in the last 12 months)' }]
const levelMatches = [{ id: 'rival', title: 'The rival’s gold card', level: 'friend' }]

const offers = {
  base: { clause: '4.1', en: ['Base', '3 points for every BYN 1 paid.'], ru: ['Основное', '3 балла за каждый оплаченный 1 BYN.'] },
  quiet_days: { clause: '4.2', en: ['Quiet days', 'Twice the points on sausages on Tuesdays and Wednesdays from 08:00 to 12:00.'], ru: ['Тихие дни', 'Вдвое больше баллов за колбасы по вторникам и средам с 08:00 до 12:00.'] },
  basket: { clause: '4.3', en: ['Big basket', '2% off from BYN 50.00, 4% off from BYN 120.00.'], ru: ['Большая корзина', 'Скидка 2% от 50,00 BYN, 4% от 120,00 BYN.'] },
  regular: { clause: '4.4', en: ['Regular customers', '1% off after BYN 300.00 in 90 days, 3% after BYN 900.00.'], ru: ['Постоянным', 'Скидка 1% после 300,00 BYN за 90 дней, 3% после 900,00 BYN.'] },
  third_visit: { clause: '4.5', en: ['Third visit', '150 points for the third purchase in Minsk 1 or Minsk 2.'], ru: ['Третья покупка', '150 баллов за третью покупку в «Минск 1» или «Минск 2».'] },
}

export const stores = [
  { id: 'minsk_1', title: 'Minsk 1', region: 'minsk', zone: 'Europe/Minsk', place: 'Minsk' },
  { id: 'minsk_2', title: 'Minsk 2', region: 'minsk', zone: 'Europe/Minsk', place: 'Minsk' },
  { id: 'brest_1', title: 'Brest', region: 'brest', zone: 'Europe/Minsk', place: 'Brest' },
]
export const products = [
  { sku: '1001', title: { en: 'Country sausage', ru: 'Колбаса деревенская' }, category: 'meat/sausages', brand: 'Old Smokehouse', unit: 'kg', cost: 1400, tags: [] },
  { sku: '1002', title: { en: 'Smoked ham', ru: 'Ветчина копчёная' }, category: 'meat/smoked', brand: 'Old Smokehouse', unit: 'kg', cost: 1900, tags: [] },
  { sku: '2001', title: { en: 'Rye bread', ru: 'Хлеб ржаной' }, category: 'bread', brand: '', unit: 'piece', cost: 120, tags: [] },
  { sku: '3001', title: { en: 'Glass bottle', ru: 'Бутылка стеклянная' }, category: 'deposit', brand: '', unit: 'piece', cost: null, tags: [] },
]

const people = [
  ['Ana Kavalenka', '+375291234567', 'ana@example.com', '2900000000017', 'friend', 84215, 1480, 372],
  ['Андрей Новик', '+375297654321', null, '2900000000024', 'family', 165818238, 9219804, 640],
  ['Bahdan Żuk', '+375331112233', 'bahdan@example.com', '2900000000031', 'guest', 12000, 96, 0],
  ['Ганна Ўласава', null, 'hanna@example.com', null, 'friend', 71000, 820, 55],
  ['Maria Petrova', '+375445556677', null, '2900000000048', 'guest', 4300, 12, 0],
  [null, null, null, '2900000000055', 'guest', 0, 0, 0],
]

export function fresh(isEmpty) {
  if (isEmpty) return { programmes: [], editions: [], members: [], receipts: [], entries: [], batches: [], keys: [], users: [{ id: 'usr_1', name: 'admin', organisation: null, created_at: '2026-01-02T08:00:00Z' }] }
  return {
    programmes: [{ id: 'meat-works', title: 'Meat Works Club', currency: 'BYN', exponent: 2, zone: 'Europe/Minsk', languages: ['en', 'ru'], in_force: 2, latest: 2, units, levels, level_matches: levelMatches, benefits, household_people: 6, cards: { numbers: { prefix: '29', digits: 13, check: 'gs1' }, bearer: 'discounts', categories: [{ id: 'veteran', title: "Veteran's card" }] } }],
    batches: [],
    editions: [
      { edition: 1, effective_on: '2025-01-01', published_at: '2024-12-02T12:10:00Z', author: 'admin', document: document.replace('3 per 1 BYN', '2 per 1 BYN') },
      { edition: 2, effective_on: '2026-01-01', published_at: '2025-11-28T09:41:00Z', author: 'admin', document },
    ],
    members: people.map(([name, phone, email, card, level, spend, available, pending], index) => ({
      id: `mem_0000000000000000000000000${index + 1}`, name, phone, email, card, level, spend, available, pending,
    })),
    receipts: [receipt('minsk_1:2:004711', 1, '2026-12-02T06:31:12Z', false), receipt('minsk_1:2:004402', 1, '2026-11-18T15:02:44Z', true), receipt('minsk_2:1:001090', 1, '2026-10-30T10:20:00Z', false), receipt('brest_1:1:000777', 2, '2026-11-05T12:44:00Z', true, 74321)],
    entries: [],
    users: [
      { id: 'usr_1', name: 'admin', organisation: null, created_at: '2026-01-02T08:00:00Z' },
      { id: 'usr_2', name: 'olga', organisation: null, created_at: '2026-02-11T09:20:00Z' },
    ],
    keys: [
      { id: 'key_1', name: 'Till 1 in Minsk 1', scope: 'till', programme: 'meat-works', store: 'minsk_1', created_at: '2026-01-04T08:00:00Z', revoked_at: null },
      { id: 'key_2', name: 'Web shop', scope: 'service', programme: null, store: null, created_at: '2026-03-14T13:30:00Z', revoked_at: null },
    ],
  }
}

/** `times` the usual sums: a wholesale purchase has seven figures before the decimal point. */
function receipt(id, member, at, isReturned, times = 1) {
  return { id, member: `mem_0000000000000000000000000${member}`, at, isReturned, times }
}

export const summaryOf = (edition) => ({ programme: 'meat-works', edition: edition.edition, effective_on: edition.effective_on, published_at: edition.published_at, author: edition.author, document_hash: '3f9c2a7b51d0e8846bb1c0a1f7e5d2943f9c2a7b51d0e8846bb1c0a1f7e5d294', semantics: 1 })

export function editionOf(edition, lang) {
  return {
    ...summaryOf(edition),
    document: edition.document,
    title: say(lang, 'Meat Works Club', 'Клуб мясокомбината'),
    currency: 'BYN',
    languages: ['en', 'ru'],
    units,
    levels,
    level_matches: levelMatches,
    benefits: benefits.map((one) => ({ ...one, title: benefitTitles[one.id][lang === 'ru' ? 1 : 0], cost: 600 })),
    household_people: 6,
    offers: Object.entries(offers).map(([id, offer]) => ({ id, title: offer[lang === 'ru' ? 'ru' : 'en'][0], clause: offer.clause, line: lineOf(`  ${id}:`), text: offer[lang === 'ru' ? 'ru' : 'en'][1] })),
    challenges: [summaryOfChallenge(lang)],
    rebates: [],
  }
}

export const benefitTitles = { tasting: ['Tastings of new products', 'Дегустации новинок'], factory_day: ['A day at the factory', 'День на заводе'], cold_store: ['Your order kept in our cold store', 'Ваш заказ в нашей холодильной камере'], farm_shop: ['5% at the farm next door', '5% на соседней ферме'] }
const had = (friend, family) => [{ level: 'guest', text: '–' }, { level: 'friend', text: friend }, { level: 'family', text: family }]
export const benefits = [
  { id: 'tasting', title: benefitTitles.tasting[0], clause: '7.1', kind: 'access', is_material: false, partner: null, cost: null, is_bookable: false, is_kept: false, resource: 'https://shop.example/tastings', token_seconds: 600, members: '–', levels: had('twice a calendar year', 'always') },
  { id: 'factory_day', title: benefitTitles.factory_day[0], clause: '7.2', kind: 'access', is_material: false, partner: null, cost: null, is_bookable: true, is_kept: false, resource: null, token_seconds: null, members: '–', levels: had('–', 'once a calendar year') },
  { id: 'cold_store', title: benefitTitles.cold_store[0], clause: '7.4', kind: 'service', is_material: false, partner: null, cost: null, is_bookable: false, is_kept: true, resource: null, token_seconds: null, members: '–', levels: had('always', 'always') },
  { id: 'farm_shop', title: benefitTitles.farm_shop[0], clause: '7.3', kind: 'partner', is_material: true, partner: 'farm', cost: null, is_bookable: false, is_kept: false, resource: null, token_seconds: null, members: '–', levels: had('always', 'always') },
]

/** How often of each, ever. */
export const benefitsOfLevel = (level) => ({ guest: {}, friend: { tasting: 2, cold_store: Infinity, farm_shop: Infinity }, family: { tasting: Infinity, factory_day: 1, cold_store: Infinity, farm_shop: Infinity } })[level]

export function validate(text, lang) {
  const diagnostics = []
  text.split('\n').forEach((line, index) => {
    const wrong = /\bwehn\b/.exec(line)
    if (wrong) diagnostics.push({ severity: 'error', code: 'unknown_key', line: index + 1, column: wrong.index + 1, path: '/offers/base/wehn', message: say(lang, 'unknown key `wehn`', 'неизвестный ключ `wehn`'), hint: say(lang, 'did you mean `when`?', 'может быть, `when`?') })
    if (/notice/.test(line)) diagnostics.push({ severity: 'warning', code: 'text_missing', line: index + 1, column: 1, path: '/title/ru', message: say(lang, 'the text is missing in `ru`', 'нет текста на языке `ru`'), hint: null })
  })
  if (!/^suki: 1/m.test(text)) diagnostics.push({ severity: 'error', code: 'missing_key', line: 1, column: 1, path: '', message: say(lang, 'the key `suki` is missing', 'не хватает ключа `suki`'), hint: say(lang, 'The version of this format: 1.', 'Версия этого формата: 1.') })
  return { is_valid: diagnostics.every((one) => one.severity !== 'error'), diagnostics }
}

export function publish(state, body) {
  const edition = { edition: state.editions.length + 1, effective_on: body.effective_on ?? '2027-01-01', published_at: '2026-12-02T10:00:00Z', author: 'admin', document: body.document }
  state.editions.push(edition)
  if (state.programmes.length) state.programmes[0].latest = edition.edition
  else state.programmes.push({ ...fresh(false).programmes[0], in_force: null, latest: 1 })
  return summaryOf(edition)
}

export function overview(state) {
  const outstanding = { unit: 'points', pending: 412, available: 2408, held: 100, owed: 0 }
  if (!state.members.length) return { programme: 'meat-works', currency: 'BYN', exponent: 2, members: 0, receipts: 0, receipts_today: 0, sales_today: 0, outstanding: [] }
  return { programme: 'meat-works', currency: 'BYN', exponent: 2, members: 3128, receipts: 214873, receipts_today: 187, sales_today: 412365, outstanding: [{ ...outstanding, available: 1482310, pending: 61204, held: 1200, owed: 340 }] }
}

export function discrepancies(state) {
  if (!state.receipts.length) return []
  return [
    { id: 'dsc_1', programme: 'meat-works', event: 'minsk_1:2:004711', recorded_at: '2026-12-02T06:31:13Z', kind: 'charged_differs', line: null, stated: 3130, decided: 3090, what: null },
    { id: 'dsc_2', programme: 'meat-works', event: 'minsk_2:1:001090', recorded_at: '2026-11-30T10:20:00Z', kind: 'points_uncovered', line: null, stated: 300, decided: 240, what: 'points' },
    { id: 'dsc_3', programme: 'meat-works', event: 'minsk_1:2:004402', recorded_at: '2026-11-29T15:02:44Z', kind: 'member_not_found', line: null, stated: 0, decided: 0, what: '2900000000099' },
    { id: 'dsc_4', programme: 'meat-works', event: 'minsk_1:2:004402', recorded_at: '2026-11-18T15:02:44Z', kind: 'clock_ahead', line: null, stated: Date.parse('2026-11-18T22:30:00Z') * 1000, decided: Date.parse('2026-11-18T15:02:44Z') * 1000, what: null },
  ].map((one) => ({ ...one, resolved_at: null, resolved_by: null, note: null, ...state.resolved?.[one.id] }))
}

export function matches(member, q) {
  if (!q) return true
  const text = q.toLowerCase()
  return [member.name, member.phone, member.email, member.card, member.id].some((one) => one?.toLowerCase().split(' ').some((word) => word.startsWith(text)) || one?.toLowerCase().startsWith(text))
}

const indexOf = (level) => levels.findIndex((one) => one.id === level)
export const grantsOf = (member) => (member.levelGrants ??= [])

export function grantLevel(member, { level, match, until, reason }) {
  const grants = grantsOf(member)
  grants.unshift({
    id: `lgr_${String(grants.length + 1).padStart(26, '0')}`, member: member.id, level: match ? levelMatches.find((one) => one.id === match).level : level, match: match ?? null, from: '2026-12-02',
    until: until ?? (match ? '2027-03-01' : null), is_in_force: true, author: 'admin', reason, ended_by: null, ended_because: null, recorded_at: '2026-12-02T10:00:00Z',
  })
  return grants[0]
}

export const endLevelGrant = (member, id, reason) => Object.assign(grantsOf(member).find((one) => one.id === id), { is_in_force: false, until: '2026-12-01', ended_by: 'admin', ended_because: reason })

function levelOf(member) {
  const grant = grantsOf(member).filter((one) => one.is_in_force).sort((a, b) => indexOf(b.level) - indexOf(a.level))[0]
  const index = Math.max(indexOf(member.level), grant ? indexOf(grant.level) : 0)
  const next = levels[index + 1]
  const need = (from) => ({ text: `BYN ${((from - member.spend) / 100).toFixed(2)} more (money spent in the last 12 months)`, measure: 'spend', unit: null, at_least: from, figure: member.spend, missing: from - member.spend })
  return {
    is_granted: index > indexOf(member.level), granted_until: grant?.until ?? null, is_next_any: false, next_needs: next ? [need(next.from)] : [],
    stay: index && member.spend < levels[index].from ? { by: '2027-01-09', is_any: false, needs: [need(levels[index].from)] } : null,
    level: levels[index].id, title: levels[index].title, since: '2026-03-11', keep_until: index ? '2027-03-11' : null, grace_until: member.level === 'friend' && member.spend < 80000 ? '2027-01-10' : null,
    measure: 'spend', unit: null, figure: member.spend, next: next?.id ?? null, next_title: next?.title ?? null, missing: next ? next.from - member.spend : 0,
  }
}

export const cardsOf = (member) => [member.card, ...(member.moreCards ?? [])].filter(Boolean)
  .map((number) => ({ number, kind: 'personal', status: member.cardStates?.[number] ?? 'active', issued_at: '2025-02-14T09:00:00Z', member: member.id, category: null, batch: null, anonymous: false }))

export function memberOf(member) {
  return {
    id: member.id, account: member.id.replace('mem', 'acc'), programme: 'meat-works', joined_on: '2025-02-14', version: 3, name: member.name, phone: member.phone, email: member.email,
    external_id: null, language: 'ru', birthday: '1984-03-09', attributes: { 'household.children': '2', 'household.size': '4' }, segments: ['regular', 'sausage_lover'],
    cards: cardsOf(member),
    balances: [{ unit: 'points', pending: member.pending, available: member.available, held: member.held ?? 100, owed: 0 }],
    level: levelOf(member),
    anonymous: false,
    merged_into: member.merged_into ?? null,
  }
}

/** Where everybody stands on the one scale over time. */
function scalesOf(lang) {
  const of = { offer: 'regular', title: offers.regular[lang === 'ru' ? 'ru' : 'en'][0], measure: 'spend', over: '90 days', quantity: null, unit: null, count: null }
  const next = { ...of, kind: 'scale_step', money: 55000, percent: '3', gives: '3%', text: say(lang, 'BYN 550.00 more in 90 days for 3%', 'Ещё 550,00 BYN за 90 дней для скидки 3%') }
  return [{ ...of, money: 35000, as: 'whole', percent: '1', gives: '1%', text: say(lang, 'BYN 350.00 in the last 90 days, which gives 1%', '350,00 BYN за период: 90 дней, скидка 1%'), next }]
}

export function accountOf(member, lang) {
  const lot = (remaining, earned, matures, expires, mature) => ({ unit: 'points', remaining, earned_at: `${earned}T09:00:00Z`, matures_at: `${matures}T09:00:00Z`, expires_at: expires && `${expires}T21:00:00Z`, is_mature: mature, earned_by: 'minsk_1:2:004402' })
  const { account, programme, balances, level } = memberOf(member)
  return {
    account, member: member.id, programme, balances, level, scales: scalesOf(lang),
    lots: [lot(120, '2026-01-20', '2026-02-03', '2027-01-20', true), lot(860, '2026-05-02', '2026-05-16', '2027-05-02', true), lot(500, '2026-09-14', '2026-09-28', '2027-09-14', true), lot(124, '2026-12-02', '2026-12-16', '2027-12-02', false), lot(248, '2026-11-28', '2026-12-12', null, false)],
    holds: [{ id: 'hld_00000000000000000000000001', unit: 'points', points: 100, placed_at: '2026-12-02T07:00:00Z', expires_at: '2026-12-02T07:15:00Z' }],
  }
}

export function statementOf(state, member, lang) {
  const entry = (id, kind, change, at, more) => ({ id: `ent_${id}`, kind, unit: 'points', change, pending: 0, available: change, held: 0, debt: 0, occurred_at: at, recorded_at: at, effective_at: at, cause: 'minsk_1:2:004711', offer: null, clause: null, edition: 2, reason: null, author: null, is_projected: false, ...more })
  const posted = state.entries.filter((one) => one.member === member.id).map((one) => one.entry)
  const list = [
    entry(1, 'earn', 64, '2026-12-02T06:31:12Z', { pending: 64, available: 0, offer: 'base', clause: '4.1', text: say(lang, '64 points for your purchase of BYN 21.78 in Minsk 1: 3 points for every BYN 1 paid.', '64 балла за покупку на 21,78 BYN в «Минск 1»: 3 балла за каждый оплаченный 1 BYN.') }),
    entry(2, 'earn', 60, '2026-12-02T06:31:12Z', { pending: 60, available: 0, offer: 'quiet_days', clause: '4.2', text: say(lang, '60 points more on sausages: quiet days double the points on Wednesdays from 08:00 to 12:00.', 'Ещё 60 баллов за колбасы: тихие дни удваивают баллы по средам с 08:00 до 12:00.') }),
    entry(3, 'hold', 0, '2026-12-02T07:00:00Z', { available: -100, held: 100, cause: 'hld_1', text: say(lang, '100 points set aside for a purchase until 10:15.', '100 баллов отложены для покупки до 10:15.') }),
    entry(4, 'mature', 0, '2026-11-28T21:00:00Z', { pending: -248, available: 248, is_projected: true, text: say(lang, '248 points became spendable.', '248 баллов стали доступны.') }),
    entry(5, 'spend', -300, '2026-11-18T15:02:44Z', { cause: 'minsk_1:2:004402', offer: 'at_till', clause: '5.1', text: say(lang, '300 points paid BYN 3.00 of your purchase in Minsk 1.', '300 баллов оплатили 3,00 BYN покупки в «Минск 1».') }),
    entry(6, 'return_earn', -42, '2026-11-19T10:10:00Z', { recorded_at: '2026-11-21T07:00:00Z', effective_at: '2026-11-21T07:00:00Z', cause: 'ret-88', clause: '4.1', text: say(lang, '42 points taken back: 0.4 kg of country sausage was returned.', '42 балла сняты: возвращено 0,4 кг колбасы деревенской.') }),
    entry(7, 'adjust', 50, '2026-11-03T08:15:00Z', { cause: 'adj_1', edition: null, reason: 'The scales in Minsk 1 were wrong on 2 November', author: 'admin', text: say(lang, '50 points added by hand.', '50 баллов добавлены вручную.') }),
    entry(8, 'expire', -18, '2026-10-31T21:00:00Z', { cause: 'lot_1', clause: '2.4', text: say(lang, '18 points expired, 12 months after they were earned.', '18 баллов сгорели через 12 месяцев после начисления.') }),
    entry(9, 'welcome', 50, '2025-02-14T09:00:00Z', { cause: 'join', clause: '1.2', edition: 1, text: say(lang, '50 points to welcome you.', '50 приветственных баллов.') }),
  ]
  return [...posted, ...list]
}

export function adjust(state, member, body) {
  member.available += body.points
  const at = '2026-12-02T10:00:00Z'
  state.entries.unshift({ member: member.id, entry: { id: `ent_a${state.entries.length}`, kind: 'adjust', unit: body.unit, change: body.points, pending: 0, available: body.points, held: 0, debt: 0, occurred_at: at, recorded_at: at, effective_at: at, cause: `adj_${state.entries.length + 1}`, offer: null, clause: null, edition: null, reason: body.reason, author: 'admin', is_projected: false, text: `${body.points} points by hand.` } })
  return { id: `adj_${state.entries.length}`, unit: body.unit, points: body.points, recorded_at: at, balances: memberOf(member).balances }
}

export function undo(state, member, id, reason) {
  const posted = state.entries.find((one) => one.entry.cause === id)
  if (!posted) return undefined
  return { ...adjust(state, member, { unit: posted.entry.unit, points: -posted.entry.change, reason }), id: id.replace('adj', 'und') }
}

const share = (line, money, points) => ({ line, money, points })
function decision(lang, offer, verdict, discount, points, shares, more = {}) {
  const words = offers[offer][lang === 'ru' ? 'ru' : 'en']
  return { offer, title: words[0], clause: offers[offer].clause, verdict, discount, unit: points ? 'points' : null, points, uses: verdict === 'applied' ? 1 : 0, winner: null, shares, text: words[1], ...more }
}

function calculation(lang, times = 1) {
  const line = (number, list, discount, points) => ({ line: number, list_total: list * times, line_discount: 0, receipt_discount: discount * times, till_discount: 0, total: (list - discount) * times, points_money: 0, paid: (list - discount) * times, points: [{ unit: 'points', points: points * times }] })
  const part = (number, money, points) => share(number, money * times, points * times)
  return {
    list_total: 2250 * times, discount: 22 * times, till_discount: 0, total: 2228 * times, points_money: 0, paid: 2228 * times,
    points: [{ unit: 'points', points: 124 * times }], points_paid: [],
    lines: [line(1, 2000, 20, 118), line(2, 200, 2, 6), line(3, 50, 0, 0)],
    decisions: [
      decision(lang, 'base', 'applied', 0, 65 * times, [part(1, 0, 59), part(2, 0, 6)]),
      decision(lang, 'quiet_days', 'applied', 0, 59 * times, [part(1, 0, 59)]),
      decision(lang, 'regular', 'applied', 22 * times, 0, [part(1, 20, 0), part(2, 2, 0)]),
      decision(lang, 'basket', 'lost_to_stack', 0, 0, [], { winner: 'regular' }),
    ],
  }
}

export function receiptOf(receipt, lang) {
  const line = (number, sku, title, category, quantity, unit, amount, more) => ({ number, sku, title, category, brand: '', batch: '', tags: [], quantity, unit, amount, tax: 0, cost: null, till_discount: 0, charged: null, is_deposit: false, no_discount: false, no_points: false, returned: '0', ...more })
  const { times } = receipt
  const sums = calculation(lang, times)
  return {
    id: receipt.id, programme: 'meat-works', edition: 2, semantics: 1, currency: 'BYN', occurred_at: receipt.at, recorded_at: receipt.at, store: receipt.id.split(':')[0], till: '2', number: receipt.id.split(':')[2], channel: 'till',
    member: receipt.member, card: '2900000000017', level: 'friend', is_history: false,
    lines: [
      line(1, '1001', say(lang, 'Country sausage', 'Колбаса деревенская'), 'meat/sausages', '0.8', 'kg', 2000 * times, { brand: 'Old Smokehouse', batch: 'A-1182', returned: receipt.isReturned ? '0.4' : '0' }),
      line(2, '2001', say(lang, 'Rye bread', 'Хлеб ржаной'), 'bread', '1', 'piece', 200 * times),
      line(3, '3001', say(lang, 'Glass bottle', 'Бутылка стеклянная'), 'deposit', '1', 'piece', 50 * times, { is_deposit: true }),
    ],
    till_discount: 0, charged: 2228 * times, points_paid: [], tenders: [{ kind: 'card', amount: 2228 * times }],
    decided: sums, current: sums, challenges: [],
    returns: receipt.isReturned ? [{ id: 'ret-88', occurred_at: '2026-11-19T10:10:00Z', is_void: false, reason: 'too salty', refunded: 990 * times, lines: [{ line: 1, quantity: '0.4', unit: 'kg' }] }] : [],
    refunded: receipt.isReturned ? 990 * times : 0, paid: (receipt.isReturned ? 1238 : 2228) * times,
    discrepancies: receipt.id.endsWith('4711') ? [{ kind: 'charged_differs', line: null, stated: 3130, decided: 3090, what: null }] : [],
  }
}

export function explanationOf(receipt, lang) {
  const condition = (kind, is_met, seen, wanted, en, ru, seenEn, seenRu) => ({ kind, is_met, seen, wanted, text: say(lang, en, ru), seen_text: say(lang, seenEn, seenRu) })
  const [base, quiet, regular, basket] = calculation(lang, receipt.times).decisions
  return {
    receipt: receiptOf(receipt, lang),
    payments: [],
    offers: [
      { decision: base, conditions: [], limits: [], scale: null },
      { decision: quiet, conditions: [
        condition('weekday', true, 'wed', 'tue,wed', 'on Tuesday or Wednesday', 'день недели: вторник или среда', 'Wednesday', 'среда'),
        condition('time', true, '09:31', '08:00-12:00', 'from 08:00 to 12:00', 'с 08:00 до 12:00', '09:31', '09:31'),
        condition('lines', true, '1', 'meat/sausages', 'on goods of meat/sausages', 'на товары раздела meat/sausages', '1 line', '1 строка'),
      ], limits: [], scale: null },
      { decision: regular, conditions: [condition('counter', true, '35000', '30000', 'money spent in the last 90 days: at least BYN 300.00', 'сумма покупок за последние 90 дней: не меньше чем 300,00 BYN', 'BYN 350.00', '350,00 BYN')], limits: [{ kind: 'member', most: 1, left: 0, text: say(lang, 'once for a member per day', '1 раз на участника в день'), left_text: say(lang, '0 times left', 'осталось: 0 раз') }], scale: null },
      { decision: basket, conditions: [condition('amount', true, '2200', '5000', 'for at least BYN 50.00', 'сумма: не меньше чем 50,00 BYN', 'BYN 22.00', '22,00 BYN')], limits: [], scale: { offer: 'basket', title: 'x', measure: 'spend', over: null, money: 2200, quantity: null, unit: null, count: null, as: 'whole', percent: null, gives: null, text: say(lang, 'BYN 22.00 on this receipt', '22,00 BYN по этому чеку'), next: null } },
      { decision: decision(lang, 'third_visit', 'failed', 0, 0, []), conditions: [
        condition('nth_purchase', false, '42', '3', 'on purchase number 3', 'покупка № 3', '42', '42'),
        condition('store', true, 'minsk_1', 'minsk_1,minsk_2', 'in the shop minsk_1 or minsk_2', 'магазин: minsk_1 или minsk_2', 'minsk_1', 'minsk_1'),
      ], limits: [], scale: null },
    ],
  }
}

export function quote(state, body, lang) {
  const member = body.member && state.members.find((one) => Object.values(body.member).some((value) => [one.card, one.phone, one.email, one.id].includes(value)))
  const list = body.lines.reduce((sum, line) => sum + line.amount, 0)
  const points = member ? Math.floor((list * 3) / 100) : 0
  return {
    programme: 'meat-works', edition: 2, currency: 'BYN', judged_at: body.at ?? '2026-12-02T06:30:00Z', member: member?.id ?? null,
    calculation: {
      list_total: list, discount: 0, till_discount: 0, total: list, points_money: 0, paid: list, points: [{ unit: 'points', points }], points_paid: [],
      lines: body.lines.map((line) => ({ line: line.number, list_total: line.amount, line_discount: 0, receipt_discount: 0, till_discount: 0, total: line.amount, points_money: 0, paid: line.amount, points: [{ unit: 'points', points: member ? Math.floor((line.amount * 3) / 100) : 0 }] })),
      decisions: member ? [decision(lang, 'base', 'applied', 0, points, body.lines.map((line) => share(line.number, 0, Math.floor((line.amount * 3) / 100))))] : [],
    },
    spendable: member ? [{ unit: 'points', points: 1100 }] : [],
    missing: list < 5000 ? [{ offer: 'basket', title: offers.basket[lang === 'ru' ? 'ru' : 'en'][0], kind: 'receipt_step', money: 5000 - list, quantity: null, unit: null, count: null, measure: null, over: null, percent: '2', gives: '2%', text: say(lang, `${(5000 - list) / 100} BYN more on this purchase for 2%`, `Ещё ${(5000 - list) / 100} BYN в этой покупке для скидки 2%`) }] : [],
    level: member ? levelOf(member) : null, balances: [], holds: [],
    discrepancies: body.member && !member ? [{ kind: 'member_not_found', line: null, stated: 0, decided: 0, what: Object.values(body.member)[0] }] : [],
    challenges: member ? [moveOf(lang)] : [],
    token: 'mock', token_expires_at: '2026-12-02T06:45:00Z',
  }
}
