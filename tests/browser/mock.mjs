// A stand-in for the server with the shapes of api/openapi.yaml and a handful of made-up people, for working on the console's pages
// without a database: `node tests/browser/mock.mjs [PORT]`, then sign in as `admin` with `secret`. It decides nothing: its answers
// are written down here. `--empty` starts without a programme.
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as served from './mock_benefits.mjs'
import * as challenges from './mock_challenges.mjs'
import * as shop from './mock_gifts.mjs'
import * as thanks from './mock_recognition.mjs'
import * as evenings from './mock_occasions.mjs'
import * as club from './mock_memberships.mjs'
import * as friends from './mock_referrals.mjs'
import * as homes from './mock_household.mjs'
import * as office from './mock_office.mjs'
import * as world from './mock_world.mjs'

const dist = join(dirname(fileURLToPath(import.meta.url)), '../../web/console/dist')
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' }
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

class Refusal {
  constructor(status, code, more = {}) {
    Object.assign(this, { status, code, more })
  }
}

export function startMock({ port = 0, isEmpty = false } = {}) {
  const state = { ...world.fresh(isEmpty), audit: isEmpty ? [] : office.auditRows(), quarantine: isEmpty ? [] : office.quarantineRows() }
  let sessions = new Set()
  const failures = new Map()
  /** What was answered to a key, so that a repeat does nothing twice. */
  const remembered = new Map()
  let password = 'secret'

  const routes = [
    ['POST', /^\/v1\/session$/, ({ body, headers }) => {
      if ((failures.get(body.name) ?? 0) >= 3) throw new Refusal(429, 'too_many_attempts', { retryAfter: 30 })
      if (body.name !== 'admin' || body.password !== password) {
        failures.set(body.name, (failures.get(body.name) ?? 0) + 1)
        throw new Refusal(401, 'wrong_name_or_password')
      }
      failures.clear()
      const id = `s${sessions.size + 1}`
      sessions.add(id)
      headers['Set-Cookie'] = `suki_session=${id}; HttpOnly; SameSite=Strict; Path=/`
      return world.session
    }],
    ['GET', /^\/v1\/session$/, () => world.session],
    ['DELETE', /^\/v1\/session$/, () => {
      sessions = new Set()
      return undefined
    }],
    ['GET', /^\/v1\/programmes$/, () => ({ items: state.programmes })],
    ['GET', /^\/v1\/programmes\/([^/]+)\/editions$/, () => ({ items: state.editions.map(({ document, ...summary }) => world.summaryOf(summary)).reverse() })],
    ['GET', /^\/v1\/programmes\/([^/]+)\/editions\/(\d+)$/, ({ match, lang }) => {
      const edition = state.editions.find((one) => one.edition === Number(match[2]))
      if (!edition) throw new Refusal(404, 'edition_not_found')
      return world.editionOf(edition, lang)
    }],
    ['POST', /^\/v1\/programmes\/preview-levels$/, () => ({
      programme: 'meat-works', effective_on: '2026-12-03', members: state.members.length, next: null,
      moves: [
        { from: 'friend', from_title: 'Friend', to: 'friend', to_title: 'Friend', settled: 'guest', settled_title: 'Guest', kind: 'stays', later: 'falls', members: 1, examples: [state.members[0].id] },
        { from: 'guest', from_title: 'Guest', to: 'guest', to_title: 'Guest', settled: 'guest', settled_title: 'Guest', kind: 'stays', later: 'stays', members: state.members.length - 1, examples: [] },
      ],
    })],
    ['POST', /^\/v1\/programmes\/validate$/, ({ body, lang }) => world.validate(body.document, lang)],
    ['POST', /^\/v1\/programmes$/, ({ body, lang }) => {
      const validation = world.validate(body.document, lang)
      if (!validation.is_valid) throw new Refusal(422, 'document_invalid', { diagnostics: validation.diagnostics })
      return world.publish(state, body)
    }, 201],
    ['GET', /^\/v1\/overview$/, () => world.overview(state)],
    ['GET', /^\/v1\/discrepancies$/, ({ query }) => page(world.discrepancies(state).filter((one) => query.get('state') === 'all' || !one.resolved_at), query)],
    ['POST', /^\/v1\/discrepancies\/([^/]+)\/resolve$/, ({ match, body }) => {
      const one = world.discrepancies(state).find((item) => item.id === match[1])
      if (!one) throw new Refusal(404, 'discrepancy_not_found')
      if (!one.resolved_at) state.resolved = { ...state.resolved, [one.id]: { resolved_at: '2026-12-02T11:00:00Z', resolved_by: 'olga', note: body.note ?? null } }
      return world.discrepancies(state).find((item) => item.id === match[1])
    }],
    ['GET', /^\/v1\/members$/, ({ query, lang }) => page(state.members.filter((one) => world.matches(one, query.get('q'))).map((one) => world.memberOf(one, lang)), query)],
    ['GET', /^\/v1\/members\/([^/]+)(\/account|\/statement|\/receipts|)$/, ({ match, query, lang }) => {
      const member = state.members.find((one) => one.id === match[1])
      if (!member) throw new Refusal(404, 'member_not_found')
      if (match[2] === '/account') return world.accountOf(member, lang)
      if (match[2] === '/statement') return page(world.statementOf(state, member, lang), query, 8)
      if (match[2] === '/receipts') return page(state.receipts.filter((one) => one.member === member.id).map((one) => world.receiptOf(one, lang)), query)
      return world.memberOf(member, lang)
    }],
    ['GET', /^\/v1\/accounts\/([^/]+)$/, ({ match, lang }) => {
      const members = state.members.map((one) => world.memberOf(one, lang)).filter((one) => one.account === match[1])
      if (!members.length) throw new Refusal(404, 'account_not_found')
      return { id: match[1], merged_into: null, members }
    }],
    ['POST', /^\/v1\/members$/, ({ body }) => office.join(state, body), 201],
    ['POST', /^\/v1\/members\/([^/]+)\/(transfers|merge)$/, ({ match, body }) => {
      const member = state.members.find((one) => one.id === match[1])
      const other = state.members.find((one) => one.id === body.to)
      if (!member || !other) throw new Refusal(404, 'member_not_found')
      if (member === other) throw new Refusal(422, 'same_account')
      if (match[2] === 'merge') return office.merge(state, member, other, body)
      if (member.available < body.points) throw new Refusal(422, 'insufficient_points')
      return office.transfer(state, member, other, body)
    }, 201],
    ['POST', /^\/v1\/cards$/, ({ body }) => {
      const number = body.number ?? office.newNumber(state)
      if (office.isMistyped(number)) throw new Refusal(400, 'card_check_digit_wrong')
      if (office.cardOf(state, number)) throw new Refusal(409, 'card_already_issued')
      return office.giveCard(state, state.members.find((one) => one.id === body.member.id), number)
    }, 201],
    ['POST', /^\/v1\/cards\/([^/]+)\/(block|unblock)$/, ({ match }) => office.setCard(state, match[1], match[2] === 'block' ? 'blocked' : 'active')],
    ['POST', /^\/v1\/cards\/([^/]+)\/replace$/, ({ match, body }) => {
      const number = body.number ?? office.newNumber(state)
      if (office.cardOf(state, number)) throw new Refusal(409, 'card_already_issued')
      return office.replaceCard(state, match[1], number)
    }, 201],
    ['GET', /^\/v1\/cards\/([^/]+)\/image$/, () => ({ type: 'image/svg+xml', raw: '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"><path d="M10 5h4v50h-4zM20 5h2v50h-2zM30 5h8v50h-8z"/></svg>' })],
    ['GET', /^\/v1\/card-batches\/([^/]+)\/numbers$/, ({ match }) => ({ type: 'text/csv', raw: `number\r\n${Array.from({ length: state.batches.find((one) => one.id === match[1]).count }, () => `${office.newNumber(state)}\r\n`).join('')}` })],
    ['GET', /^\/v1\/card-batches\/([^/]+)\/sheet$/, () => ({ type: 'application/pdf', raw: '%PDF-1.5\n' })],
    ['GET', /^\/v1\/card-batches$/, ({ query }) => page(state.batches, query)],
    ['POST', /^\/v1\/card-batches$/, ({ body }) => office.makeCards(state, body), 201],
    ['GET', /^\/v1\/card-batches\/([^/]+)$/, ({ match }) => office.stateOf(state.batches.find((one) => one.id === match[1]))],
    ['POST', /^\/v1\/card-batches\/([^/]+)\/(block|unblock)$/, ({ match }) => {
      const batch = state.batches.find((one) => one.id === match[1])
      batch.status = match[2] === 'block' ? 'blocked' : 'made'
      return batch
    }],
    ['GET', /^\/v1\/members\/([^/]+)\/household$/, ({ match }) => homes.householdOf(state, memberOf(match[1]))],
    ['PATCH', /^\/v1\/members\/([^/]+)\/household$/, ({ match, body }) => shown(memberOf(match[1]), homes.set(state, memberOf(match[1]), body))],
    ['POST', /^\/v1\/members\/([^/]+)\/household\/people$/, ({ match, body }) => shown(memberOf(body.member), homes.join(state, memberOf(match[1]), memberOf(body.member), memberOf)), 201],
    ['POST', /^\/v1\/members\/([^/]+)\/household\/leave$/, ({ match }) => shown(memberOf(match[1]), homes.leave(state, memberOf(match[1])))],
    ['GET', /^\/v1\/members\/([^/]+)\/level-grants$/, ({ match }) => ({ items: world.grantsOf(memberOf(match[1])) })],
    ['POST', /^\/v1\/members\/([^/]+)\/level-grants$/, ({ match, body }) => {
      const member = memberOf(match[1])
      if (body.match && world.grantsOf(member).some((one) => one.match === body.match)) throw new Refusal(409, 'level_match_used')
      return world.grantLevel(member, body)
    }, 201],
    ['POST', /^\/v1\/members\/([^/]+)\/level-grants\/([^/]+)\/end$/, ({ match, body }) => world.endLevelGrant(memberOf(match[1]), match[2], body.reason)],
    ['GET', /^\/v1\/members\/([^/]+)\/benefits$/, ({ match, lang }) => served.benefitsOf(memberOf(match[1]), lang)],
    ['POST', /^\/v1\/members\/([^/]+)\/benefits\/([^/]+)\/uses$/, ({ match, body }) => {
      const use = served.use(memberOf(match[1]), match[2], body)
      if (!use) throw new Refusal(422, 'benefit_exhausted', { arguments: { allowed: '2', renews_on: '2027-01-01' } })
      return use
    }, 201],
    ['POST', /^\/v1\/members\/([^/]+)\/benefits\/([^/]+)\/token$/, ({ match }) => served.token(memberOf(match[1]), match[2])],
    ['POST', /^\/v1\/members\/([^/]+)\/benefits\/([^/]+)\/grants$/, ({ match, body }) => served.grant(memberOf(match[1]), match[2], body), 201],
    ['POST', /^\/v1\/members\/([^/]+)\/benefit-uses\/([^/]+)\/(undo|confirm|cancel|collect|move)$/, ({ match, body }) => served.end(memberOf(match[1]), match[2], match[3], body)],
    ['GET', /^\/v1\/members\/([^/]+)\/benefit-uses\/([^/]+)\/label$/, () => ({ type: 'application/pdf', raw: '%PDF-1.5\n' })],
    ['GET', /^\/v1\/members\/([^/]+)\/rebates$/, ({ match }) => ({ member: match[1], items: [] })],
    ['GET', /^\/v1\/members\/([^/]+)\/challenges$/, ({ match, lang }) => challenges.challengesOf(memberOf(match[1]), lang)],
    ['GET', /^\/v1\/gifts$/, ({ query, lang }) => shop.catalogue(state, query.get('store'), query.get('member') ? memberOf(query.get('member')) : undefined, lang)],
    ['POST', /^\/v1\/gifts\/([^/]+)\/stock$/, ({ match, body }) => {
      const stock = shop.move(state, match[1], body)
      if (!stock) throw new Refusal(409, 'gift_out_of_stock', { arguments: { left: '0' } })
      return stock
    }],
    ['GET', /^\/v1\/members\/([^/]+)\/gifts$/, ({ match }) => ({ items: shop.ordersOf(memberOf(match[1])) })],
    ['POST', /^\/v1\/members\/([^/]+)\/gifts\/([^/]+)\/(orders|presents)$/, ({ match, body }) => {
      const order = shop.order(state, memberOf(match[1]), match[2], body, match[3] === 'presents')
      if (!order) throw new Refusal(409, 'gift_out_of_stock', { arguments: { left: '0' } })
      return order
    }, 201],
    ['POST', /^\/v1\/members\/([^/]+)\/gift-orders\/([^/]+)\/(hand-over|cancel|take-back)$/, ({ match, body }) => {
      const order = shop.end(state, memberOf(match[1]), match[2], match[3], body)
      if (!order) throw new Refusal(409, 'gift_out_of_stock', { arguments: { left: '0' } })
      return order
    }],
    ['GET', /^\/v1\/members\/([^/]+)\/milestones$/, ({ lang }) => thanks.milestones(lang)],
    ['GET', /^\/v1\/members\/([^/]+)\/recognitions$/, ({ match, lang }) => thanks.view(state, memberOf(match[1]), lang)],
    ['POST', /^\/v1\/members\/([^/]+)\/recognitions$/, ({ match, body }) => {
      const one = thanks.give(state, memberOf(match[1]), body, new Date().toISOString())
      if (!one) throw new Refusal(422, 'recognition_allowance_used', { arguments: { left: '0' } })
      return one
    }, 201],
    ['POST', /^\/v1\/members\/([^/]+)\/recognitions\/([^/]+)\/withdraw$/, ({ match, body }) => thanks.withdraw(state, match[2], body.reason, new Date().toISOString())],
    ['GET', /^\/v1\/members\/([^/]+)\/referrals$/, ({ match }) => friends.of(memberOf(match[1]))],
    ['POST', /^\/v1\/members\/([^/]+)\/referral-code$/, ({ match }) => friends.code(memberOf(match[1]))],
    ['POST', /^\/v1\/members\/([^/]+)\/referrer$/, ({ match, body }) => friends.name(memberOf(match[1]), body)],
    ['GET', /^\/v1\/membership-plans$/, ({ lang }) => club.counted(state, lang)],
    ['GET', /^\/v1\/memberships$/, ({ query }) => page(state.members.flatMap(club.of).filter((one) => !query.get('status') || one.status === query.get('status')), query)],
    ['GET', /^\/v1\/payment-requests$/, ({ query }) => page(state.members.flatMap(club.requestsOf).filter((one) => !query.get('status') || one.status === query.get('status')), query)],
    ['GET', /^\/v1\/members\/([^/]+)\/memberships$/, ({ match, lang }) => ({ items: club.of(memberOf(match[1])), requests: club.requestsOf(memberOf(match[1])), offered: club.offered(lang) })],
    ['POST', /^\/v1\/members\/([^/]+)\/memberships$/, ({ match, body }) => {
      const joined = club.join(memberOf(match[1]), body)
      if (!joined) throw new Refusal(409, 'membership_already_joined', { arguments: { status: 'active' } })
      return joined
    }, 201],
    ['POST', /^\/v1\/members\/([^/]+)\/memberships\/([^/]+)\/(pause|resume|end|keep)$/, ({ match, body }) => club.change(memberOf(match[1]), match[2], match[3], body)],
    ['POST', /^\/v1\/members\/([^/]+)\/payment-requests\/([^/]+)\/result$/, ({ match, body }) => club.report(memberOf(match[1]), match[2], body)],
    ['GET', /^\/v1\/trade-ins$/, () => ({ items: [] })],
    ['GET', /^\/v1\/trade-items$/, ({ query }) => page([], query)],
    ['GET', /^\/v1\/members\/([^/]+)\/trade-items$/, () => ({ items: [] })],
    ['GET', /^\/v1\/trade-in-report$/, () => ({ currency: 'BYN', items: [] })],
    ['GET', /^\/v1\/gift-orders$/, ({ query }) => page(state.members.flatMap((one) => shop.ordersOf(one)).filter((one) => one.status === query.get('status')), query)],
    ['GET', /^\/v1\/occasions$/, ({ query, lang }) => page(evenings.offered(state, query.get('time'), query.get('member') ? memberOf(query.get('member')) : undefined, lang), query)],
    ['POST', /^\/v1\/occasions$/, ({ body, lang }) => evenings.shown(state, evenings.arrange(state, body), lang), 201],
    ['GET', /^\/v1\/occasions\/([^/]+)$/, ({ match, lang }) => evenings.shown(state, occasionOf(match[1]), lang)],
    ['PUT', /^\/v1\/occasions\/([^/]+)$/, ({ match, body, lang }) => evenings.shown(state, evenings.arrange(state, body, occasionOf(match[1])), lang)],
    ['POST', /^\/v1\/occasions\/([^/]+)\/cancel$/, ({ match, body, lang }) => evenings.shown(state, evenings.cancel(state, occasionOf(match[1]), body.reason), lang)],
    ['GET', /^\/v1\/occasions\/([^/]+)\/seats$/, ({ match, query }) => page(evenings.guests(state, occasionOf(match[1]).id, query.get('status'), (id) => memberOf(id).name ?? null), query)],
    ['POST', /^\/v1\/occasions\/([^/]+)\/check-in$/, ({ match, body }) => {
      if (body.token) throw new Refusal(422, 'seat_token_malformed')
      const member = state.members.find((one) => one.id === body.member?.id || world.cardsOf(one).some((card) => card.number === body.member?.card))
      if (!member) throw new Refusal(404, 'card_not_found')
      return evenings.letIn(state, seatOf(member.id, match[1]))
    }],
    ['GET', /^\/v1\/members\/([^/]+)\/seats$/, ({ match, lang }) => ({ items: evenings.ofMember(state, memberOf(match[1]), lang) })],
    ['POST', /^\/v1\/members\/([^/]+)\/seats\/([^/]+)(\/invite)?$/, ({ match, body }) => {
      if (evenings.seatOf(state, match[1], match[2])) throw new Refusal(409, 'seat_already_taken', { arguments: { status: 'booked' } })
      const seat = evenings.take(state, memberOf(match[1]), occasionOf(match[2]), body)
      if (!seat) throw new Refusal(409, 'occasion_full', { arguments: { left: '0' } })
      return seat
    }, 201],
    ['POST', /^\/v1\/members\/([^/]+)\/seats\/([^/]+)\/leave$/, ({ match }) => evenings.leave(state, seatOf(match[1], match[2]))],
    ['POST', /^\/v1\/members\/([^/]+)\/seats\/([^/]+)\/(check-in|undo-check-in)$/, ({ match }) => evenings.letIn(state, seatOf(match[1], match[2]), match[3] === 'undo-check-in')],
    ['GET', /^\/v1\/members\/([^/]+)\/seats\/([^/]+)\/code$/, () => ({ type: 'image/svg+xml', raw: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7h-7z"/></svg>' })],
    ['GET', /^\/v1\/benefit-uses$/, ({ query }) => page(state.members.flatMap((one) => one.benefits?.uses ?? []).filter((one) => one.status === query.get('status')), query)],
    ['POST', /^\/v1\/members\/([^/]+)\/benefit-grants\/([^/]+)\/revoke$/, ({ match }) => served.revoke(memberOf(match[1]), match[2])],
    ['POST', /^\/v1\/members\/([^/]+)\/adjustments$/, ({ match, body }) => {
      const member = state.members.find((one) => one.id === match[1])
      if (!member) throw new Refusal(404, 'member_not_found')
      if (member.available + body.points < 0 && !body.may_owe) throw new Refusal(422, 'insufficient_points')
      return world.adjust(state, member, body)
    }, 201],
    ['POST', /^\/v1\/members\/([^/]+)\/adjustments\/([^/]+)\/undo$/, ({ match, body }) => {
      const answer = world.undo(state, state.members.find((one) => one.id === match[1]), match[2], body.reason)
      if (!answer) throw new Refusal(404, 'adjustment_not_found')
      return answer
    }, 201],
    ['GET', /^\/v1\/receipts\/([^/]+)\/explain$/, ({ match, lang }) => world.explanationOf(found(match[1]), lang)],
    ['GET', /^\/v1\/receipts\/([^/]+)$/, ({ match, lang }) => world.receiptOf(found(match[1]), lang)],
    // Its discrepancies are written down already.
    ['PUT', /^\/v1\/receipts\/([^/]+)$/, ({ match, body }) => {
      const member = body.member?.id ? memberOf(body.member.id) : undefined
      return { ...world.receiptOf(state.receipts[0], 'en'), things: member ? shop.promise(member, decodeURIComponent(match[1]), body.lines) : [], challenges: member ? [challenges.moveOf('en')] : [] }
    }],
    ['POST', /^\/v1\/receipts\/([^/]+)\/returns$/, ({ match, body }) => ({ id: body.id, receipt: decodeURIComponent(match[1]), things: shop.withdraw(state, decodeURIComponent(match[1])) })],
    ['POST', /^\/v1\/receipts\/quote$/, ({ body, lang }) => {
      const paid = body.points_paid?.[0]
      if (paid && !body.member) throw new Refusal(422, 'points_need_member')
      const more = { pointer: '/points_paid/0/points', arguments: { unit: 'points', stated: String(paid?.points), bound: 'at_least', value: '100' } }
      if (paid && paid.points < 100) throw new Refusal(422, 'points_below_minimum', more)
      return world.quote(state, body, lang)
    }],
    ['GET', /^\/v1\/stores$/, () => ({ items: world.stores, next: null })],
    ['GET', /^\/v1\/products$/, () => ({ items: world.products, next: null })],
    ['GET', /^\/v1\/products\/([^/]+)$/, ({ match }) => {
      const product = world.products.find((one) => one.sku === match[1])
      if (!product) throw new Refusal(404, 'product_not_found')
      return product
    }],
    ['POST', /^\/v1\/session\/password$/, ({ body }) => {
      if (body.old_password !== password) throw new Refusal(403, 'wrong_password')
      if (body.new_password.length < 6) throw new Refusal(400, 'password_too_short')
      password = body.new_password
      return world.session
    }],
    ['GET', /^\/v1\/users$/, () => ({ items: state.users })],
    ['POST', /^\/v1\/users$/, ({ body }) => {
      if (state.users.some((one) => one.name === body.name)) throw new Refusal(409, 'user_already_exists')
      const user = { id: `usr_${body.name}`, name: body.name, organisation: null, created_at: '2026-12-02T10:00:00Z' }
      state.users = [...state.users, user]
      return { ...user, password: 'made-upfor-theemo-ckery' }
    }, 201],
    ['POST', /^\/v1\/users\/([^/]+)\/password$/, ({ match }) => ({ ...userOf(match[1]), password: 'other-wordsfor-themo-cker' })],
    ['DELETE', /^\/v1\/users\/([^/]+)$/, ({ match }) => {
      const user = userOf(match[1])
      state.users = state.users.filter((one) => one !== user)
      return undefined
    }],
    ['GET', /^\/v1\/signing-keys$/, () => ({ items: office.signingKeys(state) })],
    ['POST', /^\/v1\/signing-keys\/rotate$/, ({ body }) => ({ items: office.rotate(state, body.revoke) })],
    ['GET', /^\/v1\/keys$/, () => ({ items: state.keys })],
    ['POST', /^\/v1\/keys$/, ({ body }) => {
      const key = { id: `key_${state.keys.length + 1}`, name: body.name, scope: body.scope, programme: body.programme ?? null, store: body.store ?? null, created_at: '2026-12-02T10:00:00Z', revoked_at: null }
      state.keys = [...state.keys, key]
      return { ...key, secret: `suki_${key.id}_made-up-for-the-mock` }
    }, 201],
    ['POST', /^\/v1\/keys\/([^/]+)\/revoke$/, ({ match }) => {
      const key = state.keys.find((one) => one.id === match[1])
      if (!key) throw new Refusal(404, 'key_not_found')
      key.revoked_at = '2026-12-02T11:00:00Z'
      return key
    }],
    ['GET', /^\/v1\/audit$/, ({ query }) => page(state.audit.filter((one) => ['action', 'actor'].every((name) => !query.get(name) || one[name] === query.get(name))), query)],
    ['GET', /^\/v1\/quarantine$/, () => ({ items: state.quarantine })],
    ['POST', /^\/v1\/quarantine\/([^/]+)\/release$/, ({ match }) => {
      const command = state.quarantine.find((one) => one.id === match[1])
      if (!command) throw new Refusal(404, 'quarantined_command_not_found')
      state.quarantine = state.quarantine.filter((one) => one !== command)
      return command
    }],
  ]

  function userOf(name) {
    const user = state.users.find((one) => one.name === decodeURIComponent(name))
    if (!user) throw new Refusal(404, 'user_not_found')
    return user
  }

  function shown(member, refused) {
    if (refused) throw new Refusal(409, refused)
    return homes.householdOf(state, member)
  }
  function occasionOf(id) {
    const one = evenings.find(state, id)
    if (!one) throw new Refusal(404, 'occasion_not_found')
    return one
  }
  function seatOf(member, id) {
    const seat = evenings.seatOf(state, member, id)
    if (!seat) throw new Refusal(404, 'seat_not_found')
    return seat
  }

  function memberOf(id) {
    const member = state.members.find((one) => one.id === id)
    if (!member) throw new Refusal(404, 'member_not_found')
    return member
  }

  function found(id) {
    const receipt = state.receipts.find((one) => one.id === decodeURIComponent(id))
    if (!receipt) throw new Refusal(404, 'receipt_not_found')
    return receipt
  }

  function page(items, query, size = 50) {
    const from = Number(query.get('cursor')) || 0
    const limit = Math.min(Number(query.get('limit')) || size, size)
    return { items: items.slice(from, from + limit), next: from + limit < items.length ? String(from + limit) : null }
  }

  function answer(request, url, body) {
    const isWrite = request.method !== 'GET'
    const cookie = /suki_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1]
    const isSignIn = url.pathname === '/v1/session' && request.method === 'POST'
    if (!isSignIn && !sessions.has(cookie)) throw new Refusal(401, 'unauthenticated')
    if (!isSignIn && isWrite && request.headers['x-csrf-token'] !== world.session.csrf_token) throw new Refusal(403, 'csrf_token_invalid')
    for (const [method, pattern, run, status = 200] of routes) {
      const match = method === request.method && pattern.exec(url.pathname)
      if (!match) continue
      const needsKey = isWrite && !isSignIn && !/validate|preview-levels|quote|session|\/token$/.test(url.pathname)
      if (needsKey && !request.headers['idempotency-key']) throw new Refusal(400, 'idempotency_key_required')
      const key = needsKey ? request.headers['idempotency-key'] : undefined
      if (key && remembered.has(key)) return remembered.get(key)
      const headers = {}
      const lang = (request.headers['accept-language'] ?? 'en').slice(0, 2)
      const value = run({ match, body, query: url.searchParams, lang, headers })
      const answered = { status: value === undefined ? 204 : status, value, headers }
      if (key) remembered.set(key, answered)
      return answered
    }
    throw new Refusal(404, 'route_not_found')
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost')
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      if (!url.pathname.startsWith('/v1/')) return file(url.pathname, response)
      try {
        const text = Buffer.concat(chunks).toString()
        const { status, value, headers } = answer(request, url, text ? JSON.parse(text) : undefined)
        response.writeHead(status, { 'Content-Type': value?.type ?? 'application/json', 'Cache-Control': 'no-store', ...headers })
        response.end(value === undefined ? undefined : (value.raw ?? JSON.stringify(value)))
      } catch (cause) {
        const { status, code, more } = cause instanceof Refusal ? cause : { status: 500, code: 'internal_error', more: { detail: String(cause?.stack) } }
        const { retryAfter, ...rest } = more
        response.writeHead(status, { 'Content-Type': 'application/problem+json', ...(retryAfter ? { 'Retry-After': String(retryAfter) } : {}) })
        response.end(JSON.stringify({ type: `urn:suki:problem:${code}`, title: code.replaceAll('_', ' '), status, code, request_id: 'req_mock', ...rest }))
      }
    })
  })

  function file(path, response) {
    const name = normalize(path === '/' ? '/index.html' : path)
    const full = join(dist, name)
    if (!full.startsWith(dist) || !existsSync(full)) {
      response.writeHead(404)
      return response.end()
    }
    response.writeHead(200, { 'Content-Type': types[extname(full)] ?? 'application/octet-stream', 'Content-Security-Policy': policy, 'X-Content-Type-Options': 'nosniff' })
    response.end(readFileSync(full))
  }

  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve({ url: `http://127.0.0.1:${server.address().port}`, stop: () => {
        server.closeAllConnections()
        return new Promise((done) => server.close(done))
      } }))
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.argv.find((one) => /^\d+$/.test(one))) || 5199
  const { url } = await startMock({ port, isEmpty: process.argv.includes('--empty') })
  console.log(`${url}  admin  secret`)
}
