// A recorded history: eight clients work on five accounts while servers are killed and, on PostgreSQL, sessions are ended and the database
// itself dies. Every call is written down with when it began and ended; history_check.mjs judges it, and is itself held to histories
// that were spoilt (history_spoilt.mjs).
//   node tests/server/history.mjs [sqlite|postgres [OPERATIONS [FAULTS [SEED]]]]
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, finish, prepare, serve, verify } from './support.mjs';
import { check } from './history_check.mjs';
import { byHand, good, spoilt } from './history_spoilt.mjs';

const where = process.argv[2] ?? 'sqlite';
const wanted = Number(process.argv[3] ?? 1200);
const faultsWanted = Number(process.argv[4] ?? 6);
const seed = Number(process.argv[5] ?? 1);
const clients = 8;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const now = () => performance.now();

/** Numbers that look like chance, the same for the same seed. */
function chanceOf(start) {
  let state = (start * 2654435761 + 12345) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { next, below: (n) => Math.floor(next() * n), of: (list) => list[Math.floor(next() * list.length)] };
}

// -- The databases and servers -------------------------------------------------------------------------------------------------
// A PostgreSQL of its own, because it is made to die; durable but for the plug, which nobody pulls.
const cluster = where === 'postgres' ? mkdtempSync(join(tmpdir(), 'suki-history-')) : null;
const postgres = (...words) => execFileSync('bash', ['scripts/postgres.sh', words[0], cluster, ...words.slice(1)], { stdio: 'pipe' }).toString().trim();
if (cluster) {
  process.env.SUKI_TEST_POSTGRES = postgres('start', 'fsync=off', 'full_page_writes=off');
}
const servers = [];
process.on('exit', () => { for (const server of servers) server?.kill(); });
const { db, key } = prepare('tests/server/history.yaml', where);
// After the handler that drops the database in it.
if (cluster) process.on('exit', () => postgres('stop'));
for (let i = 0; i < (cluster ? 2 : 1); ++i) servers.push(await serve(db));

async function killServer(index) {
  const dying = servers[index];
  servers[index] = null;
  await dying.kill();
  await pause(30);
  servers[index] = await serve(db);
}
// Not waited for with clients standing still.
const command = promisify(execFile);
const terminate = () => command('psql', ['-q', '-d', process.env.SUKI_TEST_POSTGRES, '-c',
  "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'"]);
async function killDatabase() {
  await command('bash', ['scripts/postgres.sh', 'crash', cluster]);
  await pause(200);
  await command('bash', ['scripts/postgres.sh', 'resume', cluster]);
}
const faults = cluster
  ? [['server 1 killed', () => killServer(0)], ['sessions ended', terminate], ['the database died', killDatabase],
    ['server 2 killed', () => killServer(1)], ['sessions ended', terminate]]
  : [['server killed', () => killServer(0)]];

// -- Calls ---------------------------------------------------------------------------------------------------------------------
const operations = [];
const members = [];
const shared = { sales: [], adjustments: [], holds: [] }; // what was acknowledged, for all clients
const stillUnknown = new Set(['sale', 'return', 'void', 'adjust', 'transfer']); // kinds of which a client may never learn the end
let ended = 0;

