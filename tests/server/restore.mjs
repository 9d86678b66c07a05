// The drill: a server under load is backed up and exported, dies, and is restored elsewhere, in both kinds of database. What was
// acknowledged before a copy began is in it, nothing is twice, and everything adds up.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { basket, call, databaseOnPostgres, expect, finish, prepare, run, serve, suki, verify } from './support.mjs';

const where = process.argv[2] ?? 'sqlite';
const { folder, db, key } = prepare(undefined, where);
const server = await serve(db);
const members = [];
for (let i = 0; i < 8; ++i) {
  members.push((await call(server.base, key, 'POST', '/v1/members', { name: `m${i}`, external_id: `m${i}` })).json.id);
}

const acknowledged = new Map(); // receipt → points
const sent = new Map(); // receipt → what to send again
let number = 0;
let is_alive = true;
const tills = Array.from({ length: 8 }, async (_, till) => {
  while (is_alive) {
    const id = `r-${++number}`;
    const body = basket(100 + (number % 900), { member: { id: members[till] } });
    sent.set(id, body);
    try {
      const answer = await call(server.base, key, 'PUT', `/v1/receipts/${id}`, body);
      if (answer.status === 200) acknowledged.set(id, answer.json.calculation.points[0]?.points);
    } catch {
      return;
    }
  }
});
const until = async (condition) => { while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5)); };

/** `suki VERB …` beside the load. */
function beside(...words) {
  const child = spawn(suki, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => { text += bytes; });
  return new Promise((resolve) => child.on('exit', (code) => resolve({ code, text })));
}
const contentOf = (text) => text.match(/\d+ rows, content [0-9a-f]{64}/g)?.at(-1);

const copies = [];
for (const verb of ['backup', 'export', 'backup', 'export']) {
  const goal = acknowledged.size + 100;
  await until(() => acknowledged.size >= goal);
  const before = [...acknowledged.keys()];
  const file = join(folder, `copy-${copies.length}`);
  const made = await beside(verb, '--db', db, file, ...(verb === 'backup' && copies.length === 0 ? ['--verify'] : []));
  expect(`${verb} under load: ${made.text}`, made.code, 0);
  if (copies.length === 0) expect('the drill of the backup', /all invariants hold/.test(made.text), true);
  expect('nobody else can read it', statSync(file).mode & 0o777, 0o600);
  copies.push({ verb, file, before });
}
const goal = acknowledged.size + 100;
await until(() => acknowledged.size >= goal);
await server.kill();
is_alive = false;
await Promise.all(tills);

/** All receipts are sent again, as tills do that got no answer. */
async function drill(copy, place) {
  const what = `${copy.verb} of ${where} in ${place.startsWith('postgresql') ? 'postgres' : 'sqlite'}`;
  const made = run('restore', '--db', place, copy.file);
  expect(`${what}: ${made.text}`, made.code, 0);
  const sound = verify(place);
  expect(`${what}: ${sound.text}`, sound.code, 0);
  expect(`${what}: what was read is what is there`, contentOf(sound.text), contentOf(made.text));
  const restored = await serve(place);
  let lost = 0;
  let changed = 0;
  let points = 0;
  const mine = new Set(copy.before);
  for (const [id, body] of sent) {
    const answer = await call(restored.base, key, 'PUT', `/v1/receipts/${id}`, body);
    const given = answer.json?.calculation?.points?.[0]?.points ?? 0;
    points += given;
    if (mine.has(id) && answer.headers.get('idempotency-replayed') !== 'true') ++lost;
    if (mine.has(id) && given !== (acknowledged.get(id) ?? 0)) ++changed;
  }
  let held = 0;
  for (const id of members) {
    const account = await call(restored.base, key, 'GET', `/v1/members/${id}/account`);
    held += account.json.balances.reduce((sum, b) => sum + b.available + b.pending, 0);
  }
  expect(`${what}: receipts acknowledged before it began and lost`, lost, 0);
  expect(`${what}: receipts whose answer changed`, changed, 0);
  expect(`${what}: points, each receipt once`, held, points);
  await restored.stop();
  expect(`${what}: verify after going on`, verify(place).code, 0);
  const over = run('restore', '--db', place, copy.file);
  expect(`${what}: not over what is there: ${over.text}`, over.code === 0, false);
}

for (const [index, copy] of copies.entries()) {
  const toPostgres = process.env.SUKI_TEST_POSTGRES && index >= 2;
  await drill(copy, toPostgres ? databaseOnPostgres() : join(folder, `restored-${index}.db`));
}
expect('nothing half done is left', existsSync(join(folder, 'copy-0.partial')), false);
console.log(`${sent.size} receipts sent, ${acknowledged.size} acknowledged, ${copies.map((c) => c.before.length).join(' ')} before the copies`);
finish();
