// The interface keeps what api/openapi.yaml says, tried with bodies made from the schemas:
//     node tests/contract/contract.mjs BASE_URL ADMIN_KEY [--seed N] [--runs N] [--verbose]
// Of each answer: the status, the content type and the headers are described, the body fits its schema, the code of a refusal is
// one that the operation can give, and nothing is a failure of the server. A body that fits its schema is never called malformed, and
// one that does not is never accepted.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import YAML from 'yaml';
import { arbitraryOf, mutated } from './generate.mjs';

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
/** Refusals that any operation can give, beside its own. */
const common = ['malformed_request', 'invalid_request', 'unauthenticated', 'forbidden', 'unsupported_media_type', 'body_too_large',
  'too_busy', 'too_many_requests', 'shutting_down', 'store_unavailable', 'internal_error', 'malformed_target'];
/** Operations that a key can't call with success. */
const onlyWithSession = ['signIn', 'getSession', 'signOut', 'changePassword'];

class Contract {
  constructor(base, key, doc) {
    this.base = base;
    this.key = key;
    this.doc = doc;
    this.ajv = new Ajv2020({ strict: false, validateFormats: true, multipleOfPrecision: 6 });
    addFormats(this.ajv);
    this.ajv.addSchema(doc, 'suki');
    this.succeeded = new Set();
    this.seen = new Map();
    this.known = { unit: [], store: ['s1'], card: [], member: [], account: [], adjustment: [], hold: [], batch: [], use: [], item: [], grant: [], levelGrant: [], receipt: [], document: [], currency: [], line: [1, 2] };
    this.calls = 0;
  }

