// An hour in the life of a server: mixed traffic at a steady rate, with restarts, one in two of them by kill -9.
//   node tests/soak/soak.mjs [MINUTES [sqlite|postgres [REQUESTS_A_SECOND]]]
// Every minute it prints what a client waited, what the process held, and how large the database is. It fails where anything is
// answered that should not be, where memory or waiting grow, or where `suki verify` finds a breach.
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asOftenAsLiked, call, expect, finish, prepare, serve, suki, verify } from '../server/support.mjs';

const minutes = Number(process.argv[2] ?? 60);
const where = process.argv[3] ?? 'sqlite';
const wanted = Number(process.argv[4] ?? 200); // requests a second
// So many that each buys some six times within the hour, as within a month or two: with fewer of them an hour's points and days, none of which
// runs out, pile up in each account as they never do.
const people = 20_000;
const restartEvery = Math.max(1, Math.min(10, minutes / 4)); // minutes

const folder = mkdtempSync(join(tmpdir(), 'suki-soak-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const document = join(folder, 'programme.yaml');
writeFileSync(document, readFileSync('examples/meat-works-till.yaml', 'utf8').replace(/^effective: .*$/m, 'effective: 2026-01-01'));
const { db, key } = prepare(document, where);
// Accounts kept in memory grow with the points they hold. They are bounded so tightly that the bound is reached before the first restart: what
// grows afterwards is nothing that was asked for.
const start = () => serve(db, 0, [suki, 'serve', '--db', db, '--port', '0', ...asOftenAsLiked, '--account-memory', '4']);
let server = await start();

// -- The same dice for everybody ----------------------------------------------------------------------------------------------
let state = 42;
const chance = () => {
  state = (state * 1664525 + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const below = (n) => Math.floor(chance() * n);
const categories = ['food/meat/sausages', 'food/meat/pates', 'food/meat', 'wine', 'gifts'];

// -- What is measured ---------------------------------------------------------------------------------------------------------
const kinds = {}; // by kind: waits of this minute, in ms
const strange = {}; // what should not be answered, by what it was
let answered = 0, cut = 0;
const minutesPassed = [];
const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
const files = () => readdirSync(`/proc/${server.pid}/fd`).length;
const size = () => (where === 'sqlite' ? ['', '-wal'].reduce((sum, end) => sum + (statSync(db + end, { throwIfNoEntry: false })?.size ?? 0), 0) / 2 ** 20 : 0);

/** Sends until it is answered, as a till would; what is not of `good` is noted. */
async function ask(kind, good, method, path, body) {
  const headers = method === 'GET' ? {} : { 'idempotency-key': `${kind}-${below(2 ** 31)}-${below(2 ** 31)}` };
  const began = performance.now();
  for (let tries = 0; tries < 2_000; ++tries) {
    let answer;
    try {
      answer = await call(server.base, key, method, path, body, headers, AbortSignal.timeout(20_000));
    } catch {
      ++cut;
      await new Promise((resolve) => setTimeout(resolve, 20 + below(50)));
      continue;
    }
    if (answer.status === 503) {
      ++cut;
      await new Promise((resolve) => setTimeout(resolve, 20 + below(50)));
      continue;
    }
    ++answered;
    // What waited for a restart says nothing of the server at work.
    if (tries === 0) (kinds[kind] ??= []).push(performance.now() - began);
    if (!good.includes(answer.status)) {
      const what = `${kind} ${answer.status} ${answer.json?.code ?? ''}`;
      strange[what] = (strange[what] ?? 0) + 1;
    }
    return answer;
  }
  strange[`${kind} never answered`] = 1;
  return undefined;
}

const members = [];
for (let i = 0; i < people; i += 50) {
  const made = await Promise.all(Array.from({ length: 50 }, (_, k) =>
    ask('join', [201], 'POST', '/v1/members', { name: `Person ${i + k}`, external_id: `p${i + k}`, phone: `+37529${1_000_000 + i + k}` })));
  members.push(...made.map((one) => one.json.id));
}

let receipts = 0;
const sold = []; // the last ones, for returns
const line = (number) => ({ number, sku: `s${below(500)}`, category: categories[below(categories.length)], quantity: String(1 + below(4)), unit: 'piece', amount: 100 + below(4_000) });
const lines = () => Array.from({ length: 1 + below(12) }, (_, i) => line(i + 1));
const of = () => members[below(members.length)];

async function step() {
  const roll = below(100);
  const member = { id: of() };
  const now = new Date().toISOString();
  if (roll < 40) {
    const id = `soak-${++receipts}`;
    const body = { occurred_at: now, store: `shop-${1 + below(3)}`, till: '1', ...(below(8) ? { member } : {}), lines: lines() };
    const answer = await ask('sale', [200], 'PUT', `/v1/receipts/${id}`, body);
    if (answer?.status === 200) sold[below(5_000)] = { id, lines: body.lines };
  } else if (roll < 65) {
    await ask('quote', [200], 'POST', '/v1/receipts/quote', { at: now, store: 'shop-1', member, lines: lines() });
  } else if (roll < 71) {
    const one = sold[below(Math.max(1, sold.length))];
    if (one === undefined) return;
    const back = one.lines[below(one.lines.length)];
    // It may have come back before.
    await ask('return', [200, 422, 409], 'POST', `/v1/receipts/${one.id}/returns`, { id: `back-${below(2 ** 31)}`, occurred_at: now, lines: [{ line: back.number, quantity: '1', unit: 'piece' }] });
  } else if (roll < 73) {
    const one = sold[below(Math.max(1, sold.length))];
    if (one) await ask('void', [200, 422, 409], 'POST', `/v1/receipts/${one.id}/void`, { id: `void-${below(2 ** 31)}`, occurred_at: now });
  } else if (roll < 78) {
    const held = await ask('hold', [201, 409, 422], 'POST', '/v1/holds', { member, unit: 'points', points: 10 * (1 + below(5)) });
    if (held?.status !== 201) return;
    const end = below(2) ? 'confirm' : 'release';
    await ask(end, [200, 404, 409], 'POST', `/v1/holds/${held.json.id}/${end}`, {});
  } else if (roll < 81) {
    await ask('adjust', [201], 'POST', `/v1/members/${member.id}/adjustments`, { unit: 'points', points: 1 + below(100), reason: 'soak' });
  } else if (roll < 83) {
    await ask('transfer', [201, 409, 422], 'POST', `/v1/members/${member.id}/transfers`, { to: of(), unit: 'points', points: 1 + below(20), reason: 'soak' });
  } else if (roll < 93) {
    await ask('statement', [200], 'GET', `/v1/members/${member.id}/statement?limit=20`);
  } else if (roll < 97) {
    await ask('search', [200], 'GET', `/v1/members?q=Person%20${below(people)}`);
  } else {
    await ask('overview', [200], 'GET', '/v1/overview');
  }
}

// -- The run ------------------------------------------------------------------------------------------------------------------
const began = performance.now();
const over = () => performance.now() - began > minutes * 60_000;
let asked = 0;
const clients = Array.from({ length: 32 }, async () => {
  while (!over()) {
    // At even distances, whoever is free.
    const due = began + (asked++ * 1000) / wanted;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    await step();
  }
});

let restarts = 0, nextRestart = restartEvery, age = 0;
for (let minute = 1; minute <= minutes; ++minute) {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + minute * 60_000 - performance.now())));
  ++age;
  const row = { minute, age, memory: memory(), files: files(), size: size(), answered, cut };
  for (const kind of ['sale', 'quote', 'statement']) {
    const sorted = (kinds[kind] ?? []).sort((a, b) => a - b);
    row[kind] = sorted.length === 0 ? [0, 0] : [quantile(sorted, 0.5), quantile(sorted, 0.99)];
  }
  for (const kind of Object.keys(kinds)) kinds[kind] = [];
  minutesPassed.push(row);
  const waits = ['sale', 'quote', 'statement'].map((kind) => `${kind} ${row[kind].map((ms) => ms.toFixed(1)).join('/')} ms`).join('  ');
  console.log(`minute ${String(minute).padStart(3)}  ${waits}  memory ${row.memory.toFixed(0)} MB  files ${row.files}  database ${row.size.toFixed(0)} MB  answered ${answered}  cut off ${cut}`);
  if (minute >= nextRestart && minute < minutes) {
    nextRestart += restartEvery;
    if (++restarts % 2 === 0) await server.kill();
    else expect(`restart ${restarts} ends well`, (await server.stop()).code, 0);
    server = await start();
    age = 0;
  }
}
await Promise.all(clients);
expect('the last end', (await server.stop()).code, 0);

// -- The verdict --------------------------------------------------------------------------------------------------------------
expect('nothing strange was answered', strange, {});
const verdict = verify(db);
expect('verify', verdict.code, 0);
// Processes of the same age are compared, the first third of them with the last, in the second half of their lives: their caches are warm
// then, and one minute says little on a machine that does something else as well.
const grown = minutesPassed.filter((row) => row.age > restartEvery / 2 && row.age <= restartEvery);
const third = Math.max(1, Math.floor(grown.length / 3));
const mean = (rows, of) => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
const change = (of) => mean(grown.slice(-third), of) / Math.max(1e-9, mean(grown.slice(0, third), of));
const memoryChange = change((row) => row.memory);
const waitChange = change((row) => row.sale[0]);
console.log(`${restarts} restarts, ${answered} answered, ${cut} cut off and sent again; at the same age the last processes hold ${memoryChange.toFixed(2)} of what the first did, and a sale's median wait is ${waitChange.toFixed(2)} of it`);
console.log(verdict.text.trim());
if (grown.length > 1) {
  expect('memory is flat', memoryChange < 1.3, true);
  expect('waiting does not grow', waitChange < 1.5, true);
}
expect('it was a load', answered > wanted * minutes * 60 * 0.8, true);
finish();
