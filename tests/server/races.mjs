// Many callers at once: a receipt is recorded once, points are spent once, a limit of ten gives ten. With the word `postgres` on that
// database, and with a number behind it on as many servers that share it.
import { readFileSync } from 'node:fs';
import { basket, call, expect, finish, prepare, serve, verify } from './support.mjs';

const where = process.argv[2] ?? 'sqlite';
const { db, key } = prepare(undefined, where);
const servers = [await serve(db)];
for (let i = 1; i < Number(process.argv[3] ?? 1); ++i) servers.push(await serve(db));
let turn = 0;
const ask = (...rest) => call(servers[turn++ % servers.length].base, key, ...rest);

async function member(external_id) {
  const made = await ask('POST', '/v1/members', { name: external_id, external_id });
  expect(`member ${external_id}`, made.status, 201);
  return made.json.id;
}

// The same receipt fifty times at once, each caller with a key of its own, some with the same.
{
  const id = await member('ana');
  const body = basket(2500, { member: { id } });
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) =>
    ask('PUT', '/v1/receipts/r1', body, i % 2 ? { 'idempotency-key': 'the-same' } : {})));
  expect('fifty receipts: statuses', [...new Set(answers.map((a) => a.status))], [200]);
  expect('fifty receipts: one answer', new Set(answers.map((a) => a.text)).size, 1);
  const fresh = answers.filter((a) => a.headers.get('idempotency-replayed') !== 'true').length;
  expect('fifty receipts: one of them is the first', fresh, 1);
  const list = await ask('GET', `/v1/members/${id}/receipts`);
  expect('fifty receipts: one is kept', list.json.receipts?.length ?? list.json.items?.length, 1);
}

// Two tills (and eight, and thirty-two) hold a member's last points at once: exactly one gets them.
for (const callers of [2, 8, 32]) {
  const id = await member(`last-${callers}`);
  await ask('POST', `/v1/members/${id}/adjustments`, { unit: 'points', points: 100, reason: 'test' });
  const holds = await Promise.all(Array.from({ length: callers }, () =>
    ask('POST', '/v1/holds', { member: { id }, unit: 'points', points: 100 })));
  expect(`${callers} holds: one succeeds`, holds.filter((h) => h.status === 201).length, 1);
  expect(`${callers} holds: the others are told why`,
    [...new Set(holds.filter((h) => h.status !== 201).map((h) => h.json.code))], ['insufficient_points']);
}

// Whole sales that pay with the last points: both sales stand, and what was not there is owed, not invented.
{
  const id = await member('two-sales');
  await ask('POST', `/v1/members/${id}/adjustments`, { unit: 'points', points: 100, reason: 'test' });
  const paid = { member: { id }, points_paid: [{ unit: 'points', points: 100 }] };
  const sales = await Promise.all([1, 2].map((i) => ask('PUT', `/v1/receipts/two-${i}`, basket(100, paid))));
  expect('two sales: both recorded', sales.map((s) => s.status), [200, 200]);
  const uncovered = sales.map((s) => s.json.uncovered.reduce((sum, u) => sum + u.points, 0)).sort((a, b) => a - b);
  expect('two sales: one was not covered', uncovered, [0, 100]);
}

// A limit of ten of the whole programme, a hundred receipts at once.
{
  const gifts = await Promise.all(Array.from({ length: 100 }, (_, i) =>
    ask('PUT', `/v1/receipts/gift-${i}`, basket(500, { lines: [{ number: 1, sku: 'gift', quantity: '1', unit: 'piece', amount: 500 }] }))));
  const given = gifts.filter((g) => g.json.calculation?.discount === 100).length;
  expect('a limit of ten gives ten', given, 10);
}

// Eight times most of a member's points to two others at once: they go once.
{
  const [giver, ...to] = [await member('giver'), await member('taker-0'), await member('taker-1')];
  await ask('POST', `/v1/members/${giver}/adjustments`, { unit: 'points', points: 100, reason: 'test' });
  const given = await Promise.all(Array.from({ length: 8 }, (_, i) =>
    ask('POST', `/v1/members/${giver}/transfers`, { to: to[i % 2], unit: 'points', points: 60, reason: 'test' })));
  expect('one transfer succeeds', given.filter((g) => g.status === 201).length, 1);
  expect('the other transfers are told why', [...new Set(given.filter((g) => g.status !== 201).map((g) => g.json.code))], ['insufficient_points']);
}