  operations() {
    return Object.entries(this.doc.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase(), id: operation.operationId })));
  }

  resolve(node) {
    return node.$ref ? node.$ref.slice(2).split('/').reduce((at, part) => at[part.replaceAll('~1', '/').replaceAll('~0', '~')], this.doc) : node;
  }

  validator(schema) {
    // References of the document are relative to it.
    const absolute = JSON.parse(JSON.stringify(schema), (name, value) => (name === '$ref' ? value.replace(/^#/, 'suki#') : value));
    const text = JSON.stringify(absolute);
    this.validators ??= new Map();
    if (!this.validators.has(text)) this.validators.set(text, this.ajv.compile(absolute));
    return this.validators.get(text);
  }

  async send(method, path, headers, body) {
    ++this.calls;
    const response = await fetch(this.base + path, {
      method,
      headers: { authorization: `Bearer ${this.key}`, 'accept-language': 'ru', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    let json;
    try { json = JSON.parse(text); } catch { /* not JSON: the check of its content type says so */ }
    return { status: response.status, headers: response.headers, text, json };
  }

  /** Throws when the answer is not as described. */
  check(operation, answer) {
    const fail = (what) => { throw new Error(`${operation.id}: ${what}: ${answer.status} ${answer.text.slice(0, 500)}`); };
    if (answer.status >= 500) fail('a failure of the server');
    const described = operation.responses[String(answer.status)];
    if (!described) fail('an undescribed status');
    if (answer.status < 300) this.succeeded.add(operation.id);
    const response = this.resolve(described);
    const type = (answer.headers.get('content-type') ?? '').split(';')[0];
    if (!response.content) {
      if (answer.text !== '') fail('a body that is not described');
      return;
    }
    const content = response.content[type];
    if (!content) fail(`an undescribed content type ${type}`);
    if (type.includes('json')) {
      const validate = this.validator(content.schema);
      if (!validate(answer.json)) fail(`the body does not fit its schema (${this.ajv.errorsText(validate.errors)})`);
    }
    if (answer.status >= 400 && !common.includes(answer.json.code) && !operation['x-codes'].includes(answer.json.code)) {
      fail(`the code ${answer.json.code} is not among x-codes`);
    }
    const seen = `${operation.id} ${answer.status} ${answer.status < 300 ? '' : answer.json?.code}`;
    this.seen.set(seen, (this.seen.get(seen) ?? 0) + 1);
  }

  /** A path and headers for a call: mostly of things that are there. */
  request(operation, random) {
    let path = operation.path;
    const headers = {};
    const query = [];
    for (const one of operation.parameters ?? []) {
      const parameter = this.resolve(one);
      if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(this.pathValue(operation, parameter.name, random)));
      if (parameter.name === 'Idempotency-Key') headers['idempotency-key'] = `c-${process.pid}-${this.calls}-${random % 1000}`;
      if (parameter.name === 'If-Match') headers['if-match'] = random % 3 === 0 ? '"1"' : '*';
      if (parameter.in === 'query' && parameter.name === 'limit' && random % 3 === 0) query.push('limit=2');
      if (parameter.in === 'query' && parameter.name === 'lang' && random % 3 === 1) query.push(`lang=${['en', 'ru', 'be'][random % 7 % 3]}`);
      if (parameter.in === 'query' && parameter.name === 'q' && random % 4 === 2) query.push('q=A');
    }
    return { path: path + (query.length ? `?${query.join('&')}` : ''), headers };
  }

  pathValue(operation, name, random) {
    const pick = (list, other) => (list?.length && random % 8 !== 7 ? list[random % list.length] : other);
    if (name === 'programme') return pick([this.programme], 'nothing');
    if (name === 'edition') return pick(['1'], '999');
    if (name === 'number') return pick(this.known.card, 'no-card');
    if (name === 'sku') return pick(['sku-1'], 'no-sku');
    if (name === 'benefit') return pick(operation.id === 'issueAccessToken' ? ['presale', 'presale', 'tour'] : ['tour', 'tour', 'parking', 'box'], 'no-benefit');
    if (name === 'organisation') return pick(['main'], 'no-organisation');
    if (name === 'membership') return pick([...this.known.membership, 'free', 'paid'], 'mbs_00000000000000000000000001');
    if (name === 'request') return pick(this.known.request, 'pay_00000000000000000000000001');
    if (name === 'gift') return pick(['knife', 'board', 'tour_ticket'], 'no-gift');
    if (name === 'recognition') return pick(this.known.recognition, 'thx_00000000000000000000000009');
    if (name === 'item') return pick(this.known.item, 'tri_00000000000000000000000009');
    if (name === 'use') return pick(this.known.use, 'use_00000000000000000000000009');
    if (name === 'order') return pick(this.known.order, 'gor_00000000000000000000000009');
    if (name === 'grant' && operation.path.includes('/level-grants/')) return pick(this.known.levelGrant, 'lgr_00000000000000000000000009');
    if (name === 'occasion') return pick(this.known.occasion, 'occ_00000000000000000000000009');
    if (name === 'grant') return pick(this.known.grant, 'bgr_00000000000000000000000009');
    if (name === 'adjustment') return pick(this.known.adjustment, 'adj_00000000000000000000000009');
    if (operation.path.includes('/accounts/')) return pick(this.known.account, 'acc_00000000000000000000000009');
    if (operation.path.includes('/members/')) return pick(this.known.member, 'mem_00000000000000000000000009');
    if (operation.path.includes('/card-batches/')) return pick(this.known.batch, 'cbt_none');
    if (operation.path.includes('/discrepancies/')) return pick(this.known.discrepancy, 'no-discrepancy');
    if (operation.path.includes('/holds/')) return pick(this.known.hold, 'hld_00000000000000000000000009');
    if (operation.path.includes('/stores/')) return pick(['s1'], 'no-store');
    // Of those who are removed, nobody is left for the others.
    if (operation.id === 'removeUser') return pick(this.known.leaver, 'no-user');
    if (operation.path.includes('/users/')) return pick(this.known.user, 'no-user');
    if (operation.path.includes('/quarantine/')) return pick(this.known.quarantined, 'nothing-quarantined');
    if (operation.path.includes('/keys/')) return pick([this.spareKey], 'no-key');
    if (operation.id === 'recordReceipt') return random % 4 === 0 ? pick(this.known.receipt, 'r') : `r/${this.calls}`;
    return pick(this.known.receipt, 'no-receipt');
  }

  /** Makes what the calls will name. Each of these must succeed, so it is part of the test. */
  async furnish() {
    const operations = new Map(this.operations().map((operation) => [operation.id, operation]));
    const must = async (id, path, body, headers = {}) => {
      const operation = operations.get(id);
      const own = operation.method === 'GET' ? {} : { 'content-type': 'application/json', 'idempotency-key': `f-${process.pid}-${this.calls}` };
      const answer = await this.send(operation.method, path, { ...own, ...headers }, body);
      this.check(operation, answer);
      if (answer.status >= 300) throw new Error(`${id} was refused: ${answer.text}`);
      return answer.json;
    };
    const programme = (await must('listProgrammes', '/v1/programmes')).items[0];
    this.programme = programme.id;
    this.known.currency = [programme.currency];
    this.known.unit = programme.units.map((unit) => unit.id);
    this.known.quarantined = (await must('listQuarantined', '/v1/quarantine')).items.map((one) => one.id);
    const edition = await must('getEdition', `/v1/programmes/${programme.id}/editions/1`);
    this.known.document = [edition.document, 'suki: 1\n', '{"suki": 1}'];
    await must('publishEdition', '/v1/programmes', { document: edition.document, effective_on: '2090-01-01' });
    await must('upsertStores', '/v1/stores', { stores: [{ id: 's1', title: 'One', zone: 'Europe/Minsk' }] });
    await must('upsertProducts', '/v1/products', { products: [{ sku: 'sku-1', title: 'Tea', category: 'food/tea', unit: 'piece' }] });
    for (let i = 0; i < 4; ++i) {
      const member = await must('createMember', '/v1/members', { name: `Ana ${i}`, makes_card: true });
      const card = member.cards[0].number;
      this.known.card.push(card);
      this.known.member.push(member.id);
      this.known.account.push(member.account);
      await must('adjustPoints', `/v1/members/${member.id}/adjustments`, { unit: this.known.unit[0], points: 1_000_000, reason: 'to be spent' });
      const mistake = await must('adjustPoints', `/v1/members/${member.id}/adjustments`, { unit: this.known.unit[0], points: 5, reason: 'a mistake' });
      this.known.adjustment.push(mistake.id);
      await must('undoAdjustment', `/v1/members/${member.id}/adjustments/${mistake.id}/undo`, { reason: 'taken back' });
      const id = `first/${i}`;
      await must('recordReceipt', `/v1/receipts/${encodeURIComponent(id)}`, {
        occurred_at: new Date(Date.now() - 60_000).toISOString(), store: 's1', member: { card },
        lines: [{ number: 1, sku: 'sku-1', quantity: '3', amount: 3000 }, { number: 2, quantity: '0.5', unit: 'kg', amount: 500 }], charged: 1,
      });
      this.known.receipt.push(id);
      const hold = await must('placeHold', '/v1/holds', { member: { card }, unit: this.known.unit[0], points: 10 });
      this.known.hold.push(hold.hold);
    }
    const again = await must('createMember', '/v1/members', { name: 'Ana again' });
    const [ana] = this.known.member;
    await must('transferPoints', `/v1/members/${ana}/transfers`, { to: again.id, unit: this.known.unit[0], points: 5, reason: 'a gift' });
    await must('mergeMembers', `/v1/members/${again.id}/merge`, { to: ana, reason: 'one person' });
    await must('listAccountMembers', `/v1/accounts/${again.account}`);
    // Each of these receipts was charged otherwise than decided.
    this.known.discrepancy = (await must('listDiscrepancies', '/v1/discrepancies')).items.map((item) => item.id);
    await must('returnGoods', '/v1/receipts/first%2F0/returns', { id: 'ret-0', occurred_at: new Date().toISOString(), lines: [{ line: 1, quantity: '1' }] });
    await must('voidReceipt', '/v1/receipts/first%2F1/void', { id: 'void-1', occurred_at: new Date().toISOString() });
    await must('confirmHold', `/v1/holds/${this.known.hold[0]}/confirm`, { points: 5 });
    await must('releaseHold', `/v1/holds/${this.known.hold[1]}/release`);
    await must('recordEvent', '/v1/events', { id: 'visit-1', kind: 'visit', member: { id: this.known.member[0] }, occurred_at: new Date().toISOString() });
    await must('patchMember', `/v1/members/${this.known.member[0]}`, { name: 'Ana' }, { 'if-match': '*' });
    await must('issueCard', '/v1/cards', { member: { id: this.known.member[0] } });
    await must('getCardImage', `/v1/cards/${this.known.card[0]}/image?code=qr&format=png`);
    for (const body of [{ count: 3 }, { count: 2, category: 'gold', note: 'For the fair' }]) this.known.batch.push((await must('makeCards', '/v1/card-batches', body)).id);
    for (const part of ['', '/numbers', '/sheet']) await must(`getCardBatch${part && part[1].toUpperCase() + part.slice(2)}`, `/v1/card-batches/${this.known.batch[0]}${part}`);
    const [ben] = this.known.member;
    for (const [benefit, booked] of [['tour'], ['parking'], ['tour', 5], ['tour', 6]]) {
      const body = booked ? { store: 's1', booked_for: new Date(Date.now() + booked * 86_400_000).toISOString() } : { note: 'two guests' };
      this.known.use.push((await must('useBenefit', `/v1/members/${ben}/benefits/${benefit}/uses`, body)).id);
    }
    const [mistake, , booked, dropped] = this.known.use;
    await must('confirmBenefitUse', `/v1/members/${ben}/benefit-uses/${booked}/confirm`, {});
    await must('cancelBenefitUse', `/v1/members/${ben}/benefit-uses/${dropped}/cancel`, { reason: 'ill' });
    await must('undoBenefitUse', `/v1/members/${ben}/benefit-uses/${mistake}/undo`, { reason: 'a mistake' });
    for (const until of [undefined, '2089-12-31']) this.known.grant.push((await must('grantBenefit', `/v1/members/${ben}/benefits/tour/grants`, { count: 2, until, reason: 'a gift' })).id);
    await must('revokeBenefit', `/v1/members/${ben}/benefit-grants/${this.known.grant[0]}/revoke`, { reason: 'a mistake' });
    for (const level of ['board', 'friend']) this.known.levelGrant.push((await must('grantLevel', `/v1/members/${ben}/level-grants`, { level, reason: 'invited' })).id);
    await must('endLevelGrant', `/v1/members/${ben}/level-grants/${this.known.levelGrant[1]}/end`, { reason: 'a mistake' });
    for (const item of ['a box', 'a bag']) this.known.use.push((await must('useBenefit', `/v1/members/${ben}/benefits/box/uses`, { store: 's1', item, shelf: 'A-1' })).id);
    const [stored, collected] = this.known.use.slice(-2);
    await must('moveBenefitUse', `/v1/members/${ben}/benefit-uses/${stored}/move`, { shelf: 'B-2' });
    await must('getBenefitUseLabel', `/v1/members/${ben}/benefit-uses/${stored}/label`);
    await must('collectBenefitUse', `/v1/members/${ben}/benefit-uses/${collected}/collect`, {});
    await must('listMemberBenefits', `/v1/members/${ben}/benefits`);
    await must('listBenefitUses', '/v1/benefit-uses?status=booked');
    await must('issueAccessToken', `/v1/members/${ben}/benefits/presale/token`);
    await must('rotateSigningKeys', '/v1/signing-keys/rotate', {});
    for (const [id, path] of [['listSigningKeys', '/v1/signing-keys'], ['getKeySet', '/v1/organisations/main/jwks']]) await must(id, path);
    for (const gift of ['knife', 'board']) await must('moveGiftStock', `/v1/gifts/${gift}/stock`, { store: 's1', move: 'received', count: 100_000 });
    const order = async () => (await must('orderGift', `/v1/members/${ben}/gifts/knife/orders`, { store: 's1' })).id;
    this.known.order = [await order(), await order(), await order()];
    await must('presentGift', `/v1/members/${ben}/gifts/tour_ticket/presents`, { reason: 'a gift' });
    await must('handOverGift', `/v1/members/${ben}/gift-orders/${this.known.order[0]}/hand-over`, { substitute: 'board' });
    await must('takeBackGift', `/v1/members/${ben}/gift-orders/${this.known.order[0]}/take-back`, { reason: 'has one' });
    await must('cancelGift', `/v1/members/${ben}/gift-orders/${this.known.order[1]}/cancel`, {});
    const handedIn = async (trade_in, article) => {
      const { id } = await must('handInItem', `/v1/members/${ben}/trade-items`, { trade_in, article, store: 's1' });
      this.known.item.push(id);
      return (operation, step, body = {}) => must(`${operation}TradeItem`, `/v1/members/${ben}/trade-items/${id}/${step}`, body);
    };
    const [boots, twice, skates, back, torn] = [await handedIn('shoes', 'boots'), await handedIn('shoes', 'boots'), await handedIn('skates', 'skates'), await handedIn('shoes', 'boots'), await handedIn('shoes', 'boots')];
    for (const one of [boots, twice, skates, back, torn]) await one('offer', 'offer', { grade: 'good' });
    for (const one of [boots, twice, skates, torn]) await one('accept', 'accept');
    await back('refuse', 'refuse');
    await twice('undo', 'undo', { reason: 'a mistake' });
    for (const one of [boots, skates]) await one('sell', 'sell', { price: 1900, receipt: 'second-1' });
    await torn('writeOff', 'write-off', { reason: 'torn' });
    await (await handedIn('shoes', 'boots'))('giveBack', 'give-back');
    await must('listTradeIns', '/v1/trade-ins');
    await must('listMemberTradeItems', `/v1/members/${ben}/trade-items`);
    await must('listTradeItems', '/v1/trade-items?status=sold&store=s1');
    await must('getTradeInReport', '/v1/trade-in-report');
    await must('listMemberChallenges', `/v1/members/${ben}/challenges`);
    await must('listMemberRebates', `/v1/members/${ben}/rebates`);
    await must('listGifts', `/v1/gifts?store=s1&member=${ben}`);
    await must('listMemberGifts', `/v1/members/${ben}/gifts`);
    const colleague = (await must('createMember', '/v1/members', { name: 'A colleague' })).id;
    const thank = async () => (await must('giveRecognition', `/v1/members/${ben}/recognitions`, { to: colleague, kind: 'thanks', points: 5 })).id;
    this.known.recognition = [await thank(), await thank()];
    await must('withdrawRecognition', `/v1/members/${colleague}/recognitions/${this.known.recognition[0]}/withdraw`, { reason: 'a mistake' });
    await must('listMemberMilestones', `/v1/members/${ben}/milestones`);
    await must('listMemberRecognitions', `/v1/members/${ben}/recognitions`);
    await must('listRecognitions', '/v1/recognitions?status=withdrawn');
    const joined = async (who, membership) => must('joinMembership', `/v1/members/${who}/memberships`, { membership });
    this.known.membership = [(await joined(ben, 'free')).id];
    const paid = await joined(ben, 'paid');
    this.known.membership.push(paid.id);
    this.known.request = [paid.request];
    await must('reportPayment', `/v1/members/${ben}/payment-requests/${paid.request}/result`, { result: 'paid' });
    for (const deed of ['pause', 'resume', 'end', 'keep']) await must(`${deed}Membership`, `/v1/members/${ben}/memberships/${paid.id}/${deed}`, {});
    await must('listMemberMemberships', `/v1/members/${ben}/memberships`);
    await must('listMembershipPlans', '/v1/membership-plans');
    await must('listMemberships', '/v1/memberships?status=active');
    await must('listPaymentRequests', '/v1/payment-requests?status=paid&membership=paid');
    const { code } = await must('giveReferralCode', `/v1/members/${ben}/referral-code`);
    const brought = await must('createMember', '/v1/members', { name: 'Brought', referred_by: code });
    await must('listMemberReferrals', `/v1/members/${brought.id}/referrals`);
    const named = await must('createMember', '/v1/members', { name: 'Brought later' });
    await must('nameReferrer', `/v1/members/${named.id}/referrer`, { referred_by: ben, reason: 'forgot to say it' });
    await must('listMemberReferrals', `/v1/members/${ben}/referrals`);
    await must('listGiftOrders', '/v1/gift-orders?status=reserved&store=s1');
    const soon = new Date(Date.now() + 7 * 86_400_000).toISOString();
    const later = new Date(Date.now() + 8 * 86_400_000).toISOString();
    const terms = { title: 'A tasting', starts_at: soon, ends_at: later, capacity: 3, guests_most: 1, waiting_most: 50 };
    const arrange = async (more) => (await must('createOccasion', '/v1/occasions', { ...terms, ...more })).id;
    this.known.occasion = [await arrange({ access: 'benefit', benefit: 'tour' }), await arrange({ capacity: 10_000 }), await arrange({})];
    const [wine, dance, off] = this.known.occasion;
    const seat = `/v1/members/${ben}/seats/${wine}`;
    const guest = (await must('createMember', '/v1/members', { name: 'A guest' })).id;
    await must('takeSeat', seat, { party: 2 });
    await must('inviteMember', `/v1/members/${guest}/seats/${wine}/invite`, { reason: 'a guest', party: 2 });
    await must('issueSeatToken', `${seat}/token`);
    await must('getSeatCode', `${seat}/code`);
    await must('checkInMember', `${seat}/check-in`, {});
    await must('undoCheckIn', `${seat}/undo-check-in`, { reason: 'a mistake' });
    await must('leaveSeat', `${seat}/leave`, {});
    await must('checkIn', `/v1/occasions/${wine}/check-in`, { member: { id: guest } });
    await must('changeOccasion', `/v1/occasions/${dance}`, { ...terms, capacity: 9_000 });
    await must('cancelOccasion', `/v1/occasions/${off}/cancel`, { reason: 'a storm' });
    await must('getOccasion', `/v1/occasions/${wine}`);
    await must('listOccasions', `/v1/occasions?time=coming&member=${ben}`);
    await must('listGuests', `/v1/occasions/${wine}/seats?status=came`);
    await must('listMemberSeats', `/v1/members/${ben}/seats`);
    const home = [];
    for (const name of ['Owner', 'Second', 'Third']) home.push((await must('createMember', '/v1/members', { name })).id);
    for (const member of home.slice(1)) await must('joinHousehold', `/v1/members/${home[0]}/household/people`, { member, reason: 'they asked' });
    await must('setHousehold', `/v1/members/${home[0]}/household`, { pays: 'owner', owner: home[1], reason: 'they asked' });
    await must('leaveHousehold', `/v1/members/${home[0]}/household/leave`, { reason: 'moved out' });
    await must('getHousehold', `/v1/members/${home[1]}/household`);
    this.known.member.push(...home);
    this.spareKey = (await must('createKey', '/v1/keys', { name: 'spare', scope: 'till' })).id;
    this.known.user = [`user-${process.pid}`];
    this.known.leaver = [0, 1, 2].map((i) => `leaver-${process.pid}-${i}`);
    for (const name of [...this.known.user, ...this.known.leaver]) await must('createUser', '/v1/users', { name });
    await must('validateProgramme', '/v1/programmes/validate', { document: edition.document });
    await must('quoteReceipt', '/v1/receipts/quote', {
      at: new Date().toISOString(), hold: true, member: { card: this.known.card[2] }, lines: [{ number: 1, quantity: '1', amount: 900 }],
      points_paid: [{ unit: this.known.unit[0], points: 100 }],
    });
  }

  /** The properties of one operation: named functions that throw. */
  properties(operation, runs, seed) {
    const settings = { numRuns: runs, seed, endOnFailure: false };
    const content = operation.requestBody?.content['application/json'];
    const call = async (random, body) => {
      const { path, headers } = this.request(operation, random);
      if (body !== undefined) headers['content-type'] = 'application/json';
      const answer = await this.send(operation.method, path, headers, body);
      this.check(operation, answer);
      return answer;
    };
    const isMalformed = (answer) => answer.status === 400 && ['malformed_request', 'invalid_request'].includes(answer.json.code);
    if (!content) {
      return [['answers as described', () => fc.assert(fc.asyncProperty(fc.nat(), async (random) => { await call(random); }), settings)]];
    }
    const valid = arbitraryOf(content.schema, this.doc, this.known);
    const fits = this.validator(content.schema);
    const result = [
      ['takes what fits its schema', () => fc.assert(fc.asyncProperty(fc.nat(), valid, async (random, body) => {
        if (!fits(body)) throw new Error(`the generator made what does not fit: ${this.ajv.errorsText(fits.errors)} ${JSON.stringify(body)}`);
        const answer = await call(random, body);
        if (isMalformed(answer)) throw new Error(`a body that fits was called malformed: ${answer.text}`);
      }), settings)],
      ['refuses what does not fit its schema', () => fc.assert(fc.asyncProperty(fc.nat(), mutated(valid), async (random, body) => {
        const isGood = fits(body);
        const answer = await call(random, body);
        if (isGood && isMalformed(answer)) throw new Error(`a body that fits was called malformed: ${answer.text}`);
        if (!isGood && answer.status < 300) throw new Error(`a body that does not fit (${this.ajv.errorsText(fits.errors)}) was accepted: ${answer.text.slice(0, 300)}`);
      }), { ...settings, numRuns: runs * 2 })],
    ];
    if (content.example) {
      result.push(['its example fits', async () => {
        if (!fits(content.example)) throw new Error(this.ajv.errorsText(fits.errors));
      }]);
    }
    return result;
  }
}

export async function run(base, key, { seed = option('seed', 20261122), runs = option('runs', 60) } = {}) {
  let passed = 0;
  let failed = 0;
  const check = async (name, test) => {
    try {
      await test();
      ++passed;
    } catch (failure) {
      ++failed;
      console.log(`FAILED ${name}\n${String(failure.message ?? failure).slice(0, 3000)}${failure.cause ? `\n${String(failure.cause.message ?? failure.cause).slice(0, 1500)}` : ''}\n`);
    }
  };
  console.log(`contract of ${base}, seed ${seed}, ${runs} runs`);
  const doc = await (await fetch(`${base}/openapi.json`)).json();
  await check('the served description is the one in the tree', async () => {
    const source = YAML.parse(readFileSync(fileURLToPath(new URL('../../api/openapi.yaml', import.meta.url)), 'utf8'));
    if (!isDeepStrictEqual(doc, source)) throw new Error('/openapi.json differs from api/openapi.yaml');
  });
  const contract = new Contract(base, key, doc);
  await check('what the calls name can be made', () => contract.furnish());
  const operations = contract.operations();
  // Keys are revoked last, and signing in is throttled soon.
  for (const operation of operations) {
    const count = ['signIn', 'changePassword'].includes(operation.id) ? 5 : operation.id === 'publishEdition' ? 15 : operation.requestBody ? runs : 12;
    for (const [name, test] of contract.properties(operation, count, seed)) await check(`${operation.id}: ${name}`, test);
  }
  await check('every operation succeeded at least once', async () => {
    const missing = operations.map((one) => one.id).filter((id) => !contract.succeeded.has(id) && !onlyWithSession.includes(id));
    if (missing.length) throw new Error(missing.join(', '));
  });
  if (process.argv.includes('--verbose')) for (const [what, count] of [...contract.seen].sort()) console.log(`${count} ${what}`);
  console.log(`${contract.calls} calls`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [base, key] = process.argv.slice(2);
  if (!base || !key) {
    console.error('usage: node tests/contract/contract.mjs BASE_URL ADMIN_KEY [--seed N] [--runs N]');
    process.exit(2);
  }
  process.exit((await run(base.replace(/\/$/, ''), key)) ? 0 : 1);
}
