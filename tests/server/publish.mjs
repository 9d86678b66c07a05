// `suki publish` of new counters beside a server that records receipts: none of them is missed.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { basket, call, expect, finish, prepare, run, serve, verify } from './support.mjs';

const rounds = Number(process.argv[2] ?? 8);
const { db, folder, key } = prepare();
const server = await serve(db);
let is_over = false;
let number = 0;
let recorded = 0;
const refusals = new Map();
const tills = Array.from({ length: 8 }, async (_, till) => {
  for (let turn = 0; !is_over; ++turn) {
    // Old members and ones that nobody has seen before.
    const member = turn % 10 === 9 ? `new-${till}-${turn}` : `m${till}`;
    if (turn === 0 || turn % 10 === 9) await call(server.base, key, 'POST', '/v1/members', { name: member, external_id: member });
    const lines = [1, 2].map((line) => ({ number: line, sku: `s${line}`, category: `c${(turn + line) % rounds}`, quantity: '1', unit: 'piece', amount: 100 + turn }));
    const answer = await call(server.base, key, 'PUT', `/v1/receipts/r-${++number}`, basket(0, { lines, member: { external_id: member } }));
    if (answer.status === 200) ++recorded;
    else refusals.set(answer.json.code, (refusals.get(answer.json.code) ?? 0) + 1);
  }
});

const document = readFileSync('tests/server/till.yaml', 'utf8');
for (let round = 0; round < rounds; ++round) {
  const before = recorded;
  while (recorded < before + 50) await new Promise((resolve) => setTimeout(resolve, 5));
  const file = join(folder, `edition-${round}.yaml`);
  const offer = `  regular_${round}: {when: {counter: {spend_on: c${round}, over: 12 months, at_least: 3 EUR}}, give: {points: 1}}\n`;
  writeFileSync(file, document.replace('spend:\n', `${offer}spend:\n`));
  const published = run('publish', file, '--db', db, '--allow-past');
  expect(`publish ${round}: ${published.text.trim()}`, published.code, 0);
  const verdict = verify(db);
  expect(`verify beside the server, round ${round}: ${verdict.text.trim()}`, verdict.code, 0);
}
is_over = true;
await Promise.all(tills);
let known = 0;
for (let i = 0; i < 500 && known <= rounds; ++i) {
  await new Promise((resolve) => setTimeout(resolve, 20));
  known = (await call(server.base, key, 'GET', '/v1/programmes/till/editions')).json.items.length;
}
expect('editions that the server knows soon', known, rounds + 1);
await server.stop();
const verdict = verify(db);
console.log(`${rounds} editions beside ${recorded} receipts, refused meanwhile: ${JSON.stringify([...refusals])}; ${verdict.text.trim()}`);
expect('verify', verdict.code, 0);
finish();
