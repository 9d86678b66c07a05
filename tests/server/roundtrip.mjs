// The demo goes from SQLite to PostgreSQL and back: the same content, byte for byte, and the same answers.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, databaseOnPostgres, expect, finish, run, serve, suki } from './support.mjs';

const folder = mkdtempSync(join(tmpdir(), 'suki-roundtrip-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.env.SUKI_STATE = join(folder, 'state');
const first = join(folder, 'first.db');
execFileSync(suki, ['demo', '--db', first, '--members', '60', '--years', '1'], { stdio: 'pipe' });
const key = execFileSync(suki, ['keys', '--db', first, '--name', 'test', '--scope', 'admin', '--programme', 'meat-works'], { stdio: 'pipe' }).toString().trim();

const contentOf = (db) => {
  const verdict = run('verify', '--db', db);
  expect(`verify ${db}: ${verdict.text}`, verdict.code, 0);
  return verdict.text.match(/\d+ rows, content [0-9a-f]{64}/)?.[0];
};
// What fell due by now is written down first: a server does that by itself, and would do it in each of the three at another moment.
let person;
{
  const server = await serve(first);
  // Two accounts in two programmes each, made one.
  const make = async (path, body) => {
    const made = await call(server.base, key, 'POST', path, body);
    expect(`${path} is done`, made.status, 201);
    return made.json;
  };
  await make('/v1/programmes', { document: readFileSync('tests/server/till.yaml', 'utf8') });
  const [goes, stays] = [await make('/v1/members', { name: 'goes' }), await make('/v1/members', { name: 'stays' })];
  for (const { account } of [goes, stays]) {
    const there = await make('/v1/members?programme=till', { name: 'there', account });
    await make(`/v1/members/${there.id}/adjustments?programme=till`, { unit: 'points', points: 5, reason: 'test' });
  }
  await make(`/v1/members/${goes.id}/merge`, { to: stays.id, reason: 'test' });
  person = stays.account;
  for (let before = '', now = contentOf(first); before !== now; before = now, now = contentOf(first)) {
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
  await server.stop();
}

const places = [first, process.env.SUKI_TEST_POSTGRES ? databaseOnPostgres() : join(folder, 'second.db'), join(folder, 'third.db')];
const contents = [contentOf(first)];
for (let i = 1; i < places.length; ++i) {
  const file = join(folder, `${i}.export`);
  const out = run('export', '--db', places[i - 1], file);
  expect(`export ${i}: ${out.text}`, out.code, 0);
  const back = run('restore', '--db', places[i], file);
  expect(`restore ${i}: ${back.text}`, back.code, 0);
  contents.push(contentOf(places[i]));
}
expect('the content of all three', new Set(contents).size, 1);
const read = execFileSync('python3', ['tests/cli/export_reader.py', join(folder, '1.export')]).toString().trim();
expect('a reader that knows only the description of the format', read, contents[0]);

const servers = [];
for (const place of places) servers.push(await serve(place));
const ask = async (path) => {
  const answers = await Promise.all(servers.map((server) => call(server.base, key, 'GET', path)));
  expect(`${path} is answered`, answers[0].status, 200);
  for (const other of answers.slice(1)) expect(path, other.text, answers[0].text);
  return answers[0].json;
};
const account = await ask(`/v1/accounts/${person}`);
expect('one person in two programmes', account.members.map((one) => [one.programme, one.balances[0].available]), [['meat-works', 0], ['till', 10]]);
for (const path of ['/v1/programmes', '/v1/products?limit=100', '/v1/stores', '/v1/discrepancies', '/v1/keys', '/v1/users',
  '/v1/quarantine', '/v1/overview', '/v1/members?q=a&limit=50']) await ask(path);
let receipts = 0;
for (const member of (await ask('/v1/members?limit=60')).items) {
  await ask(`/v1/members/${member.id}`);
  await ask(`/v1/members/${member.id}/account`);
  await ask(`/v1/members/${member.id}/statement?limit=50`);
  for (const receipt of (await ask(`/v1/members/${member.id}/receipts?limit=3`)).items) {
    ++receipts;
    await ask(`/v1/receipts/${encodeURIComponent(receipt.id)}`);
    await ask(`/v1/receipts/${encodeURIComponent(receipt.id)}/explain`);
  }
}
expect('there was something to compare', receipts > 50, true);
for (const server of servers) await server.stop();
finish();