async function attempt(chance, op) {
  const living = servers.filter(Boolean);
  if (living.length === 0) return null;
  const server = chance.of(living);
  const tried = { server: servers.indexOf(server), sent: now(), done: null, status: null };
  op.attempts.push(tried);
  try {
    const response = await fetch(server.base + op.path, {
      method: op.method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(op.body ? { 'content-type': 'application/json' } : {}),
        ...(op.key ? { 'idempotency-key': op.key } : {}),
      },
      body: op.body && JSON.stringify(op.body),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    tried.done = now();
    tried.status = response.status;
    return { status: response.status, text, replayed: response.headers.get('idempotency-replayed') === 'true' };
  } catch (error) {
    tried.error = String(error.cause?.code ?? error.message);
    return null;
  }
}
/** Sends until it is answered, as a till would: what was cut off or met a 5xx goes again under the same key. A few give up. */
async function act(chance, what) {
  const op = { ...what, attempts: [], invoked: now(), completed: null, status: null, json: null, text: null };
  operations.push(op);
  const patience = stillUnknown.has(op.kind) && chance.next() < 0.25 ? 1 : 1500;
  for (let tries = 0; tries < patience;) {
    const sent = op.attempts.length;
    const answer = await attempt(chance, op);
    if (answer && answer.status < 500) {
      Object.assign(op, { completed: now(), status: answer.status, text: answer.text, json: JSON.parse(answer.text), replayed: answer.replayed });
      break;
    }
    // Only what may have reached a server is worth giving up: a refused connection leaves nothing unknown.
    if (op.attempts.length > sent && op.attempts.at(-1).error !== 'ECONNREFUSED') ++tries;
    if (tries < patience) await pause(10 + chance.below(30));
  }
  ++ended;
  return op;
}
const isDone = (op) => op.status >= 200 && op.status < 300;

const began = new Date();
const longAgo = '2026-06-01T10:00:00Z'; // by now such points can be spent
const instants = [longAgo, longAgo, new Date(began.getTime() - 3_600_000).toISOString()];
const goods = (amount) => [{ number: 1, sku: 'a', quantity: '3', unit: 'piece', amount }];
const basket = (occurred_at, id, amount) => ({ occurred_at, store: 's1', till: '1', member: { id }, lines: goods(amount) });
let numbers = 0;

/** One random operation of a client. */
async function step(chance) {
  const name = `op-${++numbers}`;
  const on = chance.of(members);
  const other = chance.of(members.filter((id) => id !== on));
  const write = { name, key: `key-${name}`, on, method: 'POST' };
  // Nothing is held of the last member, so that merging is refused by nobody's hold for ever.
  const holder = chance.of(members.slice(0, -1));
  const points = 20 + chance.below(400);
  const roll = chance.below(100);
  if (roll < 22) {
    const amount = chance.next() < 0.08 ? 90 : 1000 + chance.below(40_000);
    const pays = amount > 100 && chance.next() < 0.5 ? [{ unit: 'points', points: 1 + chance.below(Math.min(amount, 400)) }] : [];
    const body = { ...basket(chance.of(instants), on, amount), ...(pays.length ? { points_paid: pays } : {}) };
    const op = await act(chance, { ...write, kind: 'sale', method: 'PUT', path: `/v1/receipts/${name}`, body });
    if (isDone(op)) shared.sales.push(op);
  } else if (roll < 30) {
    const paid = { unit: 'points', points };
    const op = await act(chance, { ...write, on: holder, kind: 'quote_hold', path: '/v1/receipts/quote',
      body: { at: longAgo, store: 's1', member: { id: holder }, lines: goods(30_000), hold: true, points_paid: [paid] } });
    if (isDone(op)) shared.holds.push({ id: op.json.holds[0].hold, on: holder, points });
  } else if (roll < 34) {
    const op = await act(chance, { ...write, on: holder, kind: 'hold', path: '/v1/holds',
      body: { member: { id: holder }, unit: 'points', points, seconds: 86_400 } });
    if (isDone(op)) shared.holds.push({ id: op.json.hold, on: holder, points });
  } else if (roll < 48 && shared.holds.length > 0) {
    // Most holds are taken out of the list by who ends them; some stay, so that two end one.
    const at = chance.below(shared.holds.length);
    const hold = shared.holds[at];
    if (chance.next() < 0.7 || shared.holds.length > 12) shared.holds.splice(at, 1);
    const way = chance.below(10);
    if (way < 5) {
      const body = { ...basket(longAgo, hold.on, 30_000), points_paid: [{ unit: 'points', points: 1 + chance.below(hold.points), hold: hold.id }] };
      const op = await act(chance, { ...write, on: hold.on, kind: 'sale', method: 'PUT', path: `/v1/receipts/${name}`, body });
      if (isDone(op)) shared.sales.push(op);
    } else if (way < 8) {
      await act(chance, { ...write, on: hold.on, kind: 'release', about: hold.id, path: `/v1/holds/${hold.id}/release` });
    } else {
      await act(chance, { ...write, on: hold.on, kind: 'confirm', about: hold.id, path: `/v1/holds/${hold.id}/confirm`,
        body: { points: 1 + chance.below(hold.points) } });
    }
  } else if (roll < 60 && shared.sales.length > 0) {
    const sale = chance.of(shared.sales.slice(-12));
    const body = { id: `back-${name}`, occurred_at: began.toISOString() };
    if (chance.next() < 0.25) await act(chance, { ...write, on: sale.on, kind: 'void', about: sale.name, path: `/v1/receipts/${sale.name}/void`, body });
    else {
      await act(chance, { ...write, on: sale.on, kind: 'return', about: sale.name, path: `/v1/receipts/${sale.name}/returns`,
        body: { ...body, lines: [{ line: 1, quantity: String(1 + chance.below(2)), unit: 'piece' }] } });
    }
  } else if (roll < 68) {
    const taken = chance.next() < 0.4;
    const op = await act(chance, { ...write, kind: 'adjust', path: `/v1/members/${on}/adjustments`,
      body: { unit: 'points', points: taken ? -points : points, reason: name, ...(taken && chance.next() < 0.3 ? { may_owe: true } : {}) } });
    if (isDone(op)) shared.adjustments.push(op);
  } else if (roll < 74 && shared.adjustments.length > 0) {
    const made = chance.of(shared.adjustments.slice(-6));
    await act(chance, { ...write, on: made.on, kind: 'undo', about: made.json.id,
      path: `/v1/members/${made.on}/adjustments/${made.json.id}/undo`, body: { reason: name } });
  } else if (roll < 84) {
    await act(chance, { ...write, to: other, kind: 'transfer', path: `/v1/members/${on}/transfers`,
      body: { to: other, unit: 'points', points, reason: name } });
  } else if (roll < 87) {
    await act(chance, { ...write, kind: 'visit', path: '/v1/events',
      body: { id: `visit-${name}`, kind: 'visit', member: { id: on }, occurred_at: longAgo } });
  } else if (roll < 91) {
    await act(chance, { name, on, method: 'POST', kind: 'quote', path: '/v1/receipts/quote',
      body: { at: longAgo, store: 's1', member: { id: on }, lines: goods(1500) } });
  } else {
    await act(chance, { name, on, method: 'GET', kind: 'read', path: `/v1/members/${on}/account` });
  }
}

async function record() {
  const setup = chanceOf(seed);
  for (let i = 0; i < 5; ++i) {
    const answer = await attempt(setup, { attempts: [], method: 'POST', path: '/v1/members', key: `member-${i}`, body: { name: `m${i}` } });
    members.push(JSON.parse(answer.text).id);
  }
  for (const on of members) {
    const name = `op-${++numbers}`;
    await act(setup, { name, key: `key-${name}`, on, method: 'POST', kind: 'adjust', path: `/v1/members/${on}/adjustments`,
      body: { unit: 'points', points: 1000, reason: name } });
  }
  let started = 0;
  const work = Array.from({ length: clients }, async (_, client) => {
    const chance = chanceOf(seed * 1000 + client + 1);
    while (started < wanted) {
      ++started;
      // Once, in the middle, two of five accounts become one; others that ask for the same find it done.
      if (started === Math.floor(wanted / 2)) {
        const name = `op-${++numbers}`;
        const [to, , , , gone] = members;
        await act(chance, { name, key: `key-${name}`, on: gone, to, method: 'POST', kind: 'merge', path: `/v1/members/${gone}/merge`,
          body: { to, reason: name } });
      } else await step(chance);
    }
  });
  const done = [];
  for (let i = 0; i < faultsWanted; ++i) {
    while (ended < ((i + 1) * wanted) / (faultsWanted + 1)) await pause(3);
    const [what, happen] = faults[i % faults.length];
    const one = { what, began: now() };
    await happen();
    done.push({ ...one, ended: now() });
  }
  await Promise.all(work);
  return done;
}

// -- What is there afterwards --------------------------------------------------------------------------------------------------
async function look() {
  const chance = chanceOf(seed + 7);
  const ask = async (what) => {
    const op = { attempts: [], ...what };
    for (let tries = 0; tries < 200; ++tries) {
      const answer = await attempt(chance, op);
      if (answer && answer.status < 500) return answer;
      await pause(50);
    }
    throw new Error(`${op.path} isn't answered`);
  };
  const get = async (path) => JSON.parse((await ask({ method: 'GET', path })).text);
  const pages = async (path) => {
    const items = [];
    for (let cursor = ''; cursor !== null;) {
      const page = await get(`${path}?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      items.push(...page.items);
      cursor = page.next;
    }
    return items;
  };
  const after = { statements: {}, accounts: {}, profiles: {}, receipts: {}, replays: {} };
  for (const op of operations.filter((one) => isDone(one) && one.key)) after.replays[op.name] = await ask({ ...op, attempts: [] });
  for (const id of members) {
    after.statements[id] = await pages(`/v1/members/${id}/statement`);
    after.receipts[id] = await pages(`/v1/members/${id}/receipts`);
    after.accounts[id] = await get(`/v1/members/${id}/account`);
    after.profiles[id] = await get(`/v1/members/${id}`);
  }
  return after;
}

const happened = await record();
const history = { members, operations, faults: happened, after: await look() };
for (const server of servers) await server.stop();
const verdict = verify(db);
const { findings, counts } = check(history);
const kinds = {};
for (const op of operations) {
  const fate = `${op.kind} ${op.status === null ? 'unknown' : isDone(op) ? 'done' : op.json?.code}`;
  kinds[fate] = (kinds[fate] ?? 0) + 1;
}
console.log(Object.entries(kinds).map(([fate, n]) => `${n} ${fate}`).join(', '));
console.log(`${where}, seed ${seed}: ${happened.map((one) => one.what).join(', ')}; ${Object.entries(counts).map(([what, n]) => `${n} ${what}`).join(', ')}`);
if (findings.length > 0) {
  mkdirSync('build/test-logs', { recursive: true });
  writeFileSync(`build/test-logs/history-${where}-${seed}.json`, JSON.stringify(history));
}
for (const finding of findings.slice(0, 20)) console.log(finding);
expect('what is wrong with the history', findings.length, 0);
expect('verify', verdict.code, 0);
expect('everybody worked', counts.acknowledged > wanted / 2, true);
expect('all faults happened', happened.length, faultsWanted);
expect('there was something to retry', counts.retried > 0, faultsWanted > 0);
expect('something was refused', counts.refused > 0, true);
expect('two accounts became one', operations.filter((op) => op.kind === 'merge' && isDone(op)).length, 1);

// The judge is judged: each history that was spoilt by hand is found, and for its own reason.
for (const one of good()) expect('a good history', check(one).findings, []);
for (const { what, history: bad, reason } of byHand()) {
  expect(what, check(bad).findings.filter((finding) => !reason.test(finding)), []);
  expect(`${what} is found`, check(bad).findings.length > 0, true);
}
for (const { what, history: bad, reason } of findings.length === 0 ? spoilt(history) : []) {
  const found = check(bad).findings;
  expect(`${what} (of ${found.length} findings: ${found[0]})`, found.some((finding) => reason.test(finding)), true);
}
finish();