// Points given back and forth between members, in both directions at once: the sum stays what it was, and nobody has less than none.
{
  const ids = [await member('giver-0'), await member('giver-1'), await member('giver-2')];
  for (const id of ids) await ask('POST', `/v1/members/${id}/adjustments`, { unit: 'points', points: 100, reason: 'test' });
  const given = await Promise.all(Array.from({ length: 60 }, (_, i) =>
    ask('POST', `/v1/members/${ids[i % 3]}/transfers`, { to: ids[(i + 1 + (i % 2)) % 3], unit: 'points', points: 90, reason: 'test' })));
  // Whether any finds too little depends on who comes first.
  expect('transfers: given or refused', given.filter((g) => g.status !== 201 && g.json.code !== 'insufficient_points').length, 0);
  const accounts = await Promise.all(ids.map((id) => ask('GET', `/v1/members/${id}/account`)));
  const left = accounts.map((a) => a.json.balances.find((b) => b.unit === 'points').available);
  expect('transfers: the sum is what it was', left.reduce((sum, n) => sum + n, 0), 300);
  expect('transfers: nobody has less than none', left.every((n) => n >= 0), true);
}

// One account merged into two others at once: one of them gets it, whole.
{
  const [gone, ...to] = [await member('gone'), await member('to-0'), await member('to-1')];
  await ask('POST', `/v1/members/${gone}/adjustments`, { unit: 'points', points: 100, reason: 'test' });
  const merges = await Promise.all(to.map((id) => ask('POST', `/v1/members/${gone}/merge`, { to: id, reason: 'test' })));
  // The second one, if it is accepted, merges the first one's winner: by then that is who `gone` is.
  expect('merging: at least one', merges.some((m) => m.status === 201), true);
  const accounts = await Promise.all([gone, ...to].map((id) => ask('GET', `/v1/members/${id}/account`)));
  const left = accounts.map((a) => a.json.balances.find((b) => b.unit === 'points').available);
  expect('merging: all points are with one', left.filter((n) => n > 0), [100]);
}

// One person in two programmes. Many join under one account at once: one of them does. And who joins while the account is merged, or
// while another arrives there, is found under the account that stays.
{
  const document = readFileSync('tests/server/till.yaml', 'utf8').replace('id: till', 'id: second');
  expect('a second programme', (await ask('POST', '/v1/programmes', { document })).status, 201);
  const join = (programme, body) => ask('POST', `/v1/members?programme=${programme}`, body);
  // The other servers hear of a new programme within a second.
  for (const server of servers) {
    const knows = async () => (await call(server.base, key, 'GET', '/v1/programmes')).json.items.length === 2;
    for (let i = 0; !(await knows()) && i < 50; ++i) await new Promise((resolve) => setTimeout(resolve, 100));
    expect('the second programme is known', await knows(), true);
  }
  const programmes = async (account) => (await ask('GET', `/v1/accounts/${account}`)).json.members.map((one) => one.programme);
  const one = (await join('till', { name: 'one' })).json;
  const joined = await Promise.all(Array.from({ length: 16 }, (_, i) => join('second', { name: `one-${i}`, account: one.account })));
  expect('joining: one does', joined.filter((j) => j.status === 201).length, 1);
  expect('joining: the others are told why', [...new Set(joined.filter((j) => j.status !== 201).map((j) => j.json.code))], ['account_already_in_programme']);
  expect('joining: one account', await programmes(one.account), ['second', 'till']);
  for (let round = 0; round < 12; ++round) {
    const stays = (await join('till', { name: 'stays' })).json;
    const goes = (await join('till', { name: 'goes' })).json;
    await ask('POST', `/v1/members/${goes.id}/adjustments?programme=till`, { unit: 'points', points: 7, reason: 'test' });
    const [merged, ...others] = await Promise.all([
      ask('POST', `/v1/members/${goes.id}/merge?programme=till`, { to: stays.id, reason: 'test' }),
      join('second', { name: 'under the one that goes', account: goes.account }),
      join('second', { name: 'under the one that stays', account: stays.account }),
    ]);
    expect('joining while merging: merged', merged.status, 201);
    expect('joining while merging: somebody joined', others.some((j) => j.status === 201), true);
    expect('joining while merging: no other refusal', others.filter((j) => j.status !== 201 && j.json.code !== 'account_already_in_programme').length, 0);
    expect('joining while merging: where it stays', await programmes(stays.account), ['second', 'till']);
    const account = await ask('GET', `/v1/members/${stays.id}/account?programme=till`);
    expect('joining while merging: the points', account.json.balances[0].available, 7);
  }
}

for (const server of servers) expect('the server stops cleanly', (await server.stop()).code, 0);
expect('everything still adds up', verify(db).code, 0);
finish();
