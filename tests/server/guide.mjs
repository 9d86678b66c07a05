// Runs the requests of docs/guide/integrators.md in their order, and checks the fields that the guide shows.
import { readFileSync } from 'node:fs';
import { holds } from './fields.mjs';
import { call, expect, finish, prepare, serve } from './support.mjs';

const { db, key } = prepare();
const server = await serve(db);
const text = readFileSync('docs/guide/integrators.md', 'utf8');
const blocks = [...text.matchAll(/```http\n([\s\S]*?)```\n```json\n([\s\S]*?)```/g)];
const kept = {};
const filled = (part) => part.replace(/\{(member|hold|token)\}/g, (whole, name) => kept[name] ?? whole);

for (const [, request, answer] of blocks) {
  const [first, ...rest] = filled(request).split('\n');
  const [method, path] = first.split(' ');
  const body = rest.join('\n').trim();
  const got = await call(server.base, key, method, path, body === '' ? undefined : body);
  const is_good = holds(JSON.parse(filled(answer)), got.json, kept);
  if (!is_good) console.log(`${first}\n  answered ${got.status} ${got.text.slice(0, 1500)}`);
  expect(first, is_good, true);
}
expect('the guide has requests', blocks.length >= 8, true);
await server.stop();
finish();
